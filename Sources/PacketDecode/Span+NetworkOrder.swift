/// Reads of header fields in network octet order.
///
/// The caller has compared the index with the count; a wrong index traps rather than reads elsewhere.
extension Span where Element == UInt8 {
    /// Two octets as a number.
    @inline(__always)
    func uint16(at index: Int) -> UInt16 {
        UInt16(self[index]) << 8 | UInt16(self[index + 1])
    }

    /// Four octets as a number.
    @inline(__always)
    func uint32(at index: Int) -> UInt32 {
        UInt32(self[index]) << 24 | UInt32(self[index + 1]) << 16 | UInt32(self[index + 2]) << 8
            | UInt32(self[index + 3])
    }

    /// Eight octets as a number.
    @inline(__always)
    func uint64(at index: Int) -> UInt64 {
        UInt64(uint32(at: index)) << 32 | UInt64(uint32(at: index + 4))
    }
}
