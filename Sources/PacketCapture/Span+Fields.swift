/// Reads of a capture file's fields, whose octet order each file chooses.
///
/// The caller has compared the index with the count; a wrong index traps rather than reads elsewhere.
extension Span where Element == UInt8 {
    /// Two octets as a number.
    @inline(__always)
    func uint16(at index: Int, bigEndian: Bool) -> UInt16 {
        let value = UInt16(self[index]) | UInt16(self[index + 1]) << 8
        return bigEndian ? value.byteSwapped : value
    }

    /// Four octets as a number.
    @inline(__always)
    func uint32(at index: Int, bigEndian: Bool) -> UInt32 {
        let value =
            UInt32(self[index]) | UInt32(self[index + 1]) << 8 | UInt32(self[index + 2]) << 16
            | UInt32(self[index + 3]) << 24
        return bigEndian ? value.byteSwapped : value
    }

    /// Eight octets as a number.
    @inline(__always)
    func uint64(at index: Int, bigEndian: Bool) -> UInt64 {
        let first = UInt64(uint32(at: index, bigEndian: bigEndian))
        let second = UInt64(uint32(at: index + 4, bigEndian: bigEndian))
        return bigEndian ? first << 32 | second : second << 32 | first
    }
}
