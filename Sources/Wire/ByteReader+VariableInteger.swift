extension ByteReader {
    /// Reads a variable-length integer of QUIC (RFC 9000 § 16), below 2⁶²; nil when not all of it is there.
    @inlinable
    @_lifetime(self: copy self)
    package mutating func readVariableInteger() -> UInt64? {
        guard remaining >= 1 else { return nil }
        let count = 1 << Int(octets[position] >> 6)
        guard remaining >= count else { return nil }
        var value = UInt64(octets[position] & 0x3F)
        for index in (position + 1)..<(position + count) { value = value << 8 | UInt64(octets[index]) }
        _ = skip(count)
        return value
    }
}
