import Patterns
import TestSupport
import TOMLSource
import Testing

@Suite("Scanning leaves that come in pieces")
struct PatternScannerTests {
    private static let aws = "AKIAPYCDYBK377OXTZQ6"

    /// Rules whose ends depend on what comes after, with anchors and boundaries.
    private static let anchored = """
        [[rules]]
        id = "word"
        regex = '''\\bkey-[a-z0-9]{4,12}\\b'''
        [[rules]]
        id = "line"
        regex = '''(?m)^secret: (\\w+)$'''
        [[rules]]
        id = "start"
        regex = '''\\Abegin [0-9]+'''
        [[rules]]
        id = "end"
        regex = '''[0-9]+ end\\z'''
        [[rules]]
        id = "scalars"
        regex = '''<[^<>]{2,6}>'''
        [[rules]]
        id = "unbounded"
        regex = '''[xyz]{8,}'''
        """

    private func summary(_ matches: [PatternMatch]) -> [String] {
        matches.map { "\($0.rule.id)@\($0.offset) \($0.redacted ?? "-") \($0.secretDigest)" }
    }

    @Test("every split of a text gives the same matches")
    func splits() throws {
        let set = try Fixture.set(Self.anchored)
        var scanner = try PatternScanner(set)
        let text =
            "begin 42\nsecret: hunter2\nsecret: no way\nkey-abcd key-abc <ä€😀> <toolong7> xyzzyxyzzyx key-0123456789abc 77 end"
        let whole = summary(Fixture.matches(&scanner, [ArraySlice(text.utf8)]))
        let places = whole.map { $0.prefix { $0 != " " } }
        #expect(places == ["word@40", "line@17", "start@0", "end@110", "scalars@57", "unbounded@80"])
        Torture.everySplit(of: Array(text.utf8)) { pieces in
            let found = summary(Fixture.matches(&scanner, pieces))
            #expect(found == whole)
        }
    }

    @Test("the shipped rules find each positive whichever way it is cut")
    func shippedSplits() throws {
        let set = try Fixture.shipped()
        var scanner = try PatternScanner(set)
        for rule in set.rules {
            for example in rule.positives.prefix(3) {
                let octets = Array(example.text.utf8)
                let whole = summary(Fixture.matches(&scanner, [octets[...]]))
                #expect(!whole.isEmpty)
                for cut in stride(from: 0, through: octets.count, by: 5) {
                    let found = summary(Fixture.matches(&scanner, [octets[..<cut], octets[cut...]]))
                    #expect(found == whole)
                }
                for size in [1, 7, 64] {
                    let found = summary(Fixture.matches(&scanner, Torture.chunks(of: octets, size: size)))
                    #expect(found == whole)
                }
            }
        }
    }

    @Test("secrets at every place about a cell's end are found once", arguments: [4096, 8192, 53_248])
    func cells(_ boundary: Int) throws {
        var scanner = try PatternScanner(Fixture.shipped())
        for start in stride(from: boundary - 40, through: boundary + 20, by: 3) {
            let text =
                String(repeating: "a b\n", count: start / 4 + 1).utf8.prefix(start) + Array((" " + Self.aws).utf8)
            let octets = Array(text + Array((" " + String(repeating: ".", count: 6000)).utf8))
            for size in [octets.count, 1000, 4096] {
                let found = Fixture.matches(&scanner, Torture.chunks(of: octets, size: size))
                #expect(found.map(\.offset) == [start + 1])
            }
        }
    }

    @Test("random texts in random pieces give what RE2 finds in the whole", arguments: 0..<12)
    func oracle(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let expressions = ["a[bc]{2,5}d", "\\bc{3}", "(?i)AB.{0,4}c", "[^a]{3}a\\b", "b+c+d"]
        let rules = expressions.enumerated().map { "[[rules]]\nid = \"r\($0.offset)\"\nregex = '''\($0.element)'''\n" }
        let set = try Fixture.set(rules.joined())
        var scanner = try PatternScanner(set)
        let alphabet = Array("aabbbcccddA \n".utf8) + [0, 0xC3, 0xA4, 0xFF]
        let octets = (0..<20_000).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        var pieces: [ArraySlice<UInt8>] = []
        var position = 0
        while position < octets.count {
            let count = min(Int.random(in: 1...3000, using: &generator), octets.count - position)
            pieces.append(octets[position..<(position + count)])
            position += count
        }
        let found = Fixture.matches(&scanner, pieces)
        #expect(scanner.matchesRefused == 0)
        for (index, pattern) in expressions.enumerated() {
            let expression = try RE2Expression(pattern)
            var expected: [Int] = []
            var from = 0
            while let hit = expression.find(in: octets.span, within: from..<octets.count), expected.count < 9999 {
                // Line ends about a match are no part of what is reported.
                let first = hit.match.first { octets[$0] != UInt8(ascii: "\n") }
                if let first { expected.append(first) }
                from = max(hit.match.upperBound, hit.match.lowerBound + 1)
            }
            #expect(found.filter { $0.rule.id == "r\(index)" }.map(\.offset) == expected)
        }
    }

    @Test("a leaf that is never ended gives what lies well before its end")
    func unfinished() throws {
        var scanner = try PatternScanner(Fixture.shipped())
        scanner.messageBegan()
        scanner.leafBegan(tag: 1)
        scanner.leafText((Self.aws + String(repeating: " .", count: 3000)).utf8.span)
        let early = scanner.takeMatches().map(\.tag)
        #expect(early == [1])
        scanner.leafBegan(tag: 2)
        scanner.leafText("key: \(Self.aws)".utf8.span)
        let before = scanner.hasMatches
        #expect(!before)
        scanner.leafEnded()
        let late = scanner.takeMatches().map(\.tag)
        #expect(late == [2])
    }

    @Test("many open messages share one worker")
    func shared() throws {
        let worker = try PatternWorker(Fixture.shipped())
        var one = PatternScanner(worker)
        var other = PatternScanner(worker)
        one.leafBegan(tag: 1)
        other.leafBegan(tag: 2)
        one.leafText("AKIAPYCD".utf8.span)
        other.leafText("AKIAPYCD".utf8.span)
        one.leafText("YBK377OXTZQ6".utf8.span)
        other.leafText("no more than that".utf8.span)
        one.leafEnded()
        other.leafEnded()
        let found = (one.takeMatches().map(\.tag), other.takeMatches().map(\.tag))
        #expect(found.0 == [1])
        #expect(found.1 == [])
    }

    @Test("nothing crosses from one leaf to the next")
    func leaves() throws {
        var scanner = try PatternScanner(Fixture.shipped())
        scanner.leafBegan(tag: 0)
        scanner.leafText("AKIAPYCD".utf8.span)
        scanner.leafBegan(tag: 1)
        scanner.leafText("YBK377OXTZQ6".utf8.span)
        scanner.leafEnded()
        let found = scanner.takeMatches().count
        #expect(found == 0)
    }

    @Test("a match carries the tag, the redacted ends and a digest that can be compared")
    func match() throws {
        let found = try Fixture.matches(Fixture.shipped(), "id=\(Self.aws);")
        let digest = PatternMatch.digest(of: Self.aws.utf8.span)
        let other = PatternMatch.digest(of: "AKIA".utf8.span)
        #expect(found.count == 1)
        #expect(found.first?.tag == 7)
        #expect(found.first?.redacted == "AKIA…6")
        #expect(found.first?.secretDigest == digest)
        #expect(found.first?.secretDigest != other)
    }

    @Test("of private keys and markings nothing is shown")
    func nothingShown() throws {
        let set = try Fixture.shipped()
        for id in ["private-key", "confidential-marking"] {
            let text = try #require(set.rule(id: id)?.positives.first?.text)
            let found = try Fixture.matches(set, text)
            #expect(found.map(\.rule.id) == [id])
            #expect(found.allSatisfy { $0.redacted == nil })
        }
    }
}
