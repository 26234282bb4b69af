/// What a font's codes stand for: its `ToUnicode` map (ISO 32000-2 § 9.10.3, ToUnicode CMaps).
struct PDFCharacterMap {
    /// Up to four UTF-16 code units a code, the first in the highest bits.
    private var characters: [UInt32: UInt64] = [:]
    /// Whether the map's codes are all of one octet.
    private(set) var isOneOctet = false

    /// How many codes were told of, each time that one was.
    private(set) var told = 0

    /// Reads a map up to `limit` codes.
    init(_ octets: Span<UInt8>, limit: Int) {
        var position = 0
        var codes: [UInt32] = []
        var pair: UInt32?
        var section = Section.none
        while let token = PDFLexer.next(octets, &position), token != .end {
            switch token {
            case .word(let word):
                section = Section(octets.extracting(word))
                codes.removeAll(keepingCapacity: true)
                pair = nil
            case .hex(let range):
                let digits = octets.extracting(range)
                switch section {
                case .none: break
                case .codes: isOneOctet = digits.count <= 2
                case .characters:
                    if let code = codes.first {
                        set(code, PDFCharacterMap.units(digits), limit)
                        codes.removeAll(keepingCapacity: true)
                    } else {
                        codes.append(PDFCharacterMap.code(digits))
                    }
                case .ranges:
                    guard codes.count == 2 else {
                        codes.append(PDFCharacterMap.code(digits))
                        break
                    }
                    let units = PDFCharacterMap.units(digits)
                    if let code = pair {
                        // Within brackets each code has characters of its own.
                        if code <= codes[1] { set(code, units, limit) }
                        pair = code &+ 1
                    } else {
                        setRange(codes[0], codes[1], units, limit)
                        codes.removeAll(keepingCapacity: true)
                    }
                }
            case .arrayBegin: pair = codes.count == 2 ? codes[0] : nil
            case .arrayEnd:
                pair = nil
                codes.removeAll(keepingCapacity: true)
            case .number, .name, .string, .dictionaryBegin, .dictionaryEnd, .end: break
            }
        }
    }

    /// Appends the characters of a code in UTF-8; false when the map has none.
    func append(_ code: UInt32, to output: inout [UInt8]) -> Bool {
        guard let packed = characters[code] else { return false }
        let first = UInt16(truncatingIfNeeded: packed >> 48)
        if packed << 16 == 0, first < 0x80 {
            output.append(UInt8(truncatingIfNeeded: first))
        } else {
            let units = (0..<4).map { UInt16(truncatingIfNeeded: packed >> UInt64(48 - 16 * $0)) }
            PDFString.append(units: units.prefix { $0 != 0 }, to: &output)
        }
        return true
    }

    private enum Section {
        case none, codes, characters, ranges

        init(_ word: Span<UInt8>) {
            switch word.count {
            case 11 where word[5] == UInt8(ascii: "b") && word[7] == UInt8(ascii: "c"): self = .characters
            case 12 where word[5] == UInt8(ascii: "b") && word[7] == UInt8(ascii: "r"): self = .ranges
            case 19 where word[5] == UInt8(ascii: "c"): self = .codes
            default: self = .none
            }
        }
    }

    private mutating func set(_ code: UInt32, _ units: UInt64, _ limit: Int) {
        // A character of zero stands for none in maps that some producers write.
        guard told < limit else { return }
        told += 1
        if units != 0 { characters[code] = units }
    }

    private mutating func setRange(_ first: UInt32, _ last: UInt32, _ units: UInt64, _ limit: Int) {
        guard units != 0, first <= last else { return }
        var step: UInt64 = 48
        while step > 0, units >> (step - 16) & 0xffff != 0 { step -= 16 }
        for code in first...min(last, first &+ min(0xffff, UInt32.max - first)) {
            guard told < limit else { return }
            told += 1
            characters[code] = units &+ UInt64(code - first) << step
        }
    }

    private static func code(_ digits: Span<UInt8>) -> UInt32 {
        var octets: [UInt8] = []
        PDFString.hex(digits.extracting(first: min(digits.count, 8)), into: &octets)
        return octets.reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func units(_ digits: Span<UInt8>) -> UInt64 {
        var octets: [UInt8] = []
        PDFString.hex(digits.extracting(first: min(digits.count, 24)), into: &octets)
        var units: UInt64 = 0
        var place: UInt64 = 56
        for octet in octets.prefix(8) {
            units |= UInt64(octet) << place
            place = place >= 8 ? place - 8 : 0
        }
        return octets.count == 1 ? units >> 8 : units
    }
}
