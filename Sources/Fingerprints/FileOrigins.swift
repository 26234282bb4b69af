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
            words += [name, UInt64(SkipReason.allCases.firstIndex(of: reason) ?? 0)]
        }
        return words + released.sorted()
    }

    /// Reads the section; what is cut or says nonsense is forgotten, and merely read again.
    init(_ words: [UInt64]) {
        guard words.count >= 3, words[..<3].allSatisfy({ $0 <= UInt64(words.count) }) else { return }
        let (pairs, others, names) = (Int(words[0]), Int(words[1]), Int(words[2]))
        guard words.count == 3 + 2 * pairs + 2 * others + names else { return }
        for place in 0..<pairs { indexed[words[3 + 2 * place]] = words[4 + 2 * place] }
        for place in pairs..<(pairs + others) {
            let reason = Int(truncatingIfNeeded: words[4 + 2 * place] & 0xFF)
            guard SkipReason.allCases.indices.contains(reason) else { continue }
            skipped[words[3 + 2 * place]] = SkipReason.allCases[reason]
        }
        released = Set(words[(3 + 2 * pairs + 2 * others)...])
    }
}
