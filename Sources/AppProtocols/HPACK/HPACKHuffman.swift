/// The Huffman code of header strings (RFC 7541 § 5.2 and Appendix B), also QPACK's.
///
/// The code is canonical: codes of one length are consecutive numbers in the order of their symbols, and shorter ones come
/// first, so that the lengths alone tell it.
package struct HPACKHuffman: Sendable {
    /// For each length, the first code that is longer, aligned to the left of 32 bits.
    private var limits: [31 of UInt64] = .init(repeating: 0)
    /// For each length, its first code, aligned likewise.
    private var firsts: [31 of UInt64] = .init(repeating: 0)
    /// For each length, where its first symbol stands in `symbols`.
    private var places: [31 of Int] = .init(repeating: 0)
    private var symbols: [UInt16] = []

    /// The code of RFC 7541.
    package static let standard = HPACKHuffman()

    private init() {
        var code: UInt64 = 0
        for length in 1...30 {
            firsts[length] = code
            places[length] = symbols.count
            for symbol in HPACKHuffman.lengths.indices where HPACKHuffman.lengths[symbol] == length {
                symbols.append(UInt16(symbol))
                code += 1 << UInt64(32 - length)
            }
            limits[length] = code
        }
    }

    /// Appends the decoded octets to `octets`; false when the code is none.
    ///
    /// Padding is up to seven bits, all one; the end-of-string symbol itself is an error (RFC 7541 § 5.2).
    package func decode(_ coded: Span<UInt8>, into octets: inout [UInt8]) -> Bool {
        var bits: UInt64 = 0
        var count = 0
        var next = 0
        while true {
            while count <= 32, next < coded.count {
                bits = bits << 8 | UInt64(coded[next])
                next += 1
                count += 8
            }
            // The last bits are followed by ones, as by more padding.
            let head = 0xFFFF_FFFF & (count >= 32 ? bits >> UInt64(count - 32) : HPACKHuffman.padded(bits, count))
            var length = 5
            while length < 30, head >= limits[length] { length += 1 }
            guard length <= count else { return isPadding(bits, count) }
            let place = places[length] + Int((head - firsts[length]) >> UInt64(32 - length))
            guard place < symbols.count, symbols[place] < 256 else { return false }
            octets.append(UInt8(truncatingIfNeeded: symbols[place]))
            count -= length
        }
    }

    private static func padded(_ bits: UInt64, _ count: Int) -> UInt64 {
        bits << UInt64(32 - count) | .max >> UInt64(32 + count)
    }

    private func isPadding(_ bits: UInt64, _ count: Int) -> Bool {
        let ones: UInt64 = 1 << UInt64(count) - 1
        return count < 8 && bits & ones == ones
    }

    /// The lengths of the codes of all octets and of the end of the string, in bits (RFC 7541, Appendix B).
    private static let lengths: [UInt8] = [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
        28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7,
        7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21,
        23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24,
        21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
    ]
}
