import Patterns
import TOMLSource
import Testing

@Suite("The rules in config/rules")
struct ShippedRulesTests {
    @Test("every positive matches and no negative does")
    func examples() throws {
        let report = try Fixture.shipped().test()
        #expect(report.cases > 100)
        #expect(report.failures.map(\.description) == [])
    }

    @Test("lint has nothing to warn of")
    func lint() throws {
        #expect(try Fixture.shipped().notes.filter { $0.kind == .warning }.map(\.description) == [])
    }

    @Test("there are the six rules, with the contract's classes")
    func rules() throws {
        let classes = Dictionary(
            uniqueKeysWithValues: try Fixture.shipped().rules.map { ($0.id, $0.category.rawValue) }
        )
        #expect(
            classes == [
                "anthropic-api-key": "secret.credential",
                "aws-access-token": "secret.credential",
                "confidential-marking": "document.marked",
                "github-token": "secret.credential",
                "openai-api-key": "secret.credential",
                "private-key": "secret.private_key",
            ]
        )
    }
}
