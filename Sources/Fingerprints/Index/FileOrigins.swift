/// What an update of an index remembers for the next: which contents it has seen under the names that git gives them.
///
/// Names are kept as keyed digests, so a stolen index does not tell which objects it was made of.
struct FileOrigins: Equatable, Sendable {
    /// The digests of contents that may be indexed, by the digest of their name.
    var indexed: [UInt64: UInt64] = [:]
    /// Why contents are not indexed, by the digest of their name.
    var skipped: [UInt64: SkipReason] = [:]
    /// Digests of names of contents that were made public.
    var released: Set<UInt64> = []

    /// Whether nothing is remembered.
    var isEmpty: Bool { indexed.isEmpty && skipped.isEmpty && released.isEmpty }

    /// Nothing remembered.
    init() {}

    /// The section's words: three counts, pairs, pairs, names, each ascending.
    var packed: [UInt64] {
        guard !isEmpty else { return [] }
        var words = [UInt64(indexed.count), UInt64(skipped.count), UInt64(released.count)]
        for (name, digest) in indexed.sorted(by: { $0.key < $1.key }) { words += [name, digest] }
        for (name, reason) in skipped.sorted(by: { $0.key < $1.key }) {
            words += [name, Self.code(of: reason)]
        }
        return words + released.sorted()
    }

    /// What stands for a reason: the first eight octets of its name, which other versions of weir know too.
    private static func code(of reason: SkipReason) -> UInt64 {
        reason.rawValue.utf8.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Reads the section; what is cut or says nonsense is forgotten, and merely read again.
    init(_ words: [UInt64]) {
        guard words.count >= 3, words[..<3].allSatisfy({ $0 <= UInt64(words.count) }) else { return }
        let (pairs, others, names) = (Int(words[0]), Int(words[1]), Int(words[2]))
        guard words.count == 3 + 2 * pairs + 2 * others + names else { return }
        for place in 0..<pairs { indexed[words[3 + 2 * place]] = words[4 + 2 * place] }
        for place in pairs..<(pairs + others) {
            let reason = SkipReason.allCases.first { Self.code(of: $0) == words[4 + 2 * place] }
            skipped[words[3 + 2 * place]] = reason
        }
        released = Set(words[(3 + 2 * pairs + 2 * others)...])
    }
}
