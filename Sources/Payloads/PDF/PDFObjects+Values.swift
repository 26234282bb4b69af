/// What stands at a place in a document.
extension PDFObjects {
    /// The dictionary of an object; empty when its value is none.
    func dictionary(of object: PDFObject) -> PDFDictionary { PDFDictionary(octets.span, object.value) }

    /// The value at a place, or the one that a reference there leads to.
    func value(at place: Int) -> Range<Int> {
        guard let number = reference(at: place) else { return place..<max(place, octets.count) }
        return object(number)?.value ?? octets.count..<octets.count
    }

    /// The object number of a reference such as `12 0 R`; nil for anything else.
    func reference(at place: Int) -> Int? {
        var position = place
        return reference(window(place, PDFLimits.value), &position)
    }

    /// The object numbers of a reference, or of an array of them, at a place or where a reference there leads; at most so
    /// many.
    func references(at place: Int, limit: Int) -> [Int] {
        var octets = window(place, PDFLimits.dictionary)
        var position = place
        if let number = reference(octets, &position) {
            guard let target = object(number), target.data == nil else { return [number] }
            position = target.value.lowerBound
            octets = window(position, PDFLimits.dictionary)
            guard PDFLexer.next(octets, &position) == .arrayBegin else { return [number] }
        } else {
            position = place
            guard PDFLexer.next(octets, &position) == .arrayBegin else { return [] }
        }
        var numbers: [Int] = []
        while numbers.count < limit, let number = reference(octets, &position) { numbers.append(number) }
        return numbers
    }

    /// The entries of a dictionary whose values are references.
    func namedReferences(in range: Range<Int>, limit: Int) -> [(name: [UInt8], number: Int)] {
        let octets = octets.span
        var entries = PDFEntries(octets, range)
        var found: [(name: [UInt8], number: Int)] = []
        while found.count < limit, let entry = entries.next(octets) {
            guard let number = reference(at: entry.value) else { continue }
            found.append((entry.key.prefix(128).map { octets[$0] }, number))
        }
        return found
    }

    /// A number at a place, or where a reference there leads.
    func integer(at place: Int) -> Int? {
        var position = value(at: place).lowerBound
        let octets = window(position, PDFLimits.value)
        guard case .number(let value)? = PDFLexer.next(octets, &position), value >= 0, value < 1e9 else {
            return nil
        }
        return Int(value)
    }

    /// Whether a name stands at a place.
    func isName(at place: Int, _ name: PDFName) -> Bool {
        var position = place
        let octets = window(place, PDFLimits.value)
        guard case .name(let range)? = PDFLexer.next(octets, &position) else { return false }
        return PDFString.isName(octets.extracting(range), name)
    }

    /// The filters of a stream, as its dictionary names them.
    func filter(_ dictionary: PDFDictionary) -> PDFFilter {
        var filter = PDFFilter()
        if let place = dictionary.filter {
            var position = value(at: place).lowerBound
            let octets = window(position, PDFLimits.value)
            switch PDFLexer.next(octets, &position) {
            case .name(let name)?: filter.add(octets.extracting(name))
            case .arrayBegin?:
                var count = 0
                while count < 8, case .name(let name)? = PDFLexer.next(octets, &position) {
                    filter.add(octets.extracting(name))
                    count += 1
                }
            default: filter.addForeign()
            }
        }
        if let place = dictionary.parameters, hasPredictor(at: place) { filter.addForeign() }
        return filter
    }

    private func hasPredictor(at place: Int) -> Bool {
        let start = value(at: place).lowerBound
        let octets = window(start, PDFLimits.value)
        var position = start
        if PDFLexer.next(octets, &position) != .arrayBegin { position = start }
        guard let predictor = PDFDictionary(octets, position..<octets.count).predictor,
            let number = integer(at: predictor)
        else { return false }
        return number > 1
    }

    /// The octets up to so many behind a place, so that what stands at one place costs little however often it is led to.
    @_lifetime(borrow self)
    private func window(_ place: Int, _ size: Int) -> Span<UInt8> {
        octets.span.extracting(0..<min(octets.count, max(0, place) + size))
    }

    private func reference(_ octets: Span<UInt8>, _ position: inout Int) -> Int? {
        guard case .number(let number)? = PDFLexer.next(octets, &position), number >= 0, number < 1e9,
            case .number? = PDFLexer.next(octets, &position), case .word(let word)? = PDFLexer.next(octets, &position),
            word.count == 1, octets[word.lowerBound] == UInt8(ascii: "R")
        else { return nil }
        return Int(number)
    }
}
