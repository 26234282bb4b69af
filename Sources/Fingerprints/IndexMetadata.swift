/// What an index says of itself besides its fingerprints: names and counts.
struct IndexMetadata: Sendable, Equatable {
    /// The names of its collections.
    var collections: [String] = []
    /// Fingerprints taken out because they occur in public code, by the path of that code.
    var subtracted: [IndexInfo.Subtraction] = []
    /// Fingerprints taken out because they occur in too many of the indexed files.
    var common = 0
    /// The number of lines of all files.
    var lines = 0
    /// The number of words of all files.
    var words = 0

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
        number(common)
        number(lines)
        number(words)
        number(collections.count)
        collections.forEach(text)
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
        var rest = octets[...]
        func number() -> Int? {
            guard rest.count >= 8 else { return nil }
            let value = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            rest = rest.dropFirst(8)
            return Int(exactly: value)
        }
        func text() -> String? {
            guard let count = number(), count <= rest.count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return String(decoding: rest.prefix(count), as: UTF8.self)
        }
        guard let common = number(), let lines = number(), let words = number() else { return nil }
        self.common = common
        self.lines = lines
        self.words = words
        guard let names = number(), names <= rest.count else { return nil }
        for _ in 0..<names {
            guard let name = text() else { return nil }
            collections.append(name)
        }
        guard let sources = number(), sources <= rest.count else { return nil }
        for _ in 0..<sources {
            guard let source = text(), let fingerprints = number() else { return nil }
            subtracted.append(IndexInfo.Subtraction(source: source, fingerprints: fingerprints))
        }
    }
}
