import CTextScan
import TestSupport
import Testing

@testable import Fingerprints

@Suite("Grams of tokens in which names count by distance (Baker, 1996)")
struct ShapeRollerTests {
    /// Tokens of which some are names, of few or of many kinds.
    private func tokens(_ count: Int, names: Int, _ generator: inout SeededGenerator) -> [UInt64] {
        (0..<count).map { _ in
            let number = UInt64(Int.random(in: 0..<names, using: &generator))
            return Bool.random(using: &generator)
                ? HashMixing.gram(number + 1) | ShapeToken.nameBit : HashMixing.gram(number + 99) & ~ShapeToken.nameBit
        }
    }

    private func states(_ tokens: some Sequence<UInt64>, length: Int) -> [UInt64] {
        var roller = ShapeRoller(length: length)
        return tokens.compactMap { roller.push($0) }
    }

    @Test("a gram's state depends on its own tokens alone", arguments: [1, 2, 10, 20, 31])
    func local(length: Int) {
        var generator = SeededGenerator(seed: UInt64(length))
        for names in [1, 2, 5, 40, 1_000] {
            let tokens = tokens(300, names: names, &generator)
            let rolled = states(tokens, length: length)
            #expect(rolled.count == 300 - length + 1)
            for start in rolled.indices {
                #expect(states(tokens[start..<(start + length)], length: length) == [rolled[start]])
            }
        }
    }

    @Test("other names give the same states, other orders of names and other marks do not")
    func renamed() {
        var generator = SeededGenerator(seed: 5)
        for names in [2, 5, 40] {
            let tokens = tokens(400, names: names, &generator)
            let others = tokens.map { token in
                token & ShapeToken.nameBit == 0 ? token : HashMixing.gram(token) | ShapeToken.nameBit
            }
            #expect(others != tokens)
            #expect(states(others, length: 20) == states(tokens, length: 20))
        }
        let of = { (text: String) in self.states(TokenList.of(text), length: 6) }
        #expect(of("a = b + a;") == of("c = d + c;"))
        #expect(of("a = b + a;") != of("a = b + b;"))
        #expect(of("a = b + a;") != of("a = b - a;"))
        #expect(of("if = b + a;") != of("c = b + a;"))
    }

    @Test("every form of the loops in C gives the states that tokens one by one give", arguments: [Int32(0), 1, 2])
    func forms(form: Int32) {
        var generator = SeededGenerator(seed: 77)
        for names in [1, 2, 5, 19, 20, 21, 40, 1_000] {
            let values = tokens(3_000, names: names, &generator).map { value in
                // Some with equal high halves.
                value & 7 == 0 ? value & ~0xFFFF_FFFF | UInt64.random(in: 0...2, using: &generator) : value
            }
            let tokens = values.map { ShapeToken(value: $0, first: 0, end: 0) }
            var roller = ShapeRoller()
            let expected = values.map { roller.push($0) ?? 0 }
            var scratch = ShapeStates(capacity: 200, form: form)
            let room = [ShapeToken](repeating: ShapeToken(value: 1, first: 0, end: 0), count: WordRuns.lookAhead)
            var state = ctextscan_shape_state()
            var found: [UInt64] = []
            var start = 0
            while start < tokens.count {
                let count = min(Int.random(in: 0...60, using: &generator), tokens.count - start)
                var states = [UInt64](repeating: 1, count: 200)
                scratch.roll(Array(tokens[start..<(start + count)]) + room, count, from: &state, into: &states)
                found += states[..<count]
                start += count
            }
            #expect(found == expected)
        }
    }

    @Test("a table is poor, code is rich")
    func richness() {
        func isRich(_ text: String) -> Bool {
            var roller = ShapeRoller()
            for token in TokenList.of(text) { _ = roller.push(token) }
            return roller.isRich
        }
        #expect(!isRich((10...18).map { "{ A\($0), 0x12, \"9\" },\n" }.joined()))
        #expect(!isRich(String(repeating: "word ", count: 40)))
        #expect(isRich("static int f(char *p, int n) { if (p[n] == q) return g(p) + n; else p->n = a * b; }"))
    }

    @Test("every run of the guaranteed length shares a fingerprint, wherever it stands and whatever its names")
    func guarantee() {
        var generator = SeededGenerator(seed: 9)
        for round in 0..<100 {
            var maker = SourceMaker(seed: 900 + UInt64(round))
            let source = SourceText(Array(maker.lines(40).joined(separator: "\n").utf8))
            var chosen: Set<UInt64> = []
            source.forEachShape { chosen.insert($0.gram) }
            let start = Int.random(in: 0...(source.tokens.count - ShapeRoller.guaranteedRun), using: &generator)
            let run = source.tokens[start..<(start + ShapeRoller.guaranteedRun)].map(\.value)
            let isGuaranteed = grams(run).allSatisfy(\.isRich)
            let before = tokens(round % 40, names: 9, &generator)
            let renamed = run.map { $0 & ShapeToken.nameBit == 0 ? $0 : HashMixing.gram($0) | ShapeToken.nameBit }
            let found = grams(before + renamed + tokens(30, names: 9, &generator))
            #expect(!isGuaranteed || found.contains { chosen.contains($0.gram) })
            #expect(isGuaranteed || round > 0)
        }
    }

    private func grams(_ tokens: [UInt64]) -> [(gram: UInt64, isRich: Bool)] {
        var roller = ShapeRoller()
        return tokens.compactMap { token in roller.push(token).map { (HashMixing.gram($0), roller.isRich) } }
    }
}
