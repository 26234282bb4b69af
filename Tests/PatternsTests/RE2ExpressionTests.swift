import Patterns
import Testing

@Suite("RE2 expressions")
struct RE2ExpressionTests {
    @Test("what lies outside the searched range counts for anchors and boundaries")
    func context() throws {
        let text = Array("xfoo foo\nfoo".utf8)
        let word = try RE2Expression("\\bfoo\\b")
        let line = try RE2Expression("(?m)^foo$")
        let start = try RE2Expression("\\Afoo")
        let end = try RE2Expression("foo\\z")
        #expect(word.find(in: text.span, within: 1..<12)?.match == 5..<8)
        #expect(word.find(in: text.span, within: 1..<4) == nil)
        #expect(line.find(in: text.span, within: 1..<12)?.match == 9..<12)
        #expect(start.find(in: text.span, within: 5..<12) == nil)
        #expect(end.find(in: text.span, within: 0..<8) == nil)
        #expect(end.find(in: text.span, within: 0..<12)?.match == 9..<12)
    }

    @Test("the secret is the named group, or the first that is not empty, or all")
    func groups() throws {
        let text = Array("token=  abc".utf8)
        let expression = try RE2Expression("token=(x?)( *)(\\w+)")
        #expect(expression.groupCount == 3)
        #expect(expression.find(in: text.span, within: 0..<11)?.secret == 6..<8)
        #expect(expression.find(in: text.span, within: 0..<11, secretGroup: 3)?.secret == 8..<11)
        #expect(expression.find(in: text.span, within: 0..<11, secretGroup: 1)?.secret == 0..<11)
    }

    @Test("Go's spelling of named groups is understood, and left alone where it is none")
    func names() throws {
        let named = try RE2Expression("(?<key>a)(?P<other>b)")
        #expect(named.groupCount == 2)
        let quoted = try RE2Expression("\\Q(?<\\E[(?<k>]\\(?<k>")
        let text = Array("(?<((<k>".utf8)
        #expect(quoted.find(in: text.span, within: 0..<8)?.match == 0..<8)
    }

    @Test(
        "a bad expression gives RE2's reason",
        arguments: [
            ("(", "missing )"), ("a**", "bad repetition operator"), ("(?=x)", "invalid perl operator"),
            ("[z-a]", "invalid"),
        ]
    )
    func bad(_ pattern: String, _ words: String) {
        #expect {
            try RE2Expression(pattern)
        } throws: { error in
            (error as? RE2Expression.Failure)?.reason.contains(words) == true
        }
    }

    @Test("ranges outside the text and empty texts match nothing")
    func ranges() throws {
        let expression = try RE2Expression("a*")
        let text: [UInt8] = [97]
        let empty: [UInt8] = []
        #expect(expression.matchesEmpty)
        #expect(expression.find(in: text.span, within: 0..<2) == nil)
        #expect(expression.find(in: empty.span, within: 0..<0) == nil)
        let matchesEmpty = expression.matches(empty.span)
        #expect(matchesEmpty)
        #expect(try RE2Expression("a").matchesEmpty == false)
    }
}
