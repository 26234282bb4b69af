/// What was found in one message so far.
///
/// Always the whole state, never what is new: joining it to an incident a second time, or a later state of the same
/// message, changes nothing but what has truly grown.
package struct Finding: Equatable, Sendable {
    /// Leaked code, best first.
    package let leaks: [Leak]
    /// Rules that hit, worst first.
    package let rules: [RuleHit]

    /// Puts leaks and rules in the contract's order.
    package init(leaks: [Leak], rules: [RuleHit]) {
        self.leaks = leaks.sorted(by: Leak.isBetter)
        self.rules = rules.sorted(by: RuleHit.isWorse)
    }

    /// Whether nothing was found.
    package var isEmpty: Bool { leaks.isEmpty && rules.isEmpty }

    /// The kinds of things found, in the contract's order; the first names the finding.
    package var classes: [FindingClass] {
        let found = leaks.map { $0.isVerbatim ? FindingClass.verbatimCode : .renamedCode } + rules.map(\.findingClass)
        return Set(found).sorted()
    }

    /// 0…100: that of its weightiest part; 0 when nothing was found.
    package func score(isSanctioned: Bool) -> Int {
        let scores = leaks.map { $0.score(isSanctioned: isSanctioned) } + rules.map(\.score)
        return scores.max() ?? 0
    }
}
