/// The matches of a message that have not been taken, and what RE2 may still be asked.
///
/// What RE2 finds costs up to 0.1 ms each, entropy and allowlists included, so a text of fakes must not make it find without
/// bound; and the fakes of one rule must not keep the others, or the same rule further on, from being looked for. So there is
/// a stock for the message, and when that is used up an allowance for each rule; both grow again with the text, by which the
/// cost stays in proportion to it. A flood thins out what is found in its own cells, and nothing else.
struct MatchList {
    /// Matches that a message gives at most; more are counted only.
    static let maximumCount = 4_096

    /// Matches that each rule gives even then.
    static let reservedCount = 16

    /// What RE2 may find in a message at once: the stock.
    static let maximumHits = 32_768

    /// What a cell adds to the stock.
    static let hitsPerCell = 8

    /// What RE2 may find of one rule when the stock is used up.
    static let maximumRuleHits = 256

    /// What a cell adds to that.
    static let ruleHitsPerCell = 2

    private(set) var matches: [PatternMatch] = []

    /// Matches that found no room since the message began, and cells in which RE2 was not asked about a rule any more.
    private(set) var refused = 0

    private var accepted = 0
    private var cells = 0
    private var stock = Allowance(left: MatchList.maximumHits)
    private var rules: [RuleUse] = []

    /// What the caller gave for the leaf that is open.
    var tag = 0

    private struct Allowance {
        var left: Int
        /// The cell up to which it has grown.
        var cell = 0

        mutating func grow(to cells: Int, each: Int, limit: Int) {
            left = min(limit, left + min(limit, (cells - cell) * each))
            cell = cells
        }
    }

    private struct RuleUse {
        var accepted = 0
        var hits: Allowance
    }

    /// Octets of memory that it takes, about.
    var octets: Int {
        MemoryLayout<Self>.size + matches.count * MemoryLayout<PatternMatch>.stride
            + rules.count * MemoryLayout<RuleUse>.stride
    }

    /// Adds a match of the set's rule `index` with the digest and the ends of its secret.
    mutating func add(_ rule: Rule, _ index: Int, secret: Span<UInt8>, offset: Int) {
        open(index)
        guard accepted < Self.maximumCount || rules[index].accepted < Self.reservedCount else {
            refused += 1
            return
        }
        accepted += 1
        rules[index].accepted += 1
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

    /// A cell of the text has come.
    mutating func cellBegan() { cells += 1 }

    /// Whether RE2 may be asked about a rule in the cell at hand; counts it if not.
    mutating func mayConfirm(_ index: Int) -> Bool {
        open(index)
        stock.grow(to: cells, each: Self.hitsPerCell, limit: Self.maximumHits)
        rules[index].hits.grow(to: cells, each: Self.ruleHitsPerCell, limit: Self.maximumRuleHits)
        if isOpen(index) { return true }
        refused += 1
        return false
    }

    /// Notes that RE2 found something; false when it must not be asked about the rest of the cell, which is then counted.
    mutating func countHit(_ index: Int) -> Bool {
        if stock.left > 0 { stock.left -= 1 } else { rules[index].hits.left -= 1 }
        if isOpen(index) { return true }
        refused += 1
        return false
    }

    private func isOpen(_ index: Int) -> Bool {
        (accepted < Self.maximumCount || rules[index].accepted < Self.reservedCount)
            && (stock.left > 0 || rules[index].hits.left > 0)
    }

    private mutating func open(_ index: Int) {
        while rules.count <= index { rules.append(RuleUse(hits: Allowance(left: Self.maximumRuleHits, cell: cells))) }
    }

    /// Hands the matches over.
    mutating func take() -> [PatternMatch] {
        defer { matches = [] }
        return matches
    }
}
