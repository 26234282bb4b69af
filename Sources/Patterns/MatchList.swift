/// The matches of a message that have not been taken, bounded.
struct MatchList {
    /// Matches that a message gives at most; more are counted only.
    static let maximumCount = 4096

    /// What RE2 may find in a message, entropy and allowlists not yet asked: fakes by the million are to cost
    /// nothing more, since each takes up to 0.1 ms.
    static let maximumHits = 32_768

    private(set) var matches: [PatternMatch] = []

    /// Matches that found no room since the message began, and places where RE2 was not asked any more.
    private(set) var refused = 0

    private var accepted = 0
    private var hits = 0

    /// What the caller gave for the leaf that is open.
    var tag = 0

    /// Adds a match with the digest and the ends of its secret.
    mutating func add(_ rule: Rule, secret: Span<UInt8>, offset: Int) {
        guard accepted < Self.maximumCount else {
            refused += 1
            return
        }
        accepted += 1
        matches.append(
            PatternMatch(
                rule: rule,
                tag: tag,
                redacted: rule.reveal == .ends ? Redactor.ends(of: secret) : nil,
                secretDigest: PatternMatch.digest(of: secret),
                offset: offset
            )
        )
    }

    /// Notes that RE2 found something.
    mutating func countHit() { hits += 1 }

    /// Whether RE2 may be asked about another place; counts it if not.
    mutating func mayConfirm() -> Bool {
        if accepted < Self.maximumCount, hits < Self.maximumHits { return true }
        refused += 1
        return false
    }

    /// Hands the matches over.
    mutating func take() -> [PatternMatch] {
        defer { matches = [] }
        return matches
    }
}
