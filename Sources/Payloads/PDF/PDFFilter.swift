/// How a stream's data is coded (ISO 32000-2 § 7.4, Filters), as far as it is undone.
struct PDFFilter: Equatable {
    /// The letters around the data, if any, which are undone first.
    enum Letters { case none, ascii85, hex }

    private(set) var letters = Letters.none
    private(set) var isFlate = false
    /// Whether a filter is named, or a predictor, that is not undone.
    private(set) var isForeign = false

    /// Adds the filter that is undone next.
    mutating func add(_ name: Span<UInt8>) {
        if PDFString.isName(name, .flateDecode) || PDFString.isName(name, .fl) {
            if isFlate { isForeign = true }
            isFlate = true
        } else if PDFString.isName(name, .ascii85Decode) || PDFString.isName(name, .a85) {
            add(.ascii85)
        } else if PDFString.isName(name, .asciiHexDecode) || PDFString.isName(name, .ahx) {
            add(.hex)
        } else {
            isForeign = true
        }
    }

    private mutating func add(_ next: Letters) {
        if letters != .none || isFlate { isForeign = true }
        letters = next
    }

    /// Something stands there that is not undone: a predictor, or no filter at all.
    mutating func addForeign() { isForeign = true }

    /// The data with its letters undone.
    static func undo(_ letters: Letters, _ octets: Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        switch letters {
        case .none: break
        case .hex:
            var end = 0
            while end < octets.count, octets[end] != UInt8(ascii: ">") { end += 1 }
            PDFString.hex(octets.extracting(0..<end), into: &output)
        case .ascii85: ascii85(octets, into: &output)
        }
        return output
    }

    /// ISO 32000-2 § 7.4.3, ASCII85Decode filter: five digits of base 85 for four octets, `z` for four zeros.
    private static func ascii85(_ octets: Span<UInt8>, into output: inout [UInt8]) {
        var value: UInt64 = 0
        var count = 0
        for index in octets.indices {
            let octet = octets[index]
            if octet == UInt8(ascii: "~") { break }
            if octet == UInt8(ascii: "z"), count == 0 {
                output.append(contentsOf: [0, 0, 0, 0])
            } else if (0x21...0x75).contains(octet) {
                value = value * 85 + UInt64(octet - 0x21)
                count += 1
                if count == 5 {
                    append(value, 4, to: &output)
                    value = 0
                    count = 0
                }
            }
        }
        guard count > 1 else { return }
        for _ in count..<5 { value = value * 85 + 84 }
        append(value, count - 1, to: &output)
    }

    private static func append(_ value: UInt64, _ count: Int, to output: inout [UInt8]) {
        for place in 0..<count { output.append(UInt8(truncatingIfNeeded: value >> UInt64(24 - 8 * place))) }
    }
}
