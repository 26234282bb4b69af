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

    /// What was found here and in a later text of the same message.
    package func joined(_ other: Finding) -> Finding {
        guard !isEmpty, !other.isEmpty else { return isEmpty ? other : self }
        var (leaks, rules) = (leaks, rules)
        for leak in other.leaks {
            if let place = leaks.firstIndex(where: { ($0.collection, $0.path) == (leak.collection, leak.path) }) {
                leaks[place].merge(leak, replacesEqual: false)
            } else {
                leaks.append(leak)
            }
        }
        for rule in other.rules {
            if let place = rules.firstIndex(where: { $0.id == rule.id }) {
                rules[place].merge(rule, replacesFirst: false)
            } else {
                rules.append(rule)
            }
        }
        return Finding(leaks: leaks, rules: rules)
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
