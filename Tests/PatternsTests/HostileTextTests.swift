import TOMLSource
import TestSupport
import Testing

@testable import Patterns

@Suite("Hostile text and hostile rules")
struct HostileTextTests {
    @Test("octets that are not UTF-8, and NULs, neither trap nor hide what stands beside them")
    func garbage() throws {
        var scanner = try PatternScanner(Fixture.shipped())
        var generator = SeededGenerator(seed: 3)
        let secret = Array(" AKIAPYCDYBK377OXTZQ6 ".utf8)
        for _ in 0..<50 {
            let before = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let after = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let found = Fixture.matches(&scanner, Torture.chunks(of: before + secret + after, size: 61))
            #expect(found.map(\.rule.id) == ["aws-access-token"])
        }
    }

    @Test("a key between octets that are not UTF-8 is found by the rule that reads scalars")
    func garbageAroundKey() throws {
        let set = try Fixture.shipped()
        let key = try #require(set.rule(id: "private-key")?.positives.first?.text)
        var scanner = try PatternScanner(set)
        for junk: [UInt8] in [
            [0xFF, 0xFE], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0x80, 0], [0xED, 0xA0, 0x80],
        ] {
            let found = Fixture.matches(&scanner, [(junk + Array(key.utf8) + junk)[...]])
            #expect(found.map(\.rule.id) == ["private-key"])
        }
    }

    @Test("changed and truncated examples never trap")
    func torture() throws {
        var scanner = try PatternScanner(Fixture.shipped())
        for text in ["x AKIAPYCDYBK377OXTZQ6\n", "【社外秘】\n*** CONFIDENTIAL ***", "Private-Lines: 1\nab"] {
            Torture.everything(of: Array(text.utf8)) { pieces in
                let found = Fixture.matches(&scanner, pieces).count
                #expect(found <= 2)
            }
        }
    }

    @Test("expressions that back-tracking engines cannot bear take linear time")
    func catastrophe() throws {
        let set = try Fixture.set(
            """
            [[rules]]
            id = "nested"
            regex = '''(a+)+$'''
            [[rules]]
            id = "alternated"
            regex = '''(?:a|aa)+b'''
            [[rules]]
            id = "dots"
            regex = '''(.*)(.*)(.*)(.*)x'''
            """
        )
        let text = Array(repeating: UInt8(ascii: "a"), count: 200_000)
        let found = try Fixture.matches(set, Torture.chunks(of: text, size: 1448))
        #expect(found.map(\.rule.id) == ["nested"])
    }

    @Test("matches are bounded, and what is refused is counted")
    func bounded() throws {
        let set = try Fixture.set("[[rules]]\nid = \"many\"\nregex = '''k[0-9]'''\n")
        var scanner = try PatternScanner(set)
        scanner.messageBegan()
        scanner.leafBegan(tag: 0)
        let text = Array(String(repeating: "k1 and k2 with k3\n", count: 2000).utf8)
        scanner.leafText(text.span)
        scanner.leafEnded()
        let found = scanner.takeMatches().count
        let refused = scanner.matchesRefused
        #expect(found == 2304)
        #expect(refused == 0)
        for _ in 0..<3 {
            scanner.leafText(text.span)
            scanner.leafEnded()
        }
        let more = scanner.takeMatches().count
        let moreRefused = scanner.matchesRefused
        #expect(more == 4096 - 2304)
        #expect(moreRefused > 0)
    }

    /// Two rules: `fake` with an entropy that repeated letters never have, and `real`.
    private static let flooded = """
        [[rules]]
        id = "fake"
        regex = '''key=([a-z0-9]{8})'''
        secretGroup = 1
        entropy = 2.5
        [[rules]]
        id = "real"
        regex = '''token=[0-9]{6}'''
        """

    private static let fakes = Array(String(repeating: "key=aaaaaaaa ", count: 60_000).utf8)

    @Test("a flood of fakes of one rule blinds no other, wherever it stands")
    func floodBesideOthers() throws {
        var scanner = try PatternScanner(Fixture.set(Self.flooded))
        let text = Self.fakes + Array("token=123456".utf8) + Self.fakes + Array(" token=654321 ".utf8)
        let found = Fixture.matches(&scanner, Torture.chunks(of: text, size: 8_192))
        #expect(found.map(\.rule.id) == ["real", "real"])
        #expect(scanner.matchesRefused > 0)
    }

    @Test("after a flood the same rule is looked for again")
    func floodBeforeItself() throws {
        var scanner = try PatternScanner(Fixture.set(Self.flooded))
        let quiet = Array(String(repeating: "nothing to see here\n", count: 400).utf8)
        let text = Self.fakes + quiet + Array("key=q7w3z9x1 ".utf8) + quiet
        let found = Fixture.matches(&scanner, Torture.chunks(of: text, size: 8_192))
        #expect(found.map(\.rule.id) == ["fake"])
        #expect(scanner.matchesRefused > 0)
    }

    @Test("what RE2 is asked is in proportion to the text, beyond what is free")
    func floodCost() throws {
        var list = MatchList()
        var asked = 0
        for _ in 0..<100_000 {
            list.cellBegan()
            for rule in 0..<3 where list.mayConfirm(rule) {
                repeat { asked += 1 } while list.countHit(rule)
            }
        }
        let free = MatchList.maximumHits + 3 * MatchList.maximumRuleHits
        #expect(asked <= free + 100_000 * (MatchList.hitsPerCell + 3 * MatchList.ruleHitsPerCell))
        #expect(list.refused > 100_000)
    }

    @Test("many matches of one rule leave room for the first of another")
    func floodOfMatches() throws {
        var scanner = try PatternScanner(Fixture.set(Self.flooded))
        var generator = SeededGenerator(seed: 11)
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789".utf8)
        var text: [UInt8] = []
        for _ in 0..<9_000 {
            text += Array("key=".utf8) + (0..<8).map { _ in letters.randomElement(using: &generator) ?? 0x61 } + [0x20]
        }
        text += Array("token=123456".utf8)
        let found = Fixture.matches(&scanner, Torture.chunks(of: text, size: 8_192))
        #expect(found.count == MatchList.maximumCount + 1)
        #expect(found.last?.rule.id == "real")
        #expect(scanner.matchesRefused > 0)
    }

    @Test("an expression that matches the empty text finds only what is not empty")
    func emptyMatches() throws {
        let set = try Fixture.set("[[rules]]\nid = \"maybe\"\nregex = '''(?:pass=\\w+)?'''\n")
        let found = try Fixture.matches(set, String(repeating: "é ", count: 90) + "pass=word")
        #expect(found.map(\.offset) == [270])
        #expect(set.notes.contains { $0.message.contains("empty text") })
    }

    @Test("an expression that Vectorscan cannot take is searched by RE2")
    func refused() throws {
        let set = try Fixture.set("[[rules]]\nid = 'octet'\nregex = 'key\\C[0-9]{3}'\nkeywords = ['KEY']\n")
        let dots = String(repeating: ".", count: 5000)
        let found = try Fixture.matches(set, Torture.chunks(of: Array("\(dots)key=123\(dots)key:456".utf8), size: 100))
        #expect(found.map(\.offset) == [5000, 10_007])
        #expect(set.notes.contains { $0.message.contains("Vectorscan") })
    }
}
