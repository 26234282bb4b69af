import TestSupport
import Testing

@testable import Services

@Suite("Patterns with wildcards")
struct GlobPatternTests {
    @Test(
        "`*` stays within a segment and stands for something, `**` may be anything",
        arguments: [
            ("/a", "/a", true), ("/a", "/ab", false), ("/a", "", false), ("", "", true), ("/*", "/a", true),
            ("/*", "/", false), ("/*", "/a/b", false), ("/a*", "/a", false), ("/a*c", "/abc", true),
            ("/*/b", "/a/b", true), ("/*/b", "//b", false), ("/**", "/", true), ("/**", "/a/b", true),
            ("**/b", "/b", true), ("**/b", "/a/b/c/b", true), ("**/b", "b", false), ("**:g", "/m:g", true),
            ("**/a/*/c", "/x/a/b/c", true), ("**/a/*/c", "/a/b/a/q/c", true), ("**/a/*/c", "/a/b/d/c", false),
            ("/a/**/c", "/a/b/b/c", true), ("/a/**/c", "/a/c", false), ("/*:g", "/m:g:g", true), ("/*a", "/aaa", true),
            ("**a*b**c", "xaybzc", true), ("**a*b**c", "xa/bzc", false), ("**aab", "aaab", true), ("/***", "/a", true),
        ]
    )
    func matching(pattern: String, text: String, expected: Bool) {
        let glob = GlobPattern(pattern, separator: UInt8(ascii: "/"))
        #expect(glob.matches(Array(text.utf8).span) == expected)
    }

    @Test("a prefix ends where the pattern does")
    func prefixes() {
        let glob = GlobPattern("a*/** b", separator: UInt8(ascii: " "))
        #expect(glob.matchedPrefix(of: Array("ax/1 c b2".utf8).span) == 8)
        #expect(glob.matchedPrefix(of: Array("a /1 b".utf8).span) == nil)
    }

    @Test("matching agrees with the plain definition on random texts")
    func definition() {
        var generator = SeededGenerator(seed: 3)
        let letters = Array("ab/**".utf8)
        for _ in 0..<20_000 {
            let pattern = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                letters[Int.random(in: 0..<5, using: &generator)]
            }
            let text = (0..<Int.random(in: 0...7, using: &generator)).map { _ in
                letters[Int.random(in: 0..<3, using: &generator)]
            }
            let glob = GlobPattern(String(decoding: pattern, as: UTF8.self), separator: UInt8(ascii: "/"))
            let expected = Self.matches(pattern[...], text[...])
            #expect(glob.matches(text.span) == expected, "\(pattern) \(text)")
        }
    }

    /// The definition, by recursion: slow, and plainly right.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let star = UInt8(ascii: "*")
        if first != star { return text.first == first && matches(pattern.dropFirst(), text.dropFirst()) }
        if pattern.dropFirst().first == star {
            let rest = pattern.dropFirst(2)
            return matches(rest, text) || (!text.isEmpty && matches(pattern, text.dropFirst()))
        }
        guard let octet = text.first, octet != UInt8(ascii: "/") else { return false }
        return matches(pattern.dropFirst(), text.dropFirst()) || matches(pattern, text.dropFirst())
    }
}
