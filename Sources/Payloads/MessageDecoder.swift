/// Peels a request body's encodings as its octets arrive, until text leaves remain.
///
/// The octets are those after transfer framing. All text that they determine has reached the sink when a call returns, so
/// that a body which is cut off has been scanned up to the cut. A class, since it is some kilobytes: as a value it would be
/// moved with every segment.
///
/// - Note: Of a compressed body, everything after the first hole is charged as the hole is: no coding here can be picked up
///   again in the middle. A body that is not coded as it says is read as what it is.
package final class MessageDecoder {
    var decode: DecodeState
    var payload: PayloadDecoder

    /// The content codings; nil where there are none, none that is true to its name, or when nothing more is decoded.
    private var coding: CodingLayer?

    /// What a compressed message of a WebSocket shares with those before it.
    private let inflater: MessageInflater?

    /// Coded octets that were taken in and not yet charged, because their output waits for more.
    private var withheld = 0
    private var skippedOctets = 0

    /// Why nothing more of the body is decoded.
    private var lost: OpaqueReason?
    private var isFinished = false

    /// Coded octets are settled in slices of this size, so that a large chunk is not charged as one.
    private static let codedSlice = 4_096

    /// Starts at the first octet of a body.
    ///
    /// A compressed message of a WebSocket comes with an `inflater`: what it shares with those before it.
    package init(_ head: MessageHead, limits: DecodeLimits = DecodeLimits(), inflater: MessageInflater? = nil) {
        self.inflater = inflater
        inflater?.begin(takesContext: head.takesContext)
        decode = DecodeState(limits: limits)
        var origin = PayloadOrigin(segment: head.segment, depth: 0)
        origin.format = head.format
        origin.wantsLeaves = head.segment != .file
        if let type = head.contentType { origin.type = MediaType(type.utf8.span) }
        origin.messageCoding = head.messageEncoding.flatMap { ContentCoding.list([$0]).last }
        if head.chunked { origin.codings.append(.chunked) }
        if head.isWebSocket { origin.codings.append(.websocket) }
        if inflater != nil { origin.codings.append(.deflate) }
        payload = PayloadDecoder(origin, limits)
        let codings = ContentCoding.list(head.contentEncoding)
        if codings.count > limits.nesting {
            lost = .nesting
        } else {
            coding = CodingLayer(codings[...])
        }
    }

    /// What became of the octets given so far.
    package var ledger: OctetLedger {
        var ledger = decode.meter.ledger
        ledger.addInspected(withheld)
        return ledger
    }

    /// Octets of memory that decompression of this message holds.
    package var decoderOctets: Int { decode.decoderOctets }

    /// Octets of memory that decompression of this message may hold; beyond it the message is `opaque: buffer`.
    ///
    /// Looked at after each 4 KiB of coded octets.
    package var decoderAllowance: Int {
        get { decode.decoderAllowance }
        set { decode.decoderAllowance = newValue }
    }

    /// Whether nothing more of the body will be read, so that its octets need only be counted.
    package var isLost: Bool { lost != nil }

    /// Takes the next octets of the body.
    package func consume<S: LeafSink & ~Copyable>(_ body: Span<UInt8>, _ sink: inout S) {
        guard !isFinished else { return decode.meter.addOpaque(body.count, lost ?? .damaged) }
        var position = 0
        while position < body.count, lost == nil {
            var end = coding != nil || inflater != nil ? min(body.count, position + Self.codedSlice) : body.count
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
    package func gap<S: LeafSink & ~Copyable>(
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
        if inflater != nil { return lose(reason, &sink) }
        if let coding {
            endProbe(coding, &sink)
            if let failure = coding.failure { return lose(failure, &sink) }
            if self.coding != nil { return lose(reason, &sink) }
        }
        payload.gap(octets, &decode, &sink)
    }

    /// Ends the body; `complete` when all of it was given.
    package func finish<S: LeafSink & ~Copyable>(complete: Bool, _ sink: inout S) {
        guard !isFinished else { return }
        isFinished = true
        guard lost == nil else { return }
        if let inflater, complete { endInflation(inflater, &sink) }
        if let coding { endProbe(coding, &sink) }
        if let failure = coding?.failure { return lose(failure, &sink) }
        endPayload(isTruncated: !complete || coding?.isFinished == false, missing: .damaged, &sink)
    }

    func lose<S: LeafSink & ~Copyable>(_ reason: OpaqueReason, _ sink: inout S) {
        lost = reason
        inflater?.forget(reason)
        endPayload(isTruncated: true, missing: reason, &sink)
    }

    /// Ends what came out, charges what did not, and frees the decoders.
    private func endPayload<S: LeafSink & ~Copyable>(
        isTruncated: Bool,
        missing reason: OpaqueReason,
        _ sink: inout S
    ) {
        payload.finish(isTruncated: isTruncated, &decode, &sink)
        decode.meter.addOpaque(withheld, reason)
        withheld = 0
        coding?.release(&decode)
        coding = nil
    }

    /// Decides what the body is by what was given of it.
    private func endProbe<S: LeafSink & ~Copyable>(_ coding: CodingLayer, _ sink: inout S) {
        coding.endProbe(&payload, &decode, &sink)
        settle(0, coding)
    }

    /// Charges coded octets, but for those whose output waits for more.
    private func settle(_ octets: Int, _ coding: CodingLayer) {
        let sum = withheld + octets
        // Frames that decoders pass over: what a sender wrote there was not looked at.
        let skipped = min(sum, max(0, coding.skipped - skippedOctets))
        skippedOctets += skipped
        withheld = min(sum - skipped, coding.withheld)
        decode.meter.addOpaque(skipped, .coding)
        decode.meter.settle(sum - skipped - withheld)
        if coding.isPlain { self.coding = nil }
    }

    /// Decodes `position..<end` and charges what it took; gives where it stopped.
    private func take<S: LeafSink & ~Copyable>(
        _ body: Span<UInt8>,
        _ position: Int,
        _ end: Int,
        _ sink: inout S
    ) -> Int {
        if let inflater { return inflate(body, position, end, inflater, &sink) }
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
            settle(octets.count, coding)
            return end
        }
        // A layer that was stopped may have taken in much that nobody looked at: the slice counts to the reason.
        let used = coding.isStopped ? 0 : max(0, min(octets.count, coding.consumed - before))
        if coding.isStopped {
            decode.meter.settle(0, as: failure)
        } else {
            settle(used, coding)
        }
        lose(failure, &sink)
        return position + used
    }
}
