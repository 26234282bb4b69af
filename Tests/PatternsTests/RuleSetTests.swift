import Foundation
import Patterns
import TOMLSource
import Testing

@Suite("Rule files")
struct RuleSetTests {
    @Test(
        "what is wrong is named with file and line",
        arguments: [
            (
                "[[rules]]\nid = \"a\"\nregex = '''(b'''",
                "rules.toml:3: regex is no valid expression (RE2): missing ): (b"
            ),
            ("[[rules]]\nregex = 'b'", "rules.toml:1: a rule has no id; give it one, such as id = \"acme-token\""),
            ("\n[[rules]]\nid = 'a'", "rules.toml:3: rule a has neither regex nor path"),
            (
                "[[rules]]\nid = 'a'\nregex = 'b'\nsecretGroup = 2",
                "rules.toml:4: secretGroup 2 is not among the regex's 0 groups"
            ),
            ("[[rules]]\nid = 'a'\nregex = 5", "rules.toml:3: regex must be a string, and this is an integer"),
            (
                "[[rules]]\nid = 'a'\nregex = 'b'\nseverity = 'huge'",
                "rules.toml:4: severity \"huge\" is unknown; use one of low, medium, high, critical"
            ),
            (
                "[[rules]]\nid = 'a'\nregex = 'b'\n[[rules.allowlists]]\nregexes = [\n'x',\n'[',\n]",
                "rules.toml:7: regexes holds no valid expression (RE2): missing ]: ["
            ),
            (
                "[[rules]]\nid = 'a'\nregex = 'b'\n[[rules.allowlists]]\ndescription = 'none'",
                "rules.toml:4: an allowlist needs regexes, stopwords, paths or commits"
            ),
            (
                "[[allowlists]]\ntargetRules = ['c']\nstopwords = ['x']",
                "rules.toml:2: targetRules names c, which no file holds"
            ),
            (
                "[allowlist]\nstopwords = ['x']\n[[allowlists]]\nstopwords = ['x']",
                "rules.toml:1: allowlist and allowlists exclude each other; use [[allowlists]]"
            ),
            (
                "[[rules]]\nid = 'a'\nregex = 'b'\nprefilter = 'keywords'",
                "rules.toml:4: prefilter = \"keywords\" needs keywords and a regex"
            ),
        ]
    )
    func errors(_ text: String, _ message: String) {
        #expect {
            try Fixture.set(text)
        } throws: { error in
            (error as? RuleError)?.description == message
        }
    }

    @Test("a duplicate id names both places")
    func duplicates() throws {
        let rule = "[[rules]]\nid = 'a'\nregex = 'b'"
        let sources = try [TOMLSource(text: rule, name: "one.toml"), TOMLSource(text: "\n\n" + rule, name: "two.toml")]
        #expect {
            try RuleSet(sources)
        } throws: { error in
            (error as? RuleError)?.description
                == "two.toml:3: rule a is already in one.toml:1; rename or remove one"
        }
    }

    @Test("bad TOML and missing files are rule errors with their kinds")
    func unreadable() throws {
        #expect {
            try RuleSet.load(paths: ["/nonexistent/rules"])
        } throws: { error in
            (error as? RuleError)?.kind == .missing
        }
    }

    @Test("a folder gives its TOML files in byte order")
    func folders() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-rules-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["b.toml", "a.toml", "B.toml", "c.txt", ".d.toml"] {
            let text = "[[rules]]\nid = '\(name)'\nregex = 'x'\n"
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }
        let set = try RuleSet.load(paths: [folder.path])
        #expect(set.rules.map(\.id) == ["B.toml", "a.toml", "b.toml"])
        #expect(set.rule(id: "a.toml")?.place.name == folder.path + "/a.toml")
    }

    @Test("the generation follows the content, not line ends or names")
    func generation() throws {
        let rule = "[[rules]]\nid = 'a'\nregex = 'b'\n"
        let one = try Fixture.set(rule).generation
        let crlf = try Fixture.set(rule.replacingOccurrences(of: "\n", with: "\r\n")).generation
        let other = try Fixture.set(rule + "tags = ['x']\n").generation
        #expect(one == crlf)
        #expect(one != other)
        #expect(one == "3965f43497dd63bc")
    }

    @Test("a set without rules scans nothing")
    func empty() throws {
        let set = try Fixture.set("title = 'none'")
        #expect(try Fixture.matches(set, "AKIAPYCDYBK377OXTZQ6").isEmpty)
        #expect(set.notes.map(\.message) == ["the file holds no rule"])
    }

    @Test("a failing example is told by rule, kind, index and line, without its text")
    func failures() throws {
        let set = try Fixture.set(
            "[[rules]]\nid = 'a'\nregex = 'b+'\npositives = [\n'bb',\n'c',\n]\nnegatives = ['c', 'abba']\n"
        )
        let report = try set.test()
        #expect(report.cases == 4)
        #expect(
            report.failures.map(\.description) == [
                "rules.toml:6: a: positives[1] does not match", "rules.toml:8: a: negatives[1] matches",
            ]
        )
    }
}
