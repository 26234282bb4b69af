internal import Wire

/// Streams base16 (RFC 4648 § 8) out, in either case; line breaks are passed over.
struct HexDecoder {
    private var high: UInt8?

    /// Decodes from `index` until the input ends, `output` is full, or an octet comes that is no digit.
    ///
    /// `count` is the number of octets in `output` and grows. False when the octet at `index` is foreign.
    mutating func decode(_ input: Span<UInt8>, _ index: inout Int, into output: inout [UInt8], _ count: inout Int)
        -> Bool
    {
        var room = output.mutableSpan
        while index < input.count, count < room.count {
            let octet = input[index]
            if let value = ASCII.hexValue(octet) {
                if let first = high {
                    room[count] = first << 4 | value
                    count += 1
                    high = nil
                } else {
                    high = value
                }
            } else if octet != 0x0a, octet != 0x0d {
                return false
            }
            index += 1
        }
        return true
    }

    /// Passes over digits that were never seen; half an octet that they leave is 0.
    mutating func gap(_ octets: Int) {
        if octets & 1 == 1 { high = high == nil ? 0 : nil }
    }
}
