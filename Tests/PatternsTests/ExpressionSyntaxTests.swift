import Testing

@testable import Patterns

@Suite("Expressions that match single octets only")
struct ExpressionSyntaxTests {
    @Test(
        "those that Vectorscan may read as octets",
        arguments: [
            "abc", "[a-z.^]{3}", "\\.\\[\\w\\s\\d", "\\Q.[^\\E", "(?i)akia", "\\x60", "[]^a]", "a|b$", "^a",
            "[[:alpha:]^]",
        ]
    )
    func octets(_ pattern: String) {
        #expect(ExpressionSyntax.matchesSingleOctets(pattern))
    }

    @Test(
        "those that must be read as scalars",
        arguments: [
            "a.b", "[^a]", "\\S", "\\W", "[\\D]", "\\pL", "\\x{20AC}", "\\xE4", "é", "[é]", "[[:^alpha:]]", "\\Qä\\E",
            "\\344", "\\C",
        ]
    )
    func scalars(_ pattern: String) {
        #expect(!ExpressionSyntax.matchesSingleOctets(pattern))
    }
}
