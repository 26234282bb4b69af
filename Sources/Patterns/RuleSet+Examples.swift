extension RuleSet {
    /// Runs every rule's examples: each positive must match its rule, no negative may.
    ///
    /// - Throws: an error when there is no memory to scan with.
    package func test() throws(RuleError) -> RuleTestReport {
        var scanner = try PatternScanner(self)
        var cases = 0
        var failures: [RuleTestFailure] = []
        for rule in rules {
            for (kind, examples) in [(RuleTestFailure.Kind.positive, rule.positives), (.negative, rule.negatives)] {
                for (index, example) in examples.enumerated() {
                    cases += 1
                    scanner.messageBegan()
                    scanner.leafBegan(tag: 0)
                    scanner.leafText(example.text.utf8.span)
                    scanner.leafEnded()
                    let isMatched = scanner.takeMatches().contains { $0.rule.id == rule.id }
                    guard isMatched != (kind == .positive) else { continue }
                    let place = Rule.Place(name: rule.place.name, line: example.line)
                    failures.append(RuleTestFailure(rule: rule.id, kind: kind, index: index, place: place))
                }
            }
        }
        return RuleTestReport(cases: cases, failures: failures)
    }
}

/// What `weir rules test` found.
package struct RuleTestReport: Sendable {
    /// Examples that were run.
    package let cases: Int

    /// Those that did not come out as they should.
    package let failures: [RuleTestFailure]
}

/// An example of a rule that did not come out as it should; its text, maybe a secret, is not kept.
package struct RuleTestFailure: Hashable, Sendable, CustomStringConvertible {
    /// The rule's id.
    package let rule: String

    /// Whether it should have matched.
    package let kind: Kind

    /// The example's index in its array, from 0.
    package let index: Int

    /// Where the example stands.
    package let place: Rule.Place

    /// `rules.toml:12: aws-access-token: positives[0] does not match`.
    package var description: String {
        let outcome = kind == .positive ? "positives[\(index)] does not match" : "negatives[\(index)] matches"
        return "\(place.name):\(place.line): \(rule): \(outcome)"
    }

    /// What an example is for.
    package enum Kind: String, Sendable {
        case positive, negative
    }
}
