import TestSupport
import Testing

@testable import Fingerprints

@Suite("Sets of hashes that take few others for members")
struct FuseFilterTests {
    /// Keys told by chance, gathered in a spool.
    private func spool(_ keys: Set<UInt64>, beside path: String? = nil) throws -> KeySpool {
        var spool = KeySpool(beside: path, room: 10_000)
        for key in keys {
            spool.append(key)
            try spool.settle()
        }
        for key in keys.prefix(50) { spool.append(key) }
        try spool.sort()
        return spool
    }

    private func chance(_ count: Int, seed: UInt64) -> Set<UInt64> {
        var generator = SeededGenerator(seed: seed)
        return Set((0..<count).map { _ in UInt64.random(in: 0 ... .max, using: &generator) })
    }

    @Test("every key is found, of others the share that the width says", arguments: [1, 2, 3, 7, 50, 1_000, 100_000])
    func members(count: Int) throws {
        let keys = chance(count, seed: UInt64(count))
        for width in [5, 10, 16] {
            let (filter, words) = try #require(try spool(keys).filter(width: width))
            #expect(filter.keys == keys.count && words.count == filter.wordCount)
            let known = keys.allSatisfy { filter.contains($0, in: words.span, at: 0) }
            #expect(known)
            let others = chance(20_000, seed: 99).subtracting(keys)
            let taken = others.count { filter.contains($0, in: words.span, at: 0) }
            let expected = Double(others.count) / Double(1 << width)
            #expect(Double(taken) < 1.3 * expected + 20, "width \(width)")
            // What is so small has slots of which many are never asked; else the rate is near what it should be.
            if count >= 1_000 { #expect(Double(taken) > 0.7 * expected - 20, "width \(width)") }
        }
    }

    @Test("an empty set has no members")
    func empty() throws {
        let (filter, words) = try #require(try spool([]).filter(width: 10))
        let taken = chance(100, seed: 1).count { filter.contains($0, in: words.span, at: 0) }
        #expect(taken == 0 && filter.keys == 0)
    }

    @Test("keys in another order, or by a scratch file, give the same words; at ten bits 1.5 octets each")
    func size() throws {
        let folder = try TemporaryFolder()
        let keys = chance(700_000, seed: 5)
        let (filter, words) = try #require(try spool(keys).filter(width: 10))
        #expect(filter.shardBits == 1)
        let known = keys.prefix(10_000).allSatisfy { filter.contains($0, in: words.span, at: 0) }
        #expect(known)
        #expect(Double(words.count * 8) / Double(keys.count) < 1.5)
        var sorted = KeySpool()
        for key in keys.sorted() { sorted.append(key) }
        try sorted.sort()
        let again = try #require(try sorted.filter(width: 10))
        #expect(again.filter == filter && again.words == words)
        let scratched = try #require(try spool(keys, beside: folder("x")).filter(width: 10))
        #expect(scratched.filter == filter && scratched.words == words)
        #expect(try folder.names() == [])
    }

    @Test("zero is a key like others")
    func zero() throws {
        let (filter, words) = try #require(try spool([0, 1, 2]).filter(width: 10))
        let known = [0, 1, 2].allSatisfy { filter.contains($0, in: words.span, at: 0) }
        #expect(known)
    }

    @Test("a geometry that says nonsense is none")
    func nonsense() {
        let good = FuseFilter(keys: 1_000, largest: 1_000, width: 10, shardBits: 0)
        #expect(FuseFilter(packed: good.packed, keys: 1_000) == good)
        for bad in [good.packed & ~0xFF, good.packed | 0xFF, good.packed | 0xFF00, good.packed | 0xFF_0000, 10, .max] {
            #expect(FuseFilter(packed: bad, keys: 1_000) == nil)
        }
        #expect(FuseFilter(packed: good.packed, keys: .max) == nil)
    }
}
