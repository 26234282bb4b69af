import Patterns
import TOMLSource

/// A rule file, and its own text under its rules.
enum RulesBody {
    static func fuzzOne(_ octets: [UInt8]) {
        guard let source = TOMLBody.source(octets) else { return }
        let rules: RuleSet
        do throws(RuleError) {
            rules = try RuleSet([source])
        } catch {
            return hold(error.description.hasPrefix("input.toml"), "errors name the file: \(error)")
        }
        hold(rules.generation.utf8.count == 16, "a generation has sixteen digits")
        for note in rules.notes { hold(!note.description.isEmpty, "notes say something") }
        if let report = try? rules.test() { _ = report.failures.map(\.description) }
        guard var scanner = try? PatternScanner(rules) else { return }
        scanner.leafBegan(tag: 0, path: "input.toml")
        scanner.leafText(octets.span)
        scanner.leafEnded()
        for match in scanner.takeMatches() {
            hold(match.offset >= 0 && match.offset <= octets.count, "a match lies in its text")
        }
    }
}
