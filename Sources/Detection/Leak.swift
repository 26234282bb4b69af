package import Fingerprints
package import Payloads

/// Indexed source code that was found in a message, or in all messages of an incident: one for each indexed file.
package struct Leak: Equatable, Sendable {
    /// The collection that the file belongs to.
    package let collection: String
    /// Whose the collection is; nil where its index does not say.
    package let owner: String?
    /// How secret the collection is, in the house's words; nil where its index does not say.
    package let classification: String?
    /// The file's path in the collection, `/`-separated.
    package let path: String
    /// How many lines the indexed file has.
    package let totalLines: Int
    /// The lines of the indexed file that were found: 1-based.
    package private(set) var lines: LineSet
    /// Whether any part stands as it does in the index, rather than with its names changed.
    package private(set) var isVerbatim: Bool
    /// The matcher's score of the strongest part.
    package private(set) var strength: Double
    /// Where in the conversation the strongest part stood.
    package private(set) var segment: Segment
    /// The codings that were removed to reach the strongest part.
    package private(set) var codings: DecodeChain

    /// Names a leak in one message.
    package init(
        collection: String,
        owner: String? = nil,
        classification: String? = nil,
        path: String,
        totalLines: Int,
        lines: LineSet,
        isVerbatim: Bool,
        strength: Double,
        segment: Segment,
        codings: DecodeChain
    ) {
        self.collection = collection
        self.owner = owner
        self.classification = classification
        self.path = path
        self.totalLines = totalLines
        self.lines = lines
        self.isVerbatim = isVerbatim
        self.strength = strength
        self.segment = segment
        self.codings = codings
    }

    /// How many lines of the indexed file were found.
    package var matchedLines: Int { lines.count }

    /// The share of the indexed file's lines that was found, 0…1.
    package var coverage: Double { totalLines > 0 ? min(1, Double(matchedLines) / Double(totalLines)) : 0 }

    /// 0…100, as `Score` says.
    package func score(isSanctioned: Bool) -> Int {
        Score.leak(
            matchedLines: matchedLines,
            coverage: coverage,
            isVerbatim: isVerbatim,
            isSanctioned: isSanctioned
        )
    }

    /// Joins what another message, or the same one read further, showed of the same file.
    ///
    /// Lines are united, so the same part found twice counts once. Of equally strong parts the earlier one's place stands,
    /// unless `replacesEqual`: then `other` is the same message, whose parts have meanwhile found their role.
    package mutating func merge(_ other: Leak, replacesEqual: Bool) {
        lines = lines.union(other.lines)
        isVerbatim = isVerbatim || other.isVerbatim
        guard other.strength > strength || replacesEqual && other.strength == strength else { return }
        strength = other.strength
        segment = other.segment
        codings = other.codings
    }

    /// The contract's order: more lines first, then by collection and path in byte order.
    package static func isBetter(_ lhs: Leak, _ rhs: Leak) -> Bool {
        if lhs.matchedLines != rhs.matchedLines { return lhs.matchedLines > rhs.matchedLines }
        if lhs.collection != rhs.collection {
            return lhs.collection.utf8.lexicographicallyPrecedes(rhs.collection.utf8)
        }
        return lhs.path.utf8.lexicographicallyPrecedes(rhs.path.utf8)
    }
}
