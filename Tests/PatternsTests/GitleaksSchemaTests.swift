import Patterns
import Testing

@Suite("Files of gitleaks, unchanged")
struct GitleaksSchemaTests {
    /// Every key of gitleaks' schema, in its spellings; written for this test.
    private static let sample = """
        title = "a sample"
        description = "in gitleaks' schema"
        minVersion = "v8.25.0"

        [extend]
        useDefault = true
        disabledRules = ["generic-api-key"]

        [[allowlists]]
        description = "global"
        paths = ['''go\\.sum$''']
        regexes = ['''^(?i)placeholder''']
        stopwords = ["dummy"]

        [[allowlists]]
        targetRules = ["acme-token"]
        regexTarget = "line"
        regexes = ['''# not a secret''']

        [[rules]]
        id = "acme-token"
        description = "Acme token"
        regex = '''(?i)acme[_-]?token["' ]{0,3}[:=]["' ]{0,3}([a-z0-9]{16})(?:['"\\s;]|$)'''
        secretGroup = 1
        entropy = 2.5
        keywords = ["ACME"]
        tags = ["acme", "token"]
            [[rules.required]]
            id = "acme-id"
            withinLines = 3
            [[rules.allowlists]]
            description = "both"
            condition = "AND"
            regexTarget = "match"
            regexes = ['''^acme_token''']
            stopWords = ["0000"]
            [[rules.allowlists]]
            commits = ["0123456789abcdef0123456789abcdef01234567"]

        [[rules]]
        id = "acme-id"
        regex = '''acct-\\d{8}'''
        skipReport = true
            [rules.allowlist]
            paths = ['''_test\\.go$''']

        [[rules]]
        id = "key-store"
        path = '''(?i)\\.p12$'''

        [[rules]]
        id = "tf-password"
        regex = '''password\\s*=\\s*"(\\S{8,40})"'''
        path = '''\\.tf$'''
        """

    private static let secret = "q7w2e9r4t8z1u6i3"

    private func ids(_ text: String, path: String? = nil) throws -> [String] {
        try Fixture.matches(Fixture.set(Self.sample), text, path: path).map(\.rule.id)
    }

    @Test("it loads, and lint says what has no effect")
    func loads() throws {
        let set = try Fixture.set(Self.sample)
        #expect(set.rules.map(\.id) == ["acme-token", "acme-id", "key-store", "tf-password"])
        let warnings = set.notes.filter { $0.kind == .warning && !$0.message.contains("positives") }.map(\.description)
        #expect(
            warnings == [
                "rules.toml:28: acme-token: [[rules.required]] is not supported: the rule reports without what it requires",
                "rules.toml:43: acme-id: skipReport is not supported: the rule reports",
                "rules.toml:5: [extend] is not followed: give the other file with --rules as well",
            ]
        )
        let rule = try #require(set.rule(id: "acme-token"))
        #expect(rule.severity == .high)
        #expect(rule.category == .credential)
        #expect(rule.tags == ["acme", "token"])
        #expect(rule.keywords == ["acme"])
    }

    @Test("the secret is the group, whatever stands around it")
    func secretGroup() throws {
        let found = try Fixture.matches(Fixture.set(Self.sample), "x ACME-TOKEN: '\(Self.secret)'")
        let digest = PatternMatch.digest(of: Self.secret.utf8.span)
        #expect(found.map(\.secretDigest) == [digest])
        #expect(found.first?.offset == 15)
    }

    @Test("entropy must be exceeded")
    func entropy() throws {
        #expect(try ids("acme-token=aaaabbbbaaaabbbb ") == [])
        #expect(try ids("acme-token=\(Self.secret) ") == ["acme-token"])
    }

    @Test(
        "allowlists let go by secret, match, line and stop word",
        arguments: [
            ("acme-token=placeholder12345 ", false), ("acme-token=dummy9r4t8z1u6i3 ", false),
            ("acme-token=q7w2e9r4t8z1u6i3 # not a secret", false),
            ("acme-token=q7w2e9r4t8z1u6i3\n# not a secret", true),
            ("acme_token=q7w2e9r40000u6i3 ", false), ("acme-token=q7w2e9r40000u6i3 ", true),
            ("acme_token=q7w2e9r4t8z1u6i3 ", true),
        ]
    )
    func allowlists(_ text: String, _ isFound: Bool) throws {
        #expect(try ids(text) == (isFound ? ["acme-token"] : []))
    }

    @Test("paths decide where a rule applies, and allow")
    func paths() throws {
        #expect(try ids("acct-12345678") == ["acme-id"])
        #expect(try ids("acct-12345678", path: "a/b_test.go") == [])
        #expect(try ids("acct-12345678", path: "go.sum") == [])
        #expect(try ids("password = \"correct-horse\"") == [])
        #expect(try ids("password = \"correct-horse\"", path: "main.tf") == ["tf-password"])
        #expect(try ids("", path: "client.P12") == ["key-store"])
    }

    @Test("a keyword must stand near the match")
    func keywords() throws {
        let set = try Fixture.set("[[rules]]\nid = 'n'\nregex = '''\\b[0-9]{12}\\b'''\nkeywords = ['Account']\n")
        #expect(try Fixture.matches(set, "123456789012").isEmpty)
        #expect(try Fixture.matches(set, "ACCOUNT: " + String(repeating: " ", count: 9000) + "123456789012").count == 1)
        #expect(try Fixture.matches(set, "ACCOUNT: " + String(repeating: " ", count: 30_000) + "123456789012").isEmpty)
    }
}
