import Testing

@testable import Fingerprints

@Suite("Patterns of .gitignore (gitignore(5))")
struct IgnoreRulesTests {
    @Test(
        "a pattern matches what git says it matches",
        arguments: [
            ("*.o", "a.o", true), ("*.o", "x/y/a.o", true), ("*.o", "a.oo", false), ("*.o", ".o", true),
            ("build", "build", true), ("build", "x/build", true), ("build", "builds", false),
            ("/build", "build", true), ("/build", "x/build", false),
            ("a/b", "a/b", true), ("a/b", "x/a/b", false),
            ("build/", "build", false), ("build/", "build/", true), ("build/", "x/build/", true),
            ("**/foo", "foo", true), ("**/foo", "a/b/foo", true),
            ("**/foo/bar", "a/foo/bar", true), ("**/foo/bar", "a/foo/x/bar", false),
            ("a/**", "a/b/c", true), ("a/**", "a/", false),
            ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true), ("a/**/b", "a/x/y", false),
            ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbY", false),
            ("a/*", "a/b", true), ("a/*", "a/b/c", false),
            ("?at", "cat", true), ("?at", "at", false),
            ("[a-c]at", "bat", true), ("[!a-c]at", "bat", false), ("[^a]x", "bx", true), ("[]]x", "]x", true),
            ("[ab", "a", false), ("\\#x", "#x", true), ("#x", "#x", false), ("\\!x", "!x", true),
            ("x\\ ", "x ", true), ("x ", "x", true), ("caf\u{E9}", "caf\u{E9}", true), ("", "x", false),
            ("/", "x", false),
        ]
    )
    func pattern(pattern: String, path: String, expected: Bool) {
        let isFolder = path.hasSuffix("/")
        let segments = path.split(separator: "/").map { Array($0.utf8) }
        let verdict = IgnoreRules(Array(pattern.utf8)).verdict(segments[...], isFolder: isFolder)
        #expect((verdict ?? false) == expected)
    }

    @Test("the last rule that speaks wins")
    func negation() {
        let rules = IgnoreRules(Array("*.log\r\n!keep.log\nkeep.log/\n".utf8))
        #expect(rules.verdict([Array("a.log".utf8)], isFolder: false) == true)
        #expect(rules.verdict([Array("keep.log".utf8)], isFolder: false) == false)
        #expect(rules.verdict([Array("keep.log".utf8)], isFolder: true) == true)
        #expect(rules.verdict([Array("x.c".utf8)], isFolder: false) == nil)
    }

    @Test("a pattern of many stars does not take for ever")
    func stars() {
        let pattern = String(repeating: "*a", count: 500) + "b"
        let name = Array(String(repeating: "a", count: 2000).utf8)
        #expect(IgnoreRules(Array(pattern.utf8)).verdict([name], isFolder: false) == nil)
        let deep = String(repeating: "**/a/", count: 50) + "b"
        let path = [[UInt8]](repeating: [0x61], count: 500)
        #expect(IgnoreRules(Array(deep.utf8)).verdict(path[...], isFolder: false) == nil)
    }
}
