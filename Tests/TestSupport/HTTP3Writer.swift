/// Writes octets of HTTP/3 streams (RFC 9114) and of QPACK (RFC 9204), without Huffman codes.
package enum HTTP3Writer {
    /// A frame.
    package static func frame(_ type: UInt64, _ payload: [UInt8] = []) -> [UInt8] {
        variableInteger(type) + variableInteger(UInt64(payload.count)) + payload
    }

    /// A request stream's octets: HEADERS, and a DATA frame for each body.
    package static func post(
        _ authority: String,
        path: String = "/v1/chat",
        headers: [(String, String)] = [],
        _ bodies: [UInt8]...
    ) -> [UInt8] {
        frame(1, request(authority, path, headers: headers)) + bodies.flatMap { frame(0, $0) }
    }

    /// A request's field section.
    package static func request(
        _ authority: String,
        _ path: String = "/v1/chat",
        method: String = "POST",
        headers: [(String, String)] = []
    ) -> [UInt8] {
        section([(":method", method), (":scheme", "https"), (":path", path), (":authority", authority)] + headers)
    }

    /// A field section of literals (RFC 9204 § 4.5.6) that needs no insertions.
    package static func section(_ fields: [(String, String)]) -> [UInt8] {
        [0, 0] + fields.flatMap { literal($0, $1) }
    }

    /// A literal field line with a literal name.
    package static func literal(_ name: String, _ value: String) -> [UInt8] {
        integer(name.utf8.count, prefix: 3, 0x20) + Array(name.utf8) + string(value)
    }

    /// An instruction that inserts a field with a literal name (RFC 9204 § 4.3.3).
    package static func insertion(_ name: String, _ value: String) -> [UInt8] {
        integer(name.utf8.count, prefix: 5, 0x40) + Array(name.utf8) + string(value)
    }

    /// An instruction that sets the table's capacity (RFC 9204 § 4.3.1).
    package static func capacity(_ octets: Int) -> [UInt8] { integer(octets, prefix: 5, 0x20) }

    /// A string literal whose length has a prefix of seven bits.
    package static func string(_ text: String) -> [UInt8] { integer(text.utf8.count, prefix: 7, 0) + Array(text.utf8) }

    /// An integer of a prefix of so many bits (RFC 7541 § 5.1), the bits before it given.
    package static func integer(_ value: Int, prefix: UInt8, _ first: UInt8) -> [UInt8] {
        let mask = 1 << Int(prefix) - 1
        guard value >= mask else { return [first | UInt8(clamping: value)] }
        var octets = [first | UInt8(clamping: mask)]
        var rest = value - mask
        while rest >= 128 {
            octets.append(UInt8(truncatingIfNeeded: rest & 0x7F | 0x80))
            rest >>= 7
        }
        return octets + [UInt8(clamping: rest)]
    }

    /// A variable-length integer of QUIC (RFC 9000 § 16), the shortest.
    package static func variableInteger(_ value: UInt64) -> [UInt8] {
        let size = value < 1 << 6 ? 1 : value < 1 << 14 ? 2 : value < 1 << 30 ? 4 : 8
        var octets = (0..<size).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        octets[0] |= UInt8(clamping: size.trailingZeroBitCount << 6)
        return octets
    }
}
