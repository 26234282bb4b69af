import TestSupport
import Testing

@testable import Fingerprints

@Suite("Lines, intervals and line maps")
struct SetTests {
    @Test("ranges of lines are sorted and joined where they overlap or touch")
    func lineSet() {
        let set = LineSet([5...7, 1...2, 3...3, 7...9, 20...20])
        #expect(set.ranges == [1...3, 5...9, 20...20])
        #expect(set.count == 9)
        #expect(set.contains(20) && !set.contains(4))
        #expect(set.union(LineSet([4...4, 10...19])).ranges == [1...20])
        #expect(LineSet().isEmpty)
    }

    @Test("intervals agree with a set of integers")
    func intervals() {
        var generator = SeededGenerator(seed: 3)
        var intervals = IntervalSet()
        var plain: Set<Int> = []
        for _ in 0..<300 {
            let start = Int.random(in: 0..<400, using: &generator)
            let range = start..<(start + Int.random(in: 0..<12, using: &generator))
            #expect(intervals.overlap(range) == plain.intersection(range).count)
            intervals.insert(range)
            plain.formUnion(range)
            #expect(intervals.count == plain.count)
        }
        for (left, right) in zip(intervals.intervals, intervals.intervals.dropFirst()) {
            #expect(left.upperBound < right.lowerBound)
        }
    }

    @Test("a line map finds the lines of words; empty lines at the ends go with the first and last word")
    func lineMap() {
        let counts = [0, 3, 0, 200, 1, 0, 0]
        let map = LineMap(counts: LineMap.encode(counts), lines: counts.count, words: 204)
        #expect(map.lines(of: 0..<1) == 1...2)
        #expect(map.lines(of: 1..<2) == 2...2)
        #expect(map.lines(of: 2..<4) == 2...4)
        #expect(map.lines(of: 3..<203) == 4...4)
        #expect(map.lines(of: 202..<204) == 4...7)
        #expect(map.lines(of: 0..<204) == 1...7)
        #expect(map.lines(of: 300..<301) == nil)
    }

    @Test("a word alone on its line at the end of a range is left out, if the line has more and the word is checked")
    func trimming() {
        let counts = [3, 0, 1, 4, 2]
        let map = LineMap(counts: LineMap.encode(counts), lines: counts.count, words: 10)
        #expect(map.trimmed(2..<8) { _ in true } == 3..<8)
        #expect(map.trimmed(2..<9) { _ in true } == 3..<8)
        #expect(map.trimmed(2..<9) { _ in false } == 2..<9)
        #expect(map.trimmed(1..<10) { _ in true } == 1..<10)
        #expect(map.trimmed(3..<8) { _ in true } == 3..<8)
        #expect(map.trimmed(4..<7) { _ in true } == 4..<7)
        #expect(map.trimmed(2..<4) { _ in true } == 2..<4)
        #expect(map.trimmed(0..<90) { _ in true } == 0..<90)
    }

    @Test("a line map made of anything does not trap")
    func hostileLineMap() {
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<200 {
            let octets = (0..<20).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let map = LineMap(counts: octets, lines: 20, words: 50)
            _ = map.lines(of: 0..<50)
            _ = map.lines(of: 7..<9)
            _ = map.trimmed(6..<11) { $0 % 2 == 0 }
            _ = map.trimmed(0..<50) { _ in true }
        }
        #expect(LineMap(counts: [], lines: 5, words: 5).lines(of: 0..<5) == nil)
    }

    @Test("XXH64 is that of the reference implementation")
    func checksum() {
        func value(_ count: UInt64) -> UInt64 {
            var checksum = Checksum()
            checksum.add(Array(0..<count).span, from: 0)
            return checksum.value
        }
        #expect(value(4) == 0xD5FE_80BD_05F8_7C8E)
        #expect(value(12) == 0xEF57_52E7_D57C_B9A7)
    }
}
