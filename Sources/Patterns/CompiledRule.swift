/// A rule with what the scanner made of it.
struct CompiledRule: Sendable {
    /// The rule as its file gives it.
    let rule: Rule

    /// The expression that confirms; nil for a rule that only looks at names of files.
    let expression: RE2Expression?

    /// The expression for the name of the leaf's file; where it does not match, the rule does not apply.
    let path: RE2Expression?

    /// The rule's own lists, those of its file, and those that name it.
    var allowlists: [Allowlist]

    /// The rule's keywords as octets.
    let keywords: [[UInt8]]

    /// The most octets before a cell at which a match that ends in the cell may begin.
    var reach = OpenLeaf.maximumReach

    /// How Vectorscan finds where to look; nil when it cannot and RE2 has to search every cell.
    var mode: PatternDatabase.Mode?
}
