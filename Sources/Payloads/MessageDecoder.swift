/// Peels a request body's encodings as its octets arrive, until text leaves remain.
///
/// The octets are those after transfer framing. All text that they determine has reached the sink when a call returns, so
/// that a body which is cut off has been scanned up to the cut.
///
/// - Note: Of a compressed body, everything after the first hole is charged as the hole is: no coding here can be picked up
///   again in the middle.
package struct MessageDecoder: ~Copyable {
    private var decode: DecodeState
    private var payload: PayloadDecoder
    private let coding: CodingLayer?
    private let isCoded: Bool

    /// Why nothing more of the body is decoded.
    private var lost: OpaqueReason?
    private var isFinished = false

    /// Coded octets are settled in slices of this size, so that a large chunk is not charged as one.
    private static let codedSlice = 4_096

    /// Starts at the first octet of a body.
    package init(_ head: MessageHead, limits: DecodeLimits = DecodeLimits()) {
        decode = DecodeState(limits: limits)
        var origin = PayloadOrigin(segment: head.segment, depth: 0)
        origin.format = head.format
        origin.wantsLeaves = head.segment != .file
        if let type = head.contentType { origin.type = MediaType(type.utf8.span) }
        if head.chunked { origin.codings.append(.chunked) }
        let codings = ContentCoding.list(head.contentEncoding)
        if codings == nil {
            lost = .coding
        } else if let codings, codings.count > ContentCoding.stackLimit {
            lost = .nesting
        }
        let removed = lost == nil ? codings ?? [] : []
        for coding in removed.reversed() { origin.codings.append(coding.step) }
        coding = CodingLayer(removed[...])
        isCoded = !removed.isEmpty
        payload = PayloadDecoder(origin, limits)
    }

    /// What became of the octets given so far.
    package var ledger: OctetLedger { decode.meter.ledger }

    /// Whether nothing more of the body will be read, so that its octets need only be counted.
    package var isLost: Bool { lost != nil }

    /// Takes the next octets of the body.
    package mutating func consume<S: LeafSink & ~Copyable>(_ body: Span<UInt8>, _ sink: inout S) {
        guard !isFinished else { return decode.meter.addOpaque(body.count, lost ?? .damaged) }
        var position = 0
        while position < body.count, lost == nil {
            var end = isCoded ? min(body.count, position + Self.codedSlice) : body.count
            if let limit = decode.limits.inspectedOctets {
                let left = max(0, limit - decode.codedOctets)
                guard left > 0 else {
                    lose(.inspectLimit, &sink)
                    break
                }
                end = min(end, position + min(left, end - position))
            }
            decode.codedOctets += end - position
            position = take(body, position, end, &sink)
        }
        if let lost { decode.meter.addOpaque(body.count - position, lost) }
    }

    /// Passes over octets of the body that were never seen; they are charged to `reason`.
    package mutating func gap<S: LeafSink & ~Copyable>(
        _ octets: Int,
        reason: OpaqueReason,
        _ sink: inout S
    ) {
        guard octets > 0 else { return }
        // Far more than TCP can lose at once: sums stay below the end of the integers, whatever is claimed.
        let octets = min(octets, 1 << 40)
        decode.meter.addOpaque(octets, reason)
        guard lost == nil, !isFinished else { return }
        decode.codedOctets += octets
        if isCoded {
            lose(reason, &sink)
        } else {
            payload.gap(octets, &decode, &sink)
        }
    }

    /// Ends the body; `complete` when all of it was given.
    package mutating func finish<S: LeafSink & ~Copyable>(complete: Bool, _ sink: inout S) {
        guard !isFinished else { return }
        isFinished = true
        guard lost == nil else { return }
        payload.finish(isTruncated: !complete || coding?.isFinished == false, &decode, &sink)
    }

    private mutating func lose<S: LeafSink & ~Copyable>(_ reason: OpaqueReason, _ sink: inout S) {
        lost = reason
        payload.finish(isTruncated: true, &decode, &sink)
    }

    /// Decodes `position..<end` and charges what it took; gives where it stopped.
    private mutating func take<S: LeafSink & ~Copyable>(
        _ body: Span<UInt8>,
        _ position: Int,
        _ end: Int,
        _ sink: inout S
    ) -> Int {
        let octets = body.extracting(position..<end)
        guard let coding else {
            payload.consume(octets, &decode, &sink)
            decode.meter.endPiece(octets.count)
            decode.meter.settle(octets.count)
            return end
        }
        let before = coding.consumed
        coding.consume(octets, &payload, &decode, &sink)
        guard let failure = coding.failure else {
            decode.meter.settle(octets.count)
            return end
        }
        // A layer that was stopped may have taken in much that nobody looked at: the slice counts to the reason.
        let used = coding.isStopped ? 0 : min(octets.count, coding.consumed - before)
        if coding.isStopped {
            decode.meter.settle(0, as: failure)
        } else {
            decode.meter.settle(used)
        }
        lose(failure, &sink)
        return position + used
    }
}
