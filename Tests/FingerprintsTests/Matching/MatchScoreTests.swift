import Testing

@testable import Fingerprints

@Suite("What evidence scores")
struct MatchScoreTests {
    private let words = KeyKind(isShape: false, rareParts: GramRoller.parts)
    private let shape = KeyKind(isShape: true, rareParts: ShapeRoller.parts)

    private func evidence(words wordHits: Int = 0, shapes: Int = 0, run: Int = 0, shapeRun: Int = 0) -> ClusterEvidence
    {
        var evidence = ClusterEvidence()
        for _ in 0..<wordHits { evidence.add(words, weight: MatchScore.weight(words, files: 1, places: 1)) }
        for _ in 0..<shapes { evidence.add(shape, weight: MatchScore.weight(shape, files: 1, places: 1)) }
        evidence.longestRun = run
        evidence.longestShapeRun = shapeRun
        return evidence
    }

    @Test("a fingerprint counts less the more files hold it, the more places it has, the more of it is public")
    func weights() {
        #expect(MatchScore.weight(words, files: 1, places: 1) == 1)
        #expect(MatchScore.weight(words, files: 4, places: 1) == 0.125)
        #expect(MatchScore.weight(words, files: 1, places: 5) == 0.5)
        #expect(MatchScore.weight(shape, files: 1, places: 5) == 1)
        #expect(MatchScore.weight(KeyKind(isShape: false, rareParts: 0), files: 1, places: 1) == 0)
        #expect(MatchScore.weight(KeyKind(isShape: true, rareParts: 5), files: 1, places: 1) < 0.7)
    }

    @Test("without fingerprints that are rare there is not enough, whatever continues", arguments: [0, 30, 300])
    func nothing(run: Int) {
        var some = evidence(run: run, shapeRun: run)
        #expect(!MatchScore.isEnough(some))
        for _ in 0..<9 { some.add(words, weight: 0.02) }
        #expect(!MatchScore.isEnough(some))
        some.add(words, weight: 0.03)
        #expect(MatchScore.isEnough(some))
    }

    @Test("the guaranteed words and tokens suffice in the longest text")
    func guarantees() {
        let hits = (MatchScore.guaranteedWords - Winnower.gramLength + 1) / Winnower.window
        let run = MatchScore.guaranteedWords
        #expect(MatchScore.score(evidence(words: hits, run: run), words: .max) >= MatchScore.threshold)
        let shapes = (MatchScore.guaranteedTokens - ShapeRoller.gramLength + 1) / ShapeRoller.window
        #expect(MatchScore.score(evidence(shapes: shapes), words: .max) >= MatchScore.threshold)
        // No fewer would do.
        let fewer = evidence(words: hits - 1, run: run - Winnower.window)
        #expect(MatchScore.score(fewer, words: .max) < MatchScore.threshold)
        #expect(MatchScore.score(evidence(shapes: shapes - 1), words: .max) < MatchScore.threshold)
    }

    @Test("in a short text one fingerprint of words is enough, one of shape alone is not")
    func alone() {
        #expect(MatchScore.score(evidence(words: 1, run: 8), words: 30) >= MatchScore.threshold)
        #expect(MatchScore.score(evidence(shapes: 1), words: 30) < MatchScore.threshold)
        #expect(MatchScore.score(evidence(shapes: 3), words: 30) >= MatchScore.threshold)
    }

    @Test("a few fingerprints of shape alone must be most of the text; more of them need not")
    func covered() {
        var thin = evidence(shapes: 1)
        thin.cover(3..<11)
        #expect(thin.covered == 8)
        #expect(MatchScore.score(thin, words: 20) < MatchScore.threshold)
        var whole = evidence(shapes: 1)
        for start in stride(from: 0, to: 15, by: 5) { whole.cover(start..<(start + 8)) }
        #expect(whole.covered == 18)
        #expect(MatchScore.score(whole, words: 20) >= MatchScore.threshold)
        whole.cover(4..<18)
        #expect(whole.covered == 18)
        let more = evidence(shapes: 3)
        var moreCovered = more
        moreCovered.cover(0..<20)
        #expect(MatchScore.score(more, words: 20) == MatchScore.score(moreCovered, words: 20))
    }

    @Test("beside words, shape that is the same word for word counts more")
    func sameShape() {
        var other = evidence(words: 1)
        var same = other
        other.add(shape, weight: 1)
        same.add(shape, weight: 1, isVerbatim: true)
        #expect(MatchScore.worth(same) > MatchScore.worth(other) + 0.5)
    }

    @Test("the longer the text, the more is asked, up to a point")
    func length() {
        let some = evidence(words: 2, shapes: 1, run: 12)
        #expect(MatchScore.score(some, words: 64) > MatchScore.score(some, words: 128))
        #expect(MatchScore.score(some, words: 256) == MatchScore.score(some, words: 1 << 40))
        #expect(MatchScore.score(some, words: 0) == MatchScore.score(some, words: 24))
    }

    @Test("what continues counts, but no farther than fingerprints reach")
    func continuity() {
        let broken = MatchScore.score(evidence(words: 3, run: 12), words: 400)
        let whole = MatchScore.score(evidence(words: 3, run: 40), words: 400)
        #expect(whole > broken + 5)
        #expect(
            MatchScore.score(evidence(words: 3, run: 4000), words: 400)
                == MatchScore.score(evidence(words: 3, run: 45), words: 400)
        )
        let shaped = MatchScore.score(evidence(words: 1, shapes: 3, shapeRun: 60), words: 400)
        #expect(shaped > MatchScore.score(evidence(words: 1, shapes: 3, shapeRun: 10), words: 400))
    }
}
