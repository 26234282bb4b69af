import CTextScan
import TestSupport
import Testing

@testable import Fingerprints

@Suite("The filter in front of an index")
struct GramFilterTests {
    /// Keys of the ranks that winnowing keeps: of each nine grams the least.
    private static func keys(_ count: Int, _ generator: inout SeededGenerator) -> [UInt64] {
        (0..<count).map { _ in
            HashMixing.state(ofGram: (0..<9).map { _ in generator.next() }.min() ?? 0)
        }
    }

    private static func filter(_ keys: [UInt64], _ key: FilterKey) -> (bands: FilterBands, words: [UInt64]) {
        var ranks = SIMD4<Int>()
        for gram in keys { ranks[key.address(of: gram).rank] += 1 }
        let bands = FilterBands(keys: ranks)
        var words = [UInt64](repeating: 0, count: bands.words)
        for gram in keys { GramFilter.insert(key.address(of: gram), bands, into: &words) }
        return (bands, words)
    }

    @Test("it holds what was put in and little else")
    func filter() {
        var generator = SeededGenerator(seed: 5)
        let keys = Self.keys(20_000, &generator)
        let filterKey = FilterKey(nil)
        let (bands, words) = Self.filter(keys, filterKey)
        func mayContain(_ key: UInt64) -> Bool {
            GramFilter.mayContain(filterKey.address(of: key), bands, in: words.span)
        }
        let held = keys.allSatisfy(mayContain)
        var wrong = 0
        for _ in 0..<100_000 where mayContain(generator.next()) { wrong += 1 }
        #expect(held)
        // One in eight hundred, at no more than thirteen bits a key.
        #expect((60...190).contains(wrong))
        #expect(words.count * 64 < 13 * keys.count)
    }

    @Test("each rank has words of its own, whatever its keys; sizes that are none's are refused")
    func bands() {
        for keys in [SIMD4(0, 0, 0, 0), SIMD4(1, 0, 0, 1), SIMD4(9, 800, 3, 70_000)] {
            let bands = FilterBands(keys: keys)
            #expect(bands.words % 8 == 0)
            #expect(FilterBands((0..<4).map { UInt64(bands.sizes[$0]) }) == bands)
            for rank in 0..<4 {
                let last = bands.near(GramFilter.Address(near: .max, bits: UInt64(rank)))
                #expect(last == (rank < 3 ? bands.starts[rank + 1] : bands.half) - 1)
                #expect(bands.far(GramFilter.Address(near: 0, bits: ~3 | UInt64(rank))) == bands.half + last)
            }
        }
        #expect(FilterBands([1, 1, 1, 0]) == nil)
        #expect(FilterBands([1, 1, 1, 2]) == nil)
        #expect(FilterBands([1, 1, 1, 1 << 30 + 1]) == nil)
    }

    @Test("a gram's rank is by its leading zeros, and the lowest bits of its identity")
    func ranks() {
        let grams: [(gram: UInt64, rank: UInt64)] = [
            (.max, 0), (1 << 63, 0), (1 << 63 - 1, 1), (1 << 62, 1), (1 << 62 - 1, 2), (1 << 61, 2), (1 << 61 - 1, 3),
            (0, 3),
        ]
        for (gram, rank) in grams {
            #expect(FilterKey(nil).identity(of: HashMixing.state(ofGram: gram)) & 3 == rank)
        }
    }

    @Test("every form of the loops in C finds what is said of one gram", arguments: [Int32(0), 1, 2])
    func forms(form: Int32) {
        var generator = SeededGenerator(seed: 6)
        let keys = Self.keys(500, &generator)
        let key = FilterKey(IndexKey.random())
        let (bands, words) = Self.filter(keys, key)
        let masks = GramFilter.masks
        for count in [0, 1, 7, 8, 9, 64, 500, 733] {
            let states = (0..<count).map { $0 % 3 == 0 ? keys[$0 % 500] : generator.next() }
            var nears = [UInt32](repeating: 0, count: count)
            var selectors = [UInt64](repeating: 0, count: count)
            var passed = [UInt32](repeating: 0, count: count)
            let (starts, sizes) = (bands.starts, bands.sizes)
            let found = unsafe words.withUnsafeBufferPointer { words in
                unsafe masks.withUnsafeBufferPointer { masks in
                    var filter = unsafe ctextscan_filter(
                        words: words.baseAddress,
                        half: UInt64(bands.half),
                        key: key.words,
                        starts: (UInt64(starts[0]), UInt64(starts[1]), UInt64(starts[2]), UInt64(starts[3])),
                        sizes: (UInt64(sizes[0]), UInt64(sizes[1]), UInt64(sizes[2]), UInt64(sizes[3])),
                        masks: masks.baseAddress
                    )
                    let known = min(form, ctextscan_form())
                    unsafe ctextscan_find(known, &filter, states, count, &nears, &selectors)
                    let candidates = unsafe ctextscan_ask_near(known, &filter, nears, selectors, count, &passed)
                    return unsafe ctextscan_ask_far(&filter, selectors, candidates, &passed)
                }
            }
            let addresses = states.map(key.address(of:))
            #expect(nears.map(Int.init) == addresses.map(bands.near))
            #expect(selectors == addresses.map(\.bits))
            let expected = states.indices.filter { GramFilter.mayContain(addresses[$0], bands, in: words.span) }
            #expect(passed.prefix(found).map(Int.init) == expected)
        }
    }

    @Test("a filter is copied stretch by stretch, and not where it is damaged; a small one is not")
    func filterCopy() throws {
        var generator = SeededGenerator(seed: 8)
        let words = (0..<20_000).map { _ in generator.next() }
        let copy = try #require(FilterCopy(count: words.count, leastOctets: 1))
        var stretches: [Range<Int>] = []
        while !copy.isWhole, stretches.count < 10 {
            copy.copyOn(words.span) { range in
                stretches.append(range)
                return true
            }
        }
        #expect(stretches == [0..<8_192, 8_192..<16_384, 16_384..<20_000])
        let same = copy.withWords { copied in
            copied.count == 20_000 && copied.indices.allSatisfy { copied[$0] == words[$0] }
        }
        #expect(same)
        let damaged = try #require(FilterCopy(count: words.count, leastOctets: 1))
        for _ in 0..<10 { damaged.copyOn(words.span) { $0.lowerBound != 8_192 } }
        #expect(!damaged.isWhole)
        #expect(FilterCopy(count: words.count) == nil)
    }
}
