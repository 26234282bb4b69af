/// What stands behind the keys of a dictionary that matter, by their places in the octets; nil for those that are absent.
struct PDFDictionary {
    private(set) var contents: Int?
    private(set) var count: Int?
    private(set) var encrypt: Int?
    private(set) var filter: Int?
    private(set) var first: Int?
    private(set) var font: Int?
    private(set) var parameters: Int?
    private(set) var parent: Int?
    private(set) var predictor: Int?
    private(set) var resources: Int?
    private(set) var subtype: Int?
    private(set) var toUnicode: Int?
    private(set) var type: Int?
    /// Whether lengths are stated that only font programs have.
    private(set) var isFontProgram = false

    /// Reads the dictionary in a range; all is absent when none begins there.
    init(_ octets: Span<UInt8>, _ range: Range<Int>) {
        var entries = PDFEntries(octets, range)
        while let entry = entries.next(octets) { take(octets.extracting(entry.key), entry.value) }
    }

    private mutating func take(_ key: Span<UInt8>, _ place: Int) {
        guard !key.isEmpty else { return }
        switch key[0] {
        case UInt8(ascii: "C") where PDFString.isName(key, .contents): contents = place
        case UInt8(ascii: "D") where PDFString.isName(key, .decodeParms): parameters = place
        case UInt8(ascii: "E") where PDFString.isName(key, .encrypt): encrypt = place
        case UInt8(ascii: "F"): takeF(key, place)
        case UInt8(ascii: "L"):
            let names: [PDFName] = [.length1, .length2, .length3]
            if names.contains(where: { PDFString.isName(key, $0) }) { isFontProgram = true }
        case UInt8(ascii: "N") where PDFString.isName(key, .count): count = place
        case UInt8(ascii: "P"):
            if PDFString.isName(key, .parent) { parent = place }
            if PDFString.isName(key, .predictor) { predictor = place }
        case UInt8(ascii: "R") where PDFString.isName(key, .resources): resources = place
        case UInt8(ascii: "S") where PDFString.isName(key, .subtype): subtype = place
        case UInt8(ascii: "T"):
            if PDFString.isName(key, .type) { type = place }
            if PDFString.isName(key, .toUnicode) { toUnicode = place }
        default: break
        }
    }

    private mutating func takeF(_ key: Span<UInt8>, _ place: Int) {
        if PDFString.isName(key, .filter) { filter = place }
        if PDFString.isName(key, .first) { first = place }
        if PDFString.isName(key, .font) { font = place }
    }
}

/// Walks the entries of a dictionary.
struct PDFEntries {
    private var position: Int
    private let end: Int

    /// Starts at a range's beginning; there are no entries when no dictionary begins there.
    init(_ octets: Span<UInt8>, _ range: Range<Int>) {
        end = min(range.upperBound, octets.count, max(0, range.lowerBound) + PDFLimits.dictionary)
        position = min(max(0, range.lowerBound), end)
        let window = octets.extracting(0..<end)
        if PDFLexer.next(window, &position) != .dictionaryBegin { position = end }
    }

    /// The next entry: its key, and where its value begins; nil when there is none.
    mutating func next(_ octets: Span<UInt8>) -> (key: Range<Int>, value: Int)? {
        let window = octets.extracting(0..<min(end, octets.count))
        var depth = 0
        while let token = PDFLexer.next(window, &position) {
            switch token {
            case .dictionaryBegin, .arrayBegin: depth += 1
            case .dictionaryEnd, .arrayEnd:
                depth -= 1
                if depth < 0 {
                    position = window.count
                    return nil
                }
            case .name(let key) where depth == 0:
                let value = position
                // A value that is a name is no key; those of other kinds are passed over as they come.
                var peek = position
                if case .name? = PDFLexer.next(window, &peek) { position = peek }
                return (key, value)
            case .end: return nil
            case .name, .number, .string, .hex, .word: break
            }
        }
        return nil
    }
}
