import Testing
import TestSupport

@testable import Fingerprints

@Suite("Explanations of matches")
struct MatchExplanationTests {
    /// What a matcher says with a trace, and what is explained.
    private static func explain(
        _ leaves: [String],
        in indexes: [FingerprintIndex],
        path: String? = nil
    ) -> (matches: [CodeMatch], explanation: MatchExplanation) {
        let worker = CodeWorker(indexes)
        let trace = MatchTrace()
        worker.trace = trace
        var matcher = CodeMatcher(worker)
        for (tag, leaf) in leaves.enumerated() {
            matcher.leafBegan(tag: tag)
            matcher.leafText(Array(leaf.utf8).span)
            matcher.leafEnded()
        }
        matcher.textEnded()
        let matches = matcher.matches()
        let names = matches.map { ($0.collection, $0.path) }
        return (matches, MatchExplanation(trace, matches: names, indexes: indexes, path: path))
    }

    private static func files() -> [String: String] {
        var files: [String: String] = [:]
        for seed in UInt64(1)...6 {
            var maker = SourceMaker(seed: seed)
            files["f\(seed).c"] = maker.lines(60).joined(separator: "\n")
        }
        // Two files share lines, so that one explains the other.
        files["copy.c"] = (files["f1.c"] ?? "").split(separator: "\n").prefix(30).joined(separator: "\n")
        return files
    }

    @Test("what is explained is what was decided, for texts of any length with and without code")
    func agreement() throws {
        let files = Self.files()
        let index = try IndexBuilder.index(files)
        var generator = SeededGenerator(seed: 7)
        var (found, near, none) = (0, 0, 0)
        for round in 0..<300 {
            var maker = SourceMaker(seed: UInt64(1_000 + round))
            let names = files.keys.sorted()
            let source = (files[names[round % names.count]] ?? "").split(separator: "\n").map(String.init)
            let count = Int.random(in: 0...8, using: &generator)
            let start = Int.random(in: 0..<(source.count - 8), using: &generator)
            var lines = maker.lines(Int.random(in: 0...30, using: &generator))
            lines.insert(contentsOf: source[start..<start + count], at: lines.count / 2)
            let leaves = [lines.joined(separator: "\n"), "user", maker.lines(2).joined(separator: "\n")]
            let (traced, explanation) = Self.explain(leaves, in: [index])
            #expect(traced == matches(of: leaves, in: [index]), "round \(round): a trace changes nothing")
            let explained = explanation.candidates.filter { $0.verdict == .found }
            #expect(Set(explained.map(\.path)) == Set(traced.map(\.path)), "round \(round)")
            for match in traced {
                #expect(explained.filter { $0.path == match.path }.map(\.score).max() == match.score)
            }
            for candidate in explanation.candidates {
                #expect(candidate.hitCount > 0 && candidate.hits.count == candidate.hitCount)
                let weights = candidate.hits.reduce(0) { $0 + $1.weight }
                switch candidate.verdict {
                case .found, .explainedByOthers:
                    #expect(candidate.score >= candidate.threshold && candidate.missingLines == nil)
                case .belowThreshold: #expect(candidate.score < candidate.threshold && candidate.missing > 0)
                case .tooFew: #expect(weights < 0.2)
                }
            }
            if !traced.isEmpty { found += 1 } else if explanation.candidates.isEmpty { none += 1 } else { near += 1 }
        }
        #expect(found > 50 && near > 5 && none > 20, "found \(found), near \(near), none \(none)")
    }

    @Test("more lines than are said to be missing are found")
    func missingLines() throws {
        let files = Self.files()
        let index = try IndexBuilder.index(files)
        var noise = SourceMaker(seed: 99)
        let before = noise.lines(40)
        let source = (files["f3.c"] ?? "").split(separator: "\n").map(String.init)
        var judged = 0
        for start in 0..<50 {
            for count in 1...3 {
                let text = (before + source[start..<start + count]).joined(separator: "\n")
                let (found, explanation) = Self.explain([text], in: [index])
                guard found.isEmpty, let missing = explanation.candidates.first?.missingLines else { continue }
                let more = min(source.count, start + count + missing + 2)
                let longer = (before + source[start..<more]).joined(separator: "\n")
                let (better, _) = Self.explain([longer], in: [index])
                if more == start + count + missing + 2 {
                    judged += 1
                    #expect(better.map(\.path) == ["f3.c"], "\(start)+\(count), \(missing) missing")
                }
            }
        }
        #expect(judged > 5)
    }

    @Test("a file that another one explains is said to be so")
    func explainedByOthers() throws {
        let files = Self.files()
        let index = try IndexBuilder.index(files)
        let lines = (files["f1.c"] ?? "").split(separator: "\n")
        let (matches, explanation) = Self.explain([lines[0..<50].joined(separator: "\n")], in: [index])
        #expect(matches.map(\.path) == ["f1.c"])
        let other = try #require(explanation.candidates.first { $0.path == "copy.c" })
        #expect(other.verdict == .explainedByOthers)
        #expect(other.hits.allSatisfy { $0.files == 2 })
    }

    @Test("numbers of words, grams and hits are told, and one file alone can be asked for")
    func numbers() throws {
        let files = Self.files()
        let index = try IndexBuilder.index(files)
        let text = (files["f2.c"] ?? "").split(separator: "\n").prefix(20).joined(separator: "\n")
        let (_, explanation) = Self.explain([text], in: [index])
        #expect(explanation.words == WordList.of(text).count)
        #expect(explanation.wordGrams == explanation.words - 7)
        #expect(explanation.wordHits > 10 && explanation.shapeHits > 5)
        let candidate = try #require(explanation.candidates.first)
        #expect(candidate.path == "f2.c" && candidate.verdict == .found)
        #expect(candidate.lines == LineSet([1...20]))
        #expect(candidate.text == 0..<explanation.words)
        let (_, of) = Self.explain([text], in: [index], path: "f4.c")
        #expect(of.candidates.isEmpty)
        let (_, foreign) = Self.explain(["a few words"], in: [index])
        #expect(foreign.wordGrams == 0 && foreign.shapeGrams == 0 && foreign.candidates.isEmpty)
    }

    @Test("grams that were taken out are told with the reason")
    func suppressed() throws {
        var files = Self.files()
        var maker = SourceMaker(seed: 77)
        let shared = maker.lines(12).joined(separator: "\n")
        for number in 0..<25 { files["s\(number).c"] = "int s\(number);\n" + shared }
        let known = (files["f5.c"] ?? "").split(separator: "\n")
        let index = try IndexBuilder.index(files, public: ["p.c": known[10..<40].joined(separator: "\n")])
        let (matches, common) = Self.explain([shared], in: [index])
        #expect(matches.isEmpty)
        let reason = try #require(common.suppressed.first)
        #expect(reason.source == .common && reason.wordGrams > 3 && common.suppressed.count == 1)
        let (_, other) = Self.explain([known[12..<36].joined(separator: "\n")], in: [index])
        let source = try #require(other.suppressed.first)
        guard case .publicCode(let name) = source.source else {
            Issue.record("\(source.source)")
            return
        }
        #expect(name.hasSuffix("public") && source.wordGrams > 3 && source.shapeGrams > 0)
        #expect(source.text.allSatisfy { $0.upperBound <= other.words })
    }

    @Test("words are shown as the matcher counts them")
    func words() {
        let text = "int Foo_bar(x) { return \"caf\u{E9} 12\"; } // naïve\\nnext"
        let words = NormalisedText(Array(text.utf8)).words
        #expect(words.count == WordList.of(text).count)
        #expect(words.first == "int" && words[1] == "foo_bar" && words.last == "next")
    }

    @Test("what is kept is bounded, and what was found stays")
    func bounds() throws {
        let trace = MatchTrace()
        for number in 0..<5_000 {
            let kind = KeyKind(isShape: false, rareParts: 5)
            var evidence = ClusterEvidence()
            evidence.add(kind, weight: 1)
            trace.hit(.init(index: 0, key: number, kind: kind, files: 1, text: 0..<8))
            trace.counted(in: number, of: number, weight: 1, isVerbatim: false)
            trace.judged(number, evidence, score: number == 3 ? 9 : 0.5, threshold: 2, words: 8)
        }
        #expect(trace.candidates.count <= 2 * MatchTrace.candidateLimit)
        #expect(trace.candidates[3]?.hasPassed == true)
        #expect(trace.candidates.count + trace.forgotten == 5_000)
    }
}
