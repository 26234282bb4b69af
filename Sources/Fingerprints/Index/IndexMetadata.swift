/// What an index says of itself besides its fingerprints: names and counts.
struct IndexMetadata: Sendable, Equatable {
    /// Its collections.
    var collections: [CollectionInfo] = []
    /// Fingerprints taken out because they occur in public code, by the path of that code.
    var subtracted: [IndexInfo.Subtraction] = []
    /// Fingerprints taken out because they occur in too many of the indexed files.
    var common = 0
    /// Fingerprints taken out because their files have been made public.
    var madePublic = 0
    /// The number of lines of all files.
    var lines = 0
    /// The number of words of all files.
    var words = 0
    /// The number of places at which fingerprints stand.
    var postings = 0

    private static let textLimit = 1 << 16

    /// The section's octets.
    var encoded: [UInt8] {
        var octets: [UInt8] = []
        func number(_ value: Int) {
            for shift in stride(from: 0, to: 64, by: 8) { octets.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
        func text(_ value: String) {
            number(value.utf8.count)
            octets.append(contentsOf: value.utf8)
        }
        for value in [common, madePublic, lines, words, postings, collections.count] { number(value) }
        for collection in collections {
            for value in [collection.name, collection.owner, collection.classification, collection.revision] {
                text(value)
            }
            for patterns in [collection.included, collection.excluded] {
                number(patterns.count)
                patterns.forEach(text)
            }
        }
        number(subtracted.count)
        for entry in subtracted {
            text(entry.source)
            number(entry.fingerprints)
        }
        return octets
    }

    /// Nothing yet.
    init() {}

    /// Reads the section; nil when it is cut or says nonsense.
    init?(_ octets: [UInt8]) {
        var reader = Reader(rest: octets[...])
        guard let common = reader.number(), let madePublic = reader.number(), let lines = reader.number(),
            let words = reader.number(), let postings = reader.number(), let count = reader.count()
        else { return nil }
        (self.common, self.madePublic, self.lines) = (common, madePublic, lines)
        (self.words, self.postings) = (words, postings)
        for _ in 0..<count {
            guard let name = reader.text(), let owner = reader.text(), let classification = reader.text(),
                let revision = reader.text(), let included = reader.texts(), let excluded = reader.texts()
            else { return nil }
            var collection = CollectionInfo(name: name)
            (collection.owner, collection.classification, collection.revision) = (owner, classification, revision)
            (collection.included, collection.excluded) = (included, excluded)
            collections.append(collection)
        }
        guard let sources = reader.count() else { return nil }
        for _ in 0..<sources {
            guard let source = reader.text(), let fingerprints = reader.number() else { return nil }
            subtracted.append(IndexInfo.Subtraction(source: source, fingerprints: fingerprints))
        }
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func number() -> Int? {
            guard rest.count >= 8 else { return nil }
            let value = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            rest = rest.dropFirst(8)
            return Int(exactly: value)
        }

        /// A number of things that follow, of which each takes an octet at least.
        mutating func count() -> Int? { number().flatMap { $0 <= rest.count ? $0 : nil } }

        mutating func text() -> String? {
            guard let count = count(), count <= IndexMetadata.textLimit else { return nil }
            defer { rest = rest.dropFirst(count) }
            return String(decoding: rest.prefix(count), as: UTF8.self)
        }

        mutating func texts() -> [String]? {
            guard let count = count() else { return nil }
            var texts: [String] = []
            for _ in 0..<count {
                guard let text = text() else { return nil }
                texts.append(text)
            }
            return texts
        }
    }
}
