/// The fonts of a document, by the names that its resources give them.
///
/// A stream's fonts are its page's; where it cannot be told which page that is, those that any page gives the names to.
struct PDFFonts {
    /// By the object that holds the map.
    private var maps: [Int: PDFCharacterMap] = [:]
    /// By the object that is the font.
    private var fonts: [Int: PDFFont] = [:]
    /// By where the dictionary of fonts begins.
    private var sets: [Int: [[UInt8]: PDFFont]] = [:]
    /// The page of each content stream.
    private var pages: [Int: PDFDictionary] = [:]
    /// Those that pages lead to, by where they begin.
    private var dictionaries: [Int: PDFDictionary] = [:]
    private var anybody: [[UInt8]: PDFFont] = [:]
    /// Maps that could not be read.
    private var unreadable: Set<Int> = []
    private var referencesLeft = PDFLimits.objects
    private var charactersLeft = PDFLimits.characters

    /// Gathers pages, and what names of fonts stand for.
    mutating func gather(_ objects: borrowing PDFObjects, _ decode: inout DecodeState) {
        for object in objects.list {
            let dictionary = objects.dictionary(of: object)
            if let contents = dictionary.contents {
                let numbers = objects.references(at: contents, limit: referencesLeft)
                referencesLeft -= numbers.count
                for number in numbers { pages[number] = dictionary }
            }
            let resources = dictionary.resources.flatMap { self.dictionary(at: $0, objects) }
            for place in [dictionary.font, resources?.font] {
                guard let place, sets.count < PDFLimits.fontSets, anybody.count < PDFLimits.fontSets,
                    sets[objects.value(at: place).lowerBound] == nil
                else { continue }
                anybody.merge(set(at: place, objects, &decode)) { first, _ in first }
            }
        }
    }

    /// The fonts of a content stream or a form.
    mutating func fonts(
        of object: PDFObject,
        _ dictionary: PDFDictionary,
        _ objects: borrowing PDFObjects,
        _ decode: inout DecodeState
    ) -> [[UInt8]: PDFFont] {
        var owner: PDFDictionary? = dictionary.resources == nil ? pages[object.number] : dictionary
        for _ in 0..<PDFLimits.parents {
            guard let page = owner else { return anybody }
            if let resources = page.resources {
                guard let place = self.dictionary(at: resources, objects)?.font else { return anybody }
                return set(at: place, objects, &decode)
            }
            owner = page.parent.flatMap { self.dictionary(at: $0, objects) }
        }
        return anybody
    }

    /// The dictionary at a place, or the one that a reference there leads to; nil when it is one too many.
    private mutating func dictionary(at place: Int, _ objects: borrowing PDFObjects) -> PDFDictionary? {
        let range = objects.value(at: place)
        if let known = dictionaries[range.lowerBound] { return known }
        guard dictionaries.count < PDFLimits.dictionaries else { return nil }
        let dictionary = PDFDictionary(objects.octets.span, range)
        dictionaries[range.lowerBound] = dictionary
        return dictionary
    }

    private mutating func set(
        at place: Int,
        _ objects: borrowing PDFObjects,
        _ decode: inout DecodeState
    ) -> [[UInt8]: PDFFont] {
        let range = objects.value(at: place)
        if let known = sets[range.lowerBound] { return known }
        guard sets.count < PDFLimits.fontSets else { return anybody }
        var set: [[UInt8]: PDFFont] = [:]
        for (name, number) in objects.namedReferences(in: range, limit: PDFLimits.fonts) {
            set[name] = font(number, objects, &decode)
        }
        sets[range.lowerBound] = set
        return set
    }

    private mutating func font(
        _ number: Int,
        _ objects: borrowing PDFObjects,
        _ decode: inout DecodeState
    ) -> PDFFont? {
        if let known = fonts[number] { return known }
        guard let object = objects.object(number) else { return nil }
        let dictionary = objects.dictionary(of: object)
        var font = PDFFont()
        font.isComposite = dictionary.subtype.map { objects.isName(at: $0, .type0) } ?? false
        if let place = dictionary.toUnicode, let target = objects.reference(at: place) {
            font.map = characters(target, objects, &decode)
        }
        fonts[number] = font
        return font
    }

    private mutating func characters(
        _ number: Int,
        _ objects: borrowing PDFObjects,
        _ decode: inout DecodeState
    ) -> PDFCharacterMap? {
        if let known = maps[number] { return known }
        guard maps.count < PDFLimits.maps, !unreadable.contains(number), let object = objects.object(number),
            let data = object.data
        else { return nil }
        let filter = objects.filter(objects.dictionary(of: object))
        guard let octets = PDFStreamData.all(data, filter, objects, limit: PDFLimits.map, &decode) else {
            unreadable.insert(number)
            return nil
        }
        let characters = PDFCharacterMap(octets.span, limit: charactersLeft)
        charactersLeft -= characters.told
        maps[number] = characters
        return characters
    }
}
