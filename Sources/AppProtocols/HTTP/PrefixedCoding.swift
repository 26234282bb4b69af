/// What header compression writes everywhere: integers that begin within an octet, and strings (RFC 7541 § 5, RFC 9204 § 4.1).
enum PrefixedCoding<Failure: PrefixedCodingError> {
    /// An integer of a prefix of so many bits (RFC 7541 § 5.1), below 2²⁸ + 255.
    static func integer(_ block: Span<UInt8>, _ position: inout Int, prefix: UInt8) throws(Failure) -> Int {
        guard position < block.count else { throw .truncated }
        let mask = UInt8(truncatingIfNeeded: 1 << Int(prefix) - 1)
        var value = Int(block[position] & mask)
        position += 1
        guard value == Int(mask) else { return value }
        for shift in stride(from: 0, to: 28, by: 7) {
            guard position < block.count else { throw .truncated }
            let octet = block[position]
            position += 1
            value += Int(octet & 0x7F) << shift
            if octet & 0x80 == 0 { return value }
        }
        throw .integerTooLarge
    }

    /// Passes over a string literal whose length has a prefix of so many bits; where its octets are.
    static func skipString(_ block: Span<UInt8>, _ position: inout Int, prefix: UInt8) throws(Failure) -> Range<Int> {
        let length = try integer(block, &position, prefix: prefix)
        guard length <= block.count - position else { throw .truncated }
        position += length
        return (position - length)..<position
    }

    /// A string literal (RFC 7541 § 5.2), in place of what `octets` held; the bit above its prefix says how it is coded.
    static func string(
        _ block: Span<UInt8>,
        _ position: inout Int,
        prefix: UInt8 = 7,
        into octets: inout [UInt8]
    ) throws(Failure) {
        guard position < block.count else { throw .truncated }
        let isCoded = block[position] >> prefix & 1 == 1
        let coded = block.extracting(try skipString(block, &position, prefix: prefix))
        octets.removeAll(keepingCapacity: true)
        if isCoded {
            guard HPACKHuffman.standard.decode(coded, into: &octets) else { throw .huffman }
        } else {
            for index in coded.indices { octets.append(coded[index]) }
        }
    }
}

/// How a header compression says that an integer or a string cannot be read.
protocol PrefixedCodingError: Error {
    /// The octets end within it.
    static var truncated: Self { get }
    /// An integer exceeds what a table or a string can need.
    static var integerTooLarge: Self { get }
    /// A string's Huffman code is none.
    static var huffman: Self { get }
}
