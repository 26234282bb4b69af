internal import Wire

/// An object of a document: where its value stands, and the data behind it if it is a stream.
struct PDFObject {
    let number: Int
    /// From behind `obj`, or of an object stream's from its first octet, to its end or the keyword `stream`.
    let value: Range<Int>
    let data: Range<Int>?
}

/// The objects of a document, found by their keyword wherever they stand: what the document says of their places may be
/// false, and is not needed.
struct PDFObjects: ~Copyable {
    /// The document, and behind it what its object streams gave.
    private(set) var octets: [UInt8]
    private(set) var list: [PDFObject] = []
    private(set) var isEncrypted = false
    private var places: [Int: Int] = [:]
    /// How many octets may yet be read in vain.
    private var patience: Int

    /// Finds the objects; an object stream's are added by `add`.
    init(_ document: consuming [UInt8]) {
        patience = 1 << 22
        octets = document
        // Taken out meanwhile: what is found is entered.
        var document: [UInt8] = []
        swap(&document, &octets)
        scan(document.span)
        swap(&document, &octets)
    }

    /// The object that has a number; of several the last, as an update leaves it.
    func object(_ number: Int) -> PDFObject? { places[number].map { list[$0] } }

    /// Adds the objects of an object stream, whose octets these are (ISO 32000-2 § 7.5.7).
    ///
    /// `first` is where the first object begins; before it stand numbers and places in pairs.
    mutating func add(_ stream: [UInt8], first: Int, count: Int) {
        let base = octets.count
        var position = 0
        var entries: [(number: Int, start: Int)] = []
        let header = stream.span.extracting(0..<min(max(0, first), stream.count))
        while entries.count < min(count, PDFLimits.objectsInStream) {
            guard let number = PDFObjects.integer(header, &position), let place = PDFObjects.integer(header, &position),
                place <= stream.count - header.count
            else { break }
            entries.append((number, header.count + place))
        }
        octets.append(contentsOf: stream)
        for (index, entry) in entries.enumerated() {
            let next = index + 1 < entries.count ? entries[index + 1].start : stream.count
            guard entry.start <= next else { continue }
            enter(PDFObject(number: entry.number, value: base + entry.start..<base + next, data: nil))
        }
    }

    /// Nothing of the document can be read.
    mutating func markEncrypted() { isEncrypted = true }

    private mutating func enter(_ object: PDFObject) {
        guard list.count < PDFLimits.objects else { return }
        places[object.number] = list.count
        list.append(object)
    }

    private static func integer(_ octets: Span<UInt8>, _ position: inout Int) -> Int? {
        guard case .number(let value)? = PDFLexer.next(octets, &position), value >= 0, value < 1e9 else { return nil }
        return Int(value)
    }

    // MARK: - Finding

    private mutating func scan(_ octets: Span<UInt8>) {
        var position = 0
        while position + 3 <= octets.count, list.count < PDFLimits.objects {
            switch octets[position] {
            case UInt8(ascii: "o") where PDFObjects.begins(.obj, octets, position):
                guard let number = PDFObjects.number(before: position, octets) else { break }
                position = take(octets, number, from: position + 3)
                continue
            case UInt8(ascii: "t") where PDFObjects.begins(.trailer, octets, position):
                let end = min(octets.count, position + PDFLimits.dictionary)
                if patience > 0, PDFDictionary(octets, position + 7..<end).encrypt != nil { isEncrypted = true }
                patience -= end - position
                position += 6
            default: break
            }
            position += 1
        }
    }

    /// Enters the object whose value begins at `start`; gives where it ends.
    private mutating func take(_ octets: Span<UInt8>, _ number: Int, from start: Int) -> Int {
        let window = octets.extracting(0..<min(octets.count, start + PDFLimits.dictionary))
        var position = start
        var end = start
        while let token = PDFLexer.next(window, &position) {
            if token == .end { break }
            guard case .word(let word) = token else {
                end = position
                continue
            }
            if PDFObjects.begins(.stream, octets, word.lowerBound) {
                let data = PDFObjects.data(octets, after: word.lowerBound + 6)
                enter(PDFObject(number: number, value: start..<word.lowerBound, data: data))
                return data.upperBound
            }
            if PDFObjects.begins(.endobj, octets, word.lowerBound) {
                enter(PDFObject(number: number, value: start..<word.lowerBound, data: nil))
                return word.lowerBound + 6
            }
            // The end of this object is missing, and another begins: its number is read again.
            if PDFObjects.begins(.obj, octets, word.lowerBound) {
                enter(PDFObject(number: number, value: start..<end, data: nil))
                return word.lowerBound
            }
            end = position
        }
        if window.count == octets.count {
            enter(PDFObject(number: number, value: start..<window.count, data: nil))
            return octets.count
        }
        // Too long for an object; but it may be none, and hold some.
        patience -= window.count - start
        guard patience <= 0 else { return start }
        return window.count
    }

    /// The data behind the keyword `stream`, up to its closing keyword.
    private static func data(_ octets: Span<UInt8>, after keyword: Int) -> Range<Int> {
        var start = keyword
        if start < octets.count, octets[start] == 0x0d { start += 1 }
        if start < octets.count, octets[start] == 0x0a { start += 1 }
        var end = start
        while end < octets.count {
            if octets[end] == UInt8(ascii: "e"), begins(.endstream, octets, end) { break }
            end += 1
        }
        return start..<end
    }

    /// The object number of `12 0 obj`, read backwards from the keyword; nil where there is none.
    private static func number(before keyword: Int, _ octets: Span<UInt8>) -> Int? {
        var index = keyword
        guard skipBack(octets, &index, isWanted: PDFLexer.isSpace) > 0,
            skipBack(octets, &index, isWanted: ASCII.isDigit) > 0,
            skipBack(octets, &index, isWanted: PDFLexer.isSpace) > 0
        else { return nil }
        let end = index
        guard (1...9).contains(skipBack(octets, &index, isWanted: ASCII.isDigit)) else { return nil }
        var number = 0
        for place in index..<end { number = number * 10 + Int(octets[place] - 48) }
        return number
    }

    private static func skipBack(_ octets: Span<UInt8>, _ index: inout Int, isWanted: (UInt8) -> Bool) -> Int {
        let start = index
        while index > 0, start - index < 16, isWanted(octets[index - 1]) { index -= 1 }
        return start - index
    }

    private static func begins(_ word: PDFName, _ octets: Span<UInt8>, _ start: Int) -> Bool {
        let wanted = word.octets
        guard start >= 0, octets.count - start >= wanted.count else { return false }
        for index in wanted.indices where wanted[index] != octets[start + index] { return false }
        return true
    }
}
