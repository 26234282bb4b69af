/// Compresses for tests: deflate (RFC 1951) with fixed Huffman codes and greedy matching, in gzip, zlib or raw dress.
///
/// Ours, so that tests need no unsafe call into zlib and the decoder meets another encoder than its own library's.
package struct DeflateWriter {
    private var octets: [UInt8] = []
    private var bits: UInt32 = 0
    private var bitCount: UInt32 = 0

    /// A raw deflate stream (RFC 1951).
    package static func raw(_ input: [UInt8]) -> [UInt8] {
        var writer = DeflateWriter()
        writer.compress(input)
        return writer.octets
    }

    /// A zlib stream (RFC 1950).
    package static func zlib(_ input: [UInt8]) -> [UInt8] {
        var low: UInt32 = 1
        var high: UInt32 = 0
        for octet in input {
            low = (low + UInt32(octet)) % 65_521
            high = (high + low) % 65_521
        }
        return [0x78, 0x9c] + raw(input) + bigEndian(high << 16 | low)
    }

    /// One gzip member (RFC 1952).
    package static func gzip(_ input: [UInt8]) -> [UInt8] {
        var checksum: UInt32 = .max
        for octet in input {
            checksum ^= UInt32(octet)
            for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xedb8_8320 : 0) }
        }
        return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255] + raw(input) + bigEndian(~checksum).reversed()
            + bigEndian(UInt32(truncatingIfNeeded: input.count)).reversed()
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    private mutating func put(_ value: UInt32, _ count: UInt32) {
        bits |= value << bitCount
        bitCount += count
        while bitCount >= 8 {
            octets.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
            bitCount -= 8
        }
    }

    /// Huffman codes are written from their most significant bit.
    private mutating func putCode(_ code: UInt32, _ count: UInt32) {
        for bit in (0..<count).reversed() { put(code >> bit & 1, 1) }
    }

    private mutating func putSymbol(_ symbol: UInt32) {
        switch symbol {
        case 0..<144: putCode(0x30 + symbol, 8)
        case 144..<256: putCode(0x190 + symbol - 144, 9)
        case 256..<280: putCode(symbol - 256, 7)
        default: putCode(0xc0 + symbol - 280, 8)
        }
    }

    private mutating func compress(_ input: [UInt8]) {
        put(1, 1)
        put(1, 2)
        var last: [UInt32: Int] = [:]
        var index = 0
        while index < input.count {
            var matched = 0
            if index + 3 <= input.count {
                let key = UInt32(input[index]) << 16 | UInt32(input[index + 1]) << 8 | UInt32(input[index + 2])
                if let from = last[key], index - from <= 32_768 {
                    while matched < 258, index + matched < input.count, input[from + matched] == input[index + matched]
                    {
                        matched += 1
                    }
                    putMatch(length: UInt32(matched), distance: UInt32(index - from))
                }
                last[key] = index
            }
            if matched == 0 { putSymbol(UInt32(input[index])) }
            index += max(1, matched)
        }
        putSymbol(256)
        if bitCount > 0 { put(0, 8 - bitCount) }
    }

    /// RFC 1951 § 3.2.5: each code covers a range twice as large every four (lengths) or two (distances) codes.
    private mutating func putMatch(length: UInt32, distance: UInt32) {
        if length == 258 {
            putSymbol(285)
        } else {
            var extra: UInt32 = 0
            var base: UInt32 = 3
            var code: UInt32 = 257
            while length >= base + (1 << extra) {
                base += 1 << extra
                code += 1
                if code >= 265 { extra = (code - 261) / 4 }
            }
            putSymbol(code)
            put(length - base, extra)
        }
        var extra: UInt32 = 0
        var base: UInt32 = 1
        var code: UInt32 = 0
        while distance >= base + (1 << extra) {
            base += 1 << extra
            code += 1
            if code >= 4 { extra = (code - 2) / 2 }
        }
        putCode(code, 5)
        put(distance - base, extra)
    }
}
