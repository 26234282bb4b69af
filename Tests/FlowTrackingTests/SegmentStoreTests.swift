@testable import FlowTracking
import TestSupport
import Testing

@Suite("Out-of-order data")
struct SegmentStoreTests {
    /// A store and its buffers, emptied into text at the end.
    private struct Bench: ~Copyable {
        var store = SegmentStore()
        var buffers = SegmentBuffers(limit: 1 << 20)
        var limit = 1 << 20

        mutating func insert(_ text: String, at offset: Int, missing: Int = 0) -> SegmentStore.Outcome {
            let octets = Array(text.utf8)
            return store.insert(
                octets.span,
                missing: missing,
                at: offset,
                tick: 0,
                limit: limit,
                buffers: &buffers
            )
        }

        /// `offset:text+missing` of every piece; empties the store.
        mutating func drain() -> [String] {
            var pieces: [String] = []
            while let piece = store.popFirst() {
                let text = String(decoding: piece.array(), as: UTF8.self)
                pieces.append("\(piece.offset):\(text)" + (piece.missing > 0 ? "+\(piece.missing)" : ""))
                buffers.recycle(piece)
            }
            return pieces
        }
    }

    @Test("pieces come back in order, continued ones joined")
    func order() {
        var bench = Bench()
        _ = bench.insert("ghi", at: 20)
        _ = bench.insert("abc", at: 10)
        _ = bench.insert("def", at: 13)
        _ = bench.insert("xyz", at: 5)
        let pieces = bench.drain()
        #expect(pieces == ["5:xyz", "10:abcdef", "20:ghi"])
        let left = (bench.buffers.used, bench.store.charge)
        #expect(left == (0, 0))
    }

    @Test("first data wins, and only what is new is taken")
    func firstWins() {
        var bench = Bench()
        _ = bench.insert("cd", at: 12)
        _ = bench.insert("gh", at: 16)
        let outcome = bench.insert("ABCDEFGHIJ", at: 10)
        #expect(outcome.upTo == 20)
        #expect(outcome.repeated == 4)
        let pieces = bench.drain()
        #expect(pieces.joined() == "10:AB12:cdEF16:ghIJ")
    }

    @Test("a difference from waiting data is noticed, sameness is not")
    func conflicts() {
        var bench = Bench()
        _ = bench.insert("cdef", at: 12)
        let same = Array("abcdefgh".utf8)
        let different = Array("abcdeFgh".utf8)
        let answers = [
            bench.store.conflicts(with: same.span, at: 10), bench.store.conflicts(with: different.span, at: 10),
            bench.store.conflicts(with: different.span, at: 30),
        ]
        #expect(answers == [false, true, false])
        _ = bench.drain()
    }

    @Test("octets that the snap length cut off keep their place")
    func snapLength() {
        var bench = Bench()
        _ = bench.insert("ab", at: 10, missing: 8)
        _ = bench.insert("xxxxxxxxxxxxCD", at: 8)
        _ = bench.insert("", at: 30, missing: 5)
        let pieces = bench.drain()
        #expect(pieces == ["8:xx", "10:ab+8", "20:CD", "30:+5"])
    }

    @Test("what does not fit is refused from where it does not")
    func refusal() {
        var bench = Bench()
        bench.limit = SegmentBuffers.charge(for: 3) * 2
        _ = bench.insert("abc", at: 10)
        let outcome = bench.insert("0123456789", at: 6)
        #expect(outcome.upTo == 13 || outcome.refusal == nil)
        _ = bench.insert("zzz", at: 30)
        let refused = bench.insert("yyy", at: 40)
        #expect(refused.refusal == .directionFull)
        #expect(refused.upTo == 40)
        _ = bench.drain()

        var table = Bench()
        table.buffers = SegmentBuffers(limit: SegmentBuffers.charge(for: 1))
        _ = table.insert("a", at: 10)
        let full = table.insert("b", at: 20).refusal
        #expect(full == .tableFull)
        _ = table.drain()
    }

    @Test("a new origin shifts what waits and drops what lies before it")
    func rebase() {
        var bench = Bench()
        _ = bench.insert("abcdef", at: -3)
        _ = bench.insert("xyz", at: 10)
        let dropped = bench.store.rebase(to: -1, buffers: &bench.buffers)
        #expect(dropped == 2)
        let pieces = bench.drain()
        #expect(pieces == ["0:cdef", "11:xyz"])
        let left = bench.buffers.used
        #expect(left == 0)
    }

    @Test("agrees with a map of octets on random insertions", arguments: 0..<40 as Range<UInt64>)
    func model(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var bench = Bench()
        var model: [Int: UInt8] = [:]
        for _ in 0..<200 {
            let offset = Int.random(in: 0..<3_000, using: &generator)
            let count = Int.random(in: 1...(Bool.random(using: &generator) ? 40 : 900), using: &generator)
            let octets = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let conflicts = octets.enumerated().contains { index, octet in
                model[offset + index].map { $0 != octet } ?? false
            }
            let noticed = bench.store.conflicts(with: octets.span, at: offset)
            #expect(noticed == conflicts)
            let outcome = bench.store.insert(
                octets.span,
                missing: 0,
                at: offset,
                tick: 0,
                limit: 1 << 20,
                buffers: &bench.buffers
            )
            #expect(outcome.upTo == offset + count)
            var repeated = 0
            for (index, octet) in octets.enumerated() {
                if model[offset + index] == nil { model[offset + index] = octet } else { repeated += 1 }
            }
            #expect(outcome.repeated == repeated)
            if Int.random(in: 0..<20, using: &generator) == 0, let piece = bench.store.popFirst() {
                for (index, octet) in piece.array().enumerated()
                where model.removeValue(forKey: piece.offset + index) != octet {
                    Issue.record("another octet at \(piece.offset + index)")
                }
                bench.buffers.recycle(piece)
            }
        }
        var last = -1
        while let piece = bench.store.popFirst() {
            let start = piece.offset
            #expect(start >= last)
            last = piece.end
            for (index, octet) in piece.array().enumerated()
            where model.removeValue(forKey: start + index) != octet {
                Issue.record("another octet at \(start + index)")
            }
            bench.buffers.recycle(piece)
        }
        #expect(model.isEmpty)
        let left = (bench.buffers.used, bench.store.charge)
        #expect(left == (0, 0))
    }
}

extension StoredSegment {
    /// A copy of the captured octets.
    fileprivate func array() -> [UInt8] {
        let octets = span
        return octets.indices.map { octets[$0] }
    }
}
