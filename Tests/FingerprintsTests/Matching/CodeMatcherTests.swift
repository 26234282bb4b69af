import TestSupport
import Testing

@testable import Fingerprints

@Suite("Finding indexed code in a message")
struct CodeMatcherTests {
    private static let files: [String: [String]] = {
        var files: [String: [String]] = [:]
        for number in 0..<6 {
            var maker = SourceMaker(seed: 100 + UInt64(number))
            files["src/f\(number).c"] = maker.lines(200)
        }
        return files
    }()
    private static let index = Result {
        try IndexBuilder.index(files.mapValues { $0.joined(separator: "\n") + "\n" })
    }

    private func index() throws -> FingerprintIndex { try Self.index.get() }

    private func excerpt(_ file: Int, _ lines: ClosedRange<Int>) -> String {
        (Self.files["src/f\(file).c"] ?? [])[(lines.lowerBound - 1)..<lines.upperBound].joined(separator: "\n")
    }

    private func prose(_ seed: UInt64, _ words: Int) -> String {
        var maker = SourceMaker(seed: seed)
        return (0..<words).map { _ in maker.word() }.joined(separator: " ") + "\n"
    }

    @Test("a verbatim excerpt is found with its lines", arguments: [1...200, 1...20, 20...40, 181...200, 92...99])
    func verbatim(lines: ClosedRange<Int>) throws {
        let found = matches(of: ["Why?\n```c\n" + excerpt(2, lines) + "\n```\nThanks."], in: [try index()])
        let match = try #require(found.first)
        #expect(found.count == 1)
        #expect(match.path == "src/f2.c" && match.collection == "code" && match.kind == .verbatim)
        #expect(match.lines == LineSet([lines]))
        #expect(match.matchedLines == lines.count && match.totalLines == 200)
        #expect(match.coverage == Double(lines.count) / 200)
    }

    @Test("foreign text, prose and nothing at all are not found")
    func foreign() throws {
        var maker = SourceMaker(seed: 7777)
        let code = maker.lines(3000).joined(separator: "\n")
        #expect(matches(of: [code, prose(8, 5000), "", "x"], in: [try index()]).isEmpty)
        #expect(matches(of: [excerpt(1, 1...50)], in: []).isEmpty)
    }

    @Test("an excerpt is found escaped, numbered, quoted, re-indented and as a diff")
    func wrapped() throws {
        let text = excerpt(3, 50...80)
        let lines = text.split(separator: "\n")
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        let variants = [
            escaped, escaped.replacing("\\", with: "\\\\"),
            lines.enumerated().map { "\($0.offset + 50)\t\($0.element)" }.joined(separator: "\n"),
            lines.enumerated().map { "  \($0.offset + 50)→\($0.element)" }.joined(separator: "\n"),
            lines.map { "> " + $0 }.joined(separator: "\r\n"), lines.map { "+" + $0 }.joined(separator: "\n"),
            lines.joined(separator: " "), text.uppercased(),
        ]
        for variant in variants {
            let found = matches(of: [variant], in: [try index()])
            #expect(found.map(\.path) == ["src/f3.c"])
            #expect(found.first?.lines == LineSet([50...80]))
        }
    }

    @Test("the outcome does not depend on how the text is cut")
    func chunks() throws {
        let text =
            prose(3, 300) + excerpt(0, 10...60) + prose(4, 90) + renamed(excerpt(2, 30...90)) + excerpt(1, 5...25)
            + excerpt(0, 150...170)
        let octets = Array(text.utf8)
        let index = try index()
        let whole = matches(of: [text], in: [index])
        #expect(whole.map(\.path) == ["src/f0.c", "src/f2.c", "src/f1.c"])
        #expect(whole.map(\.kind) == [.verbatim, .renamed, .verbatim])
        #expect(whole.first?.lines == LineSet([10...60, 150...170]))
        for size in [1, 2, 7, 100, 1460, 4096] {
            var matcher = CodeMatcher([index])
            matcher.leafBegan(tag: 0)
            for (number, chunk) in Torture.chunks(of: octets, size: size).enumerated() {
                matcher.leafText(chunk.span)
                if number % 50 == 7 { _ = matcher.matches() }
            }
            matcher.textEnded()
            let found7 = matcher.matches()
            #expect(found7 == whole)
        }
    }

    @Test("every verbatim run of the guaranteed length hits, wherever it stands")
    func gramGuarantee() throws {
        let index = try index()
        var generator = SeededGenerator(seed: 55)
        for round in 0..<200 {
            let words = excerpt(round % 6, 1...200).split { !$0.isLetter }
            let start = Int.random(in: 0...(words.count - Winnower.guaranteedRun), using: &generator)
            let run = words[start..<(start + Winnower.guaranteedRun)].joined(separator: round % 2 == 0 ? " " : "(\n")
            let text = prose(UInt64(round), round % 20) + run + "\n" + prose(UInt64(1000 + round), round % 7)
            var hits = 0
            var roller = GramRoller()
            for word in WordList.of(text) {
                guard let gram = roller.push(word) else { continue }
                index.withWords { if index.layout.ordinal(of: index.stored(gram), in: $0) != nil { hits += 1 } }
            }
            #expect(hits > 0)
        }
    }

    @Test("every verbatim run of the length stated for findings is found, in a text however long")
    func findingGuarantee() throws {
        let index = try index()
        var generator = SeededGenerator(seed: 56)
        let long = prose(1, 20_000)
        for round in 0..<60 {
            let words = excerpt(round % 6, 1...200).split { !$0.isLetter }
            let start = Int.random(in: 0...(words.count - MatchScore.guaranteedWords), using: &generator)
            let run = words[start..<(start + MatchScore.guaranteedWords)].joined(separator: " ")
            var matcher = CodeMatcher([index])
            matcher.leafBegan(tag: 0)
            if round % 20 == 0 { matcher.leafText(Array(long.utf8).span) }
            for chunk in Torture.chunks(of: Array((prose(2, 30) + run + " " + prose(3, 30)).utf8), size: 1 + round) {
                matcher.leafText(chunk.span)
            }
            matcher.textEnded()
            let told1 = matcher.hasNewFinding
            #expect(told1)
            let found8 = matcher.matches()
            #expect(found8.map(\.path) == ["src/f\(round % 6).c"])
        }
    }

    @Test("a finding is told once, before the message ends")
    func early() throws {
        var matcher = CodeMatcher([try index()])
        matcher.leafBegan(tag: 4)
        let told2 = matcher.hasNewFinding
        #expect(!told2)
        matcher.leafText(Array((excerpt(5, 1...200) + " ").utf8).span)
        let told3 = matcher.hasNewFinding
        #expect(told3)
        let found9 = matcher.matches()
        #expect(found9.first?.lines == LineSet([1...200]))
        let told4 = matcher.hasNewFinding
        #expect(!told4)
        matcher.leafText(Array(prose(1, 3000).utf8).span)
        let told5 = matcher.hasNewFinding
        #expect(!told5)
        matcher.leafText(Array((prose(1, 10) + excerpt(4, 1...200)).utf8).span)
        matcher.textEnded()
        let told6 = matcher.hasNewFinding
        #expect(told6)
        let found10 = matcher.matches()
        #expect(found10.map(\.path) == ["src/f4.c", "src/f5.c"])
    }

    @Test("the tag is that of the leaf with the most evidence")
    func tags() throws {
        let found = matches(
            of: [excerpt(0, 1...10), prose(1, 50), excerpt(0, 30...90), excerpt(1, 1...40), excerpt(0, 5...15)],
            in: [try index()]
        )
        #expect(found.map(\.path) == ["src/f0.c", "src/f1.c"])
        #expect(found.map(\.strongestTag) == [2, 3])
        #expect(found.first?.lines == LineSet([1...15, 30...90]))
    }

    @Test("code that several leaves hold one after the other is found as one, labels between them or not")
    func leaves() throws {
        let words = excerpt(2, 100...110).split { !$0.isLetter }
        let torn = (0..<words.count / 7).map { words[($0 * 7)..<($0 * 7 + 7)].joined(separator: " ") + " " }
        #expect(matches(of: torn, in: [try index()]).first?.path == "src/f2.c")
        let labelled = torn.flatMap { ["user", $0, "gpt-4o.2", "text"] }
        #expect(matches(of: labelled, in: [try index()]) == matches(of: torn, in: [try index()]).map(retagged))
        let lines = (100...110).map { excerpt(2, $0...$0) }
        #expect(matches(of: lines, in: [try index()]).first?.lines == LineSet([100...110]))
        #expect(matches(of: ["user", "text", "x"], in: [try index()]).isEmpty)
    }

    /// A match with the tag that its leaf has among four times as many.
    private func retagged(_ match: CodeMatch) -> CodeMatch {
        var match = match
        match.strongestTag = match.strongestTag * 4 + 1
        return match
    }

    /// The text with every name that is not a keyword changed, the same for the same.
    private func renamed(_ text: String) -> String {
        var names: [Substring: String] = [:]
        var maker = SourceMaker(seed: 4242)
        var output = ""
        for piece in text.split(omittingEmptySubsequences: false, whereSeparator: { !$0.isLetter }) {
            if !piece.isEmpty, names[piece] == nil {
                names[piece] = ["if", "return", "while", "let"].contains(piece) ? String(piece) : maker.word() + "q"
            }
        }
        var rest = text[...]
        while let first = rest.first {
            let word = rest.prefix(while: \.isLetter)
            output += word.isEmpty ? String(first) : names[word] ?? ""
            rest = rest.dropFirst(max(word.count, 1))
        }
        return output
    }

    @Test("code whose names were all changed is found, and said to be renamed, its lines right but for the edges")
    func renamedCode() throws {
        for lines in [1...200, 20...60, 150...175] {
            let found = matches(
                of: [prose(9, 20), renamed(excerpt(3, lines)) + "\n", prose(10, 20)],
                in: [try index()]
            )
            let match = try #require(found.first)
            #expect(found.count == 1 && match.path == "src/f3.c" && match.kind == .renamed)
            let near = (lines.lowerBound - 1)...(lines.upperBound + 1)
            #expect(match.lines.ranges.allSatisfy { near.contains($0.lowerBound) && near.contains($0.upperBound) })
            #expect(match.matchedLines >= lines.count - 6)
        }
    }

    @Test("every run of tokens of the length stated for findings is found, whatever its names, in a text however long")
    func tokenGuarantee() throws {
        let index = try index()
        let long = prose(1, 5_000)
        var (held, all) = (0, 0)
        for start in stride(from: 1, to: 160, by: 7) {
            let run = renamed(excerpt(start % 6, start...start + 40))
            var roller = ShapeRoller()
            let tokens = TokenList.of(run).prefix(MatchScore.guaranteedTokens)
            all += 1
            guard tokens.count == MatchScore.guaranteedTokens,
                tokens.allSatisfy({ roller.push($0) == nil || roller.isRich })
            else { continue }
            held += 1
            #expect(matches(of: [long + run], in: [index]).map(\.path) == ["src/f\(start % 6).c"])
        }
        #expect(held * 2 > all)
    }

    @Test("a changed line breaks a run and no more, give or take a line")
    func edited() throws {
        for changed in stride(from: 30, to: 130, by: 10) {
            let text = excerpt(1, 10...changed - 1) + "\n" + prose(5, 6) + excerpt(1, changed + 1...changed + 30)
            let match = try #require(matches(of: [text], in: [try index()]).first)
            let lines = LineSet([10...changed - 1, changed + 1...changed + 30])
            #expect(match.lines.union(lines).count <= lines.count + 1)
            #expect(lines.ranges.allSatisfy { $0.allSatisfy(match.lines.contains) })
        }
    }

    @Test("where two files hold the same lines the one that explains more is named")
    func shared() throws {
        var maker = SourceMaker(seed: 1234)
        let (common, first, second) = (maker.lines(60), maker.lines(60), maker.lines(60))
        let index = try IndexBuilder.index([
            "a.c": (common + first).joined(separator: "\n"), "b.c": (common + second).joined(separator: "\n"),
        ])
        #expect(matches(of: [common.joined(separator: "\n")], in: [index]).map(\.path) == ["a.c"])
        let found = matches(of: [(common + second[..<30]).joined(separator: "\n")], in: [index])
        #expect(found.map(\.path) == ["b.c"])
        #expect(found.first?.lines == LineSet([1...90]))
        let both = matches(of: [(first + common + second).joined(separator: "\n")], in: [index])
        #expect(Set(both.map(\.path)) == ["a.c", "b.c"])
    }

    @Test("a collection may ask for more evidence, or for less")
    func thresholds() throws {
        let index = try index()
        let text = excerpt(0, 1...12)
        let score = try #require(matches(of: [text], in: [index]).first?.score)
        func find(_ thresholds: MatchThresholds) -> [CodeMatch] {
            var matcher = CodeMatcher(CodeWorker([index], thresholds: thresholds))
            matcher.leafBegan(tag: 0)
            matcher.leafText(Array(text.utf8).span)
            matcher.textEnded()
            return matcher.matches()
        }
        #expect(find(MatchThresholds(score)).count == 1)
        #expect(find(MatchThresholds(score + 0.1)).isEmpty)
        #expect(find(MatchThresholds(1_000, collections: ["code": 2])).count == 1)
        #expect(find(MatchThresholds(2, collections: ["code": 1_000, "other": 2])).isEmpty)
        let levels = MatchSensitivity.allCases.map(\.threshold)
        #expect(levels == levels.sorted(by: >) && levels[1] == MatchScore.threshold)
    }

    @Test("several indexes are searched at once, and their matches ordered together")
    func severalIndexes() throws {
        var maker = SourceMaker(seed: 4321)
        let other = maker.lines(80)
        let second = try IndexBuilder.index(["x.py": other.joined(separator: "\n")])
        let found = matches(of: [excerpt(0, 1...30), other.joined(separator: "\n")], in: [try index(), second])
        #expect(found.map(\.path) == ["x.py", "src/f0.c"])
    }

    @Test("comments taken out change nothing but their own lines")
    func stripped() throws {
        var maker = SourceMaker(seed: 31)
        let code = maker.lines(60)
        let note = "    // " + (0..<6).map { _ in maker.word() }.joined(separator: " ")
        let full = code.enumerated().flatMap { $0.offset % 5 == 0 ? [note, $0.element] : [$0.element] }
        let index = try IndexBuilder.index(["a.c": full.joined(separator: "\n")])
        let match = try #require(matches(of: [code.joined(separator: "\n")], in: [index]).first)
        #expect(code.indices.allSatisfy { match.lines.contains($0 + 1 + $0 / 5 + 1) })
    }

    @Test("a text that hits everywhere keeps its state bounded")
    func crowded() throws {
        let lines = Self.files.values.flatMap { $0 }
        var generator = SeededGenerator(seed: 8)
        let text = (0..<4000).map { _ in lines.randomElement(using: &generator) ?? "" }.joined(separator: "\n")
        #expect(matches(of: [text], in: [try index()]).count <= 6)
    }
}
