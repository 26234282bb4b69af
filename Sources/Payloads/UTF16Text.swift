/// Turns UTF-16 text into UTF-8; what comes out is a payload of its own.
///
/// Not listed among the codings: it is a character set.
final class UTF16Text {
    private var payload: PayloadDecoder
    private var isBigEndian: Bool?
    private var first: UInt8?
    private var surrogate: UInt32 = 0
    private var output: [UInt8] = []

    init(_ outer: PayloadOrigin, _ limits: DecodeLimits) {
        var origin = outer
        origin.depth += 1
        origin.wantsLeaves = outer.wantsLeaves && outer.depth == 0
        payload = PayloadDecoder(origin, limits)
        output.reserveCapacity(4_096)
    }

    /// Takes the next octets.
    ///
    /// Without a byte order mark, the first zero octet tells the order.
    func consume<S: LeafSink & ~Copyable>(_ octets: Span<UInt8>, _ decode: inout DecodeState, _ sink: inout S) {
        for index in octets.indices {
            guard let lower = first else {
                first = octets[index]
                continue
            }
            first = nil
            let second = octets[index]
            let order = isBigEndian ?? (lower == 0xfe || lower == 0)
            isBigEndian = order
            add(order ? UInt32(lower) << 8 | UInt32(second) : UInt32(second) << 8 | UInt32(lower))
            if output.count >= 4_080 { flush(&decode, &sink) }
        }
        flush(&decode, &sink)
    }

    /// Passes over octets that were never seen.
    func gap<S: LeafSink & ~Copyable>(_ octets: Int, _ decode: inout DecodeState, _ sink: inout S) {
        // An odd hole leaves half of a code unit, which the next octet completes.
        if octets & 1 == 1 { first = first == nil ? UInt8(ascii: " ") : nil }
        payload.gap(octets / 2, &decode, &sink)
    }

    /// Ends the text.
    func finish<S: LeafSink & ~Copyable>(isTruncated: Bool, _ decode: inout DecodeState, _ sink: inout S) {
        payload.finish(isTruncated: isTruncated, &decode, &sink)
    }

    private func flush<S: LeafSink & ~Copyable>(_ decode: inout DecodeState, _ sink: inout S) {
        payload.consume(output.span, &decode, &sink)
        output.removeAll(keepingCapacity: true)
    }

    private func add(_ unit: UInt32) {
        var text = JSONEscapes.Output()
        switch unit {
        case 0xfeff: return
        case 0xd800..<0xdc00:
            if surrogate != 0 { text.append(scalar: 0xfffd) }
            surrogate = unit
        case 0xdc00..<0xe000:
            text.append(scalar: surrogate == 0 ? 0xfffd : 0x1_0000 + (surrogate - 0xd800) << 10 + (unit - 0xdc00))
            surrogate = 0
        default:
            if surrogate != 0 { text.append(scalar: 0xfffd) }
            surrogate = 0
            text.append(scalar: unit)
        }
        for index in 0..<text.count { output.append(text.octets[index]) }
    }
}
