/// How both halves of an index's filter are cut: a band for each rank of grams.
///
/// Winnowing keeps the least gram of each window. So of the least eighth of all grams that occur in the code most are keys, of
/// the greater half hardly one, while the grams of foreign text are of all ranks alike: three questions in four are about
/// the tenth of the keys that is great. They get words of their own, which caches hold whatever the size of the index, and
/// more bits a key, which are cheap there (Bruck, Gao and Jiang, 2006: Weighted Bloom filter).
struct FilterBands: Sendable, Equatable {
    /// The number of bands.
    static let count = 4
    /// Bits that a key of each rank has in both halves: twelve on the average.
    private static let bitsPerKey = SIMD4(24, 18, 13, 11)

    /// The most words of a band: four fit 32 bits.
    private static let limit: UInt64 = 1 << 30

    /// The words of each band in one half, at least one each.
    let sizes: SIMD4<Int>
    /// The first word of each.
    let starts: SIMD4<Int>

    /// The bands of a filter for so many keys of each rank; they come to whole units of `IndexFormat.alignment`.
    init(keys: SIMD4<Int>) {
        var sizes = SIMD4<Int>()
        for rank in 0..<Self.count { sizes[rank] = max(1, (keys[rank] * Self.bitsPerKey[rank] + 127) / 128) }
        sizes[Self.count - 1] += (4 - sizes.wrappedSum() % 4) % 4
        self.init(sizes: sizes)
    }

    /// Reads the sizes that a header has; nil when they are those of no filter.
    init?(_ sizes: [UInt64]) {
        guard sizes.count == Self.count, sizes.allSatisfy({ $0 > 0 && $0 <= Self.limit }) else { return nil }
        self.init(sizes: SIMD4(sizes.map { Int(truncatingIfNeeded: $0) }))
        guard half % 4 == 0 else { return nil }
    }

    private init(sizes: SIMD4<Int>) {
        self.sizes = sizes
        var starts = SIMD4<Int>()
        for rank in 1..<Self.count { starts[rank] = starts[rank - 1] + sizes[rank - 1] }
        self.starts = starts
    }

    /// The words of one half, and of both.
    var half: Int { sizes.wrappedSum() }
    var words: Int { 2 * half }

    /// The word of the near filter that a key has.
    @inline(__always)
    func near(_ address: GramFilter.Address) -> Int { word(address.near, address.rank) }

    /// The word of the far filter that a key has.
    @inline(__always)
    func far(_ address: GramFilter.Address) -> Int { half &+ word(address.bits, address.rank) }

    @inline(__always)
    private func word(_ number: UInt64, _ rank: Int) -> Int {
        let size = UInt64(truncatingIfNeeded: sizes[rank])
        return starts[rank] &+ Int(truncatingIfNeeded: number.multipliedFullWidth(by: size).high)
    }
}
