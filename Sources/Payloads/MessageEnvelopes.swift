/// Reads the messages of gRPC, gRPC-Web and Connect bodies as they come, each a payload of its own.
///
///     flags (8): 0x01 compressed, 0x02 end of stream (Connect), 0x80 trailers (gRPC-Web); length (32); message
///
/// Where a message is compressed, and how, is told by its flag and the request's head (`grpc-encoding`,
/// `connect-content-encoding`); each is compressed by itself, so that a damaged one costs no other.
struct MessageEnvelopes: ~Copyable {
    private var origin = PayloadOrigin(segment: .body, depth: 0)
    private let limits: DecodeLimits

    private var header: [UInt8] = []
    /// Octets of the message at hand that have not come.
    private var left = 0
    /// Whether no more envelopes are looked for.
    private var isLost = false
    /// Whether the message at hand is passed over.
    private var isPassed = false

    private var message: NestedPayload?
    private var coded: NestedCoding?
    private var isTracked = false

    private var digits = Base64Decoder()
    private var decoded: [UInt8] = []

    private static let headerOctets = 5
    private static let knownFlags: UInt8 = 0x83

    init(_ limits: DecodeLimits) {
        self.limits = limits
    }

    /// Whether an octet can be the first of such a body.
    static func mayBegin(_ octet: UInt8, _ type: MediaType) -> Bool {
        type.isBase64 ? Base64Decoder.isDigit(octet) : octet & ~knownFlags == 0
    }

    /// Starts another body.
    mutating func reset(_ origin: PayloadOrigin) {
        self.origin = origin
        header.removeAll(keepingCapacity: true)
        left = 0
        isLost = false
        isPassed = false
        coded = nil
        digits = Base64Decoder()
        if origin.type.isBase64, decoded.isEmpty { decoded = [UInt8](repeating: 0, count: 3_072) }
    }

    /// Takes the next octets.
    mutating func consume<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        isTracked: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        self.isTracked = isTracked
        guard origin.type.isBase64 else { return read(input, &decode, &sink) }
        self.isTracked = false
        var index = 0
        while index < input.count {
            var count = 0
            // What is no base64 between the digits is passed over.
            if !digits.decode(input, &index, into: &decoded, &count) { index += 1 }
            let octets = decoded
            read(octets.span.extracting(0..<count), &decode, &sink)
            if isTracked { decode.meter.offset = decode.meter.base + index }
        }
    }

    /// Ends the body; `isTruncated` when not all of it was given.
    mutating func finish<S: LeafSink & ~Copyable>(
        isTruncated: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        isTracked = false
        if origin.type.isBase64 {
            var count = 0
            digits.finish(into: &decoded, &count)
            let octets = decoded
            read(octets.span.extracting(0..<count), &decode, &sink)
        }
        endMessage(isTruncated: isTruncated || left > 0, &decode, &sink)
    }

    /// Passes over octets that were never seen; behind a hole over envelopes the rest is text.
    mutating func gap<S: LeafSink & ~Copyable>(_ octets: Int, _ decode: inout DecodeState, _ sink: inout S) {
        isTracked = false
        var octets = octets
        if origin.type.isBase64 {
            digits.gap(octets)
            octets = octets / 4 * 3
        }
        let within = isLost ? octets : min(octets, left)
        if within > 0, !isPassed {
            if let coded {
                coded.finish(missing: .gap, &decode, &sink)
                pass(.gap, &decode)
            } else {
                message?.decoder.gap(within, &decode, &sink)
            }
        }
        guard !isLost else { return }
        left -= within
        guard octets > within || left == 0, octets > 0 else { return }
        if within > 0 { endMessage(isTruncated: true, &decode, &sink) }
        if octets > within { lose() }
    }

    // MARK: Messages

    private mutating func read<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        var index = 0
        while index < input.count {
            guard left > 0 || isLost else {
                readHeader(input, &index, &decode, &sink)
                continue
            }
            let count = isLost ? input.count - index : min(left, input.count - index)
            track(index, &decode)
            give(input.extracting(index..<(index + count)), &decode, &sink)
            index += count
            track(index, &decode)
            guard !isLost else { continue }
            left -= count
            if left == 0 { endMessage(isTruncated: false, &decode, &sink) }
        }
        track(index, &decode)
    }

    private mutating func give<S: LeafSink & ~Copyable>(
        _ octets: Span<UInt8>,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        guard !isPassed else { return }
        if let coded {
            if let reason = coded.consume(octets, &decode, &sink) { pass(reason, &decode) }
        } else {
            message?.decoder.consume(octets, &decode, &sink)
        }
    }

    private mutating func readHeader<S: LeafSink & ~Copyable>(
        _ input: Span<UInt8>,
        _ index: inout Int,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        header.append(input[index])
        index += 1
        guard header[0] & ~Self.knownFlags == 0 else {
            let octets = header
            lose()
            track(index - 1, &decode)
            return give(octets.span, &decode, &sink)
        }
        guard header.count == Self.headerOctets else { return }
        left = header[1...].reduce(0) { $0 << 8 | Int($1) }
        let flags = header[0]
        header.removeAll(keepingCapacity: true)
        guard left > 0 else { return }
        track(index, &decode)
        begin(flags, &decode)
    }

    private mutating func begin(_ flags: UInt8, _ decode: inout DecodeState) {
        let type = flags & 0x82 == 0 ? origin.type.messages : MediaType()
        guard flags & 1 == 1 else { return open(type) }
        switch origin.messageCoding {
        // The flag alone: what it is shows in its first octets.
        case nil: open(type)
        case .unknown: pass(.coding, &decode)
        case let coding?:
            guard origin.depth + 1 < limits.nesting else { return pass(.nesting, &decode) }
            coded = NestedCoding(coding, inner(type), limits)
        }
    }

    private func inner(_ type: MediaType) -> PayloadOrigin {
        var inner = origin
        inner.depth += 1
        inner.type = type
        inner.isMessage = true
        return inner
    }

    private mutating func open(_ type: MediaType) {
        let inner = inner(type)
        if let message {
            message.decoder.reset(inner)
        } else {
            message = NestedPayload(inner, limits)
        }
    }

    /// Passes over the rest of the message.
    private mutating func pass(_ reason: OpaqueReason, _ decode: inout DecodeState) {
        isPassed = true
        decode.meter.change(to: .opaque(reason))
    }

    private mutating func endMessage<S: LeafSink & ~Copyable>(
        isTruncated: Bool,
        _ decode: inout DecodeState,
        _ sink: inout S
    ) {
        if let coded {
            if !isPassed { coded.finish(missing: .damaged, &decode, &sink) }
        } else {
            message?.decoder.finish(isTruncated: isTruncated, &decode, &sink)
        }
        coded = nil
        isPassed = false
        decode.meter.change(to: .inspected)
        // Nothing more comes to it, even if the body ends here.
        message?.decoder.reset(inner(MediaType()))
    }

    /// No envelope begins where one should: strings stand in the clear in what follows.
    private mutating func lose() {
        isLost = true
        left = 0
        header.removeAll(keepingCapacity: true)
        open(.protobuf)
    }

    private func track(_ position: Int, _ decode: inout DecodeState) {
        if isTracked { decode.meter.offset = decode.meter.base + position }
    }
}
