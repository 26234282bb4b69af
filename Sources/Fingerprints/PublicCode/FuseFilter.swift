internal import Glibc

/// A set of 64-bit keys that takes a few others for members: a binary fuse filter (Graf and Lemire, 2022, § 3), cut into
/// shards by the keys' high bits so that it is built in little memory.
///
/// Of each key three slots of its shard, in three neighbouring segments, are told by its hash; their exclusive-or is the
/// key's print of `width` bits. So a question reads three slots, and 2^-width of other keys are taken for members. A key
/// costs some 1.14 × `width` bits.
///
/// As words: a seed for each shard, then each shard's slots end to end, and one word more so that a slot may be read by two.
struct FuseFilter: Sendable, Equatable {
    /// Keys that a shard has at the most where there are shards enough.
    static let shardKeys = 1 << 19
    /// The most high bits by which shards are told.
    static let mostShardBits = 8

    /// Keys in all; zero has no shards' words to ask.
    let keys: Int
    /// Bits of a slot, 1…16.
    let width: Int
    /// High bits of a key that tell its shard.
    let shardBits: Int
    /// The binary logarithm of the slots in a segment.
    let segmentBits: Int
    /// Segments in which the first slot of a key may stand.
    let segments: Int

    /// A filter of `keys` keys in all, `largest` of which stand in the fullest of 2^`shardBits` shards.
    init(keys: Int, largest: Int, width: Int, shardBits: Int) {
        self.keys = max(0, keys)
        self.width = min(max(width, 1), 16)
        self.shardBits = min(max(shardBits, 0), Self.mostShardBits)
        let count = Double(max(largest, 2))
        segmentBits = min(18, Int(log(count) / log(3.33) + 2.25))
        let capacity = Int((count * max(1.125, 0.875 + 0.25 * log(1_000_000) / log(count))).rounded())
        segments = max(1, (capacity + (1 << segmentBits) - 1) >> segmentBits - 2)
    }

    /// Reads what `packed` wrote; nil when it says nonsense.
    init?(packed: UInt64, keys: UInt64) {
        guard let keys = Int(exactly: keys) else { return nil }
        self.keys = keys
        width = Int(packed & 0xFF)
        shardBits = Int(packed >> 8 & 0xFF)
        segmentBits = Int(packed >> 16 & 0xFF)
        segments = Int(packed >> 32)
        guard 1...16 ~= width, 0...Self.mostShardBits ~= shardBits, 2...18 ~= segmentBits, 1...(1 << 24) ~= segments
        else { return nil }
    }

    /// The geometry in one word.
    var packed: UInt64 {
        UInt64(width) | UInt64(shardBits) << 8 | UInt64(segmentBits) << 16 | UInt64(segments) << 32
    }

    /// The number of shards.
    var shards: Int { 1 << shardBits }
    /// Slots of a shard.
    var slots: Int { (segments + 2) << segmentBits }
    /// Words of a shard's slots.
    var shardWords: Int { (slots * width + 63) / 64 + 1 }
    /// Words of the whole.
    var wordCount: Int { shards * (shardWords + 1) }

    /// The shard of a key.
    @inline(__always)
    func shard(of key: UInt64) -> Int {
        shardBits == 0 ? 0 : Int(truncatingIfNeeded: key &>> UInt64(truncatingIfNeeded: 64 &- shardBits))
    }

    /// Whether `key` is a member, or taken for one; the filter's words, which are `wordCount`, begin at `base`.
    @inline(__always)
    func contains(_ key: UInt64, in words: Span<UInt64>, at base: Int) -> Bool {
        guard keys > 0 else { return false }
        let shard = shard(of: key)
        let hash = Self.hash(key, seed: words[base &+ shard])
        let first = base &+ shards &+ shard &* shardWords
        let places = places(of: hash)
        let found = slot(places.0, in: words, at: first) ^ slot(places.1, in: words, at: first)
        return found ^ slot(places.2, in: words, at: first) == print(of: hash)
    }

    @inline(__always)
    private func slot(_ place: Int, in words: Span<UInt64>, at first: Int) -> UInt64 {
        let bit = place &* width
        let word = first &+ bit &>> 6
        let shift = UInt64(truncatingIfNeeded: bit & 63)
        // Two steps of shifting, since one by 64 is none.
        let rest = (words[word &+ 1] &<< 1) &<< (63 &- shift)
        return (words[word] &>> shift | rest) & mask
    }

    @inline(__always)
    private var mask: UInt64 { 1 &<< UInt64(truncatingIfNeeded: width) &- 1 }

    /// What the three slots of a hash make together.
    @inline(__always)
    fileprivate func print(of hash: UInt64) -> UInt64 { (hash ^ hash &>> 32) & mask }

    /// The three slots of a hash.
    @inline(__always)
    fileprivate func places(of hash: UInt64) -> (Int, Int, Int) {
        let span = UInt64(truncatingIfNeeded: segments &<< segmentBits)
        let first = Int(truncatingIfNeeded: hash.multipliedFullWidth(by: span).high)
        let length = 1 &<< segmentBits
        let second = (first &+ length) ^ (Int(truncatingIfNeeded: hash &>> 18) & (length &- 1))
        let third = (first &+ 2 &* length) ^ (Int(truncatingIfNeeded: hash) & (length &- 1))
        return (first, second, third)
    }

    @inline(__always)
    fileprivate static func hash(_ key: UInt64, seed: UInt64) -> UInt64 { HashMixing.gram(key &+ seed) }
}

/// Fills a `FuseFilter`, shard by shard.
struct FuseFilterBuilder {
    private static let attempts: UInt64 = 1_000

    /// The filter in the making.
    let filter: FuseFilter
    /// Its words.
    private(set) var words: [UInt64]

    // Of each slot the keys that are not yet placed: their number and the exclusive-or of their hashes.
    private var counts: [UInt32] = []
    private var hashes: [UInt64] = []
    /// The keys in the order in which they were placed, and the slot that each alone has.
    private var order: [(hash: UInt64, place: Int)] = []

    /// An empty filter.
    init(_ filter: FuseFilter) {
        self.filter = filter
        words = [UInt64](repeating: 0, count: filter.wordCount)
    }

    /// Puts in the keys of a shard, which must be distinct; false when that many will not fit, which for as many as the
    /// filter was made for does not happen.
    mutating func fill(_ shard: Int, _ keys: some Collection<UInt64>) -> Bool {
        guard shard >= 0, shard < filter.shards else { return false }
        guard !keys.isEmpty else { return true }
        for attempt in 1...Self.attempts {
            let seed = HashMixing.gram(attempt)
            guard place(keys, seed: seed) else { continue }
            words[shard] = seed
            write(at: filter.shards + shard * filter.shardWords)
            return true
        }
        return false
    }

    /// Finds for each key a slot that no key placed later touches.
    private mutating func place(_ keys: some Collection<UInt64>, seed: UInt64) -> Bool {
        counts = [UInt32](repeating: 0, count: filter.slots)
        hashes = [UInt64](repeating: 0, count: filter.slots)
        order.removeAll(keepingCapacity: true)
        order.reserveCapacity(keys.count)
        for key in keys { move(FuseFilter.hash(key, seed: seed), by: 1) }
        var alone = counts.indices.filter { counts[$0] == 1 }
        while let place = alone.popLast() {
            guard counts[place] == 1 else { continue }
            let hash = hashes[place]
            order.append((hash, place))
            move(hash, by: -1)
            let (first, second, third) = filter.places(of: hash)
            if counts[first] == 1 { alone.append(first) }
            if counts[second] == 1 { alone.append(second) }
            if counts[third] == 1 { alone.append(third) }
        }
        return order.count == keys.count
    }

    @inline(__always)
    private mutating func move(_ hash: UInt64, by step: Int32) {
        let (first, second, third) = filter.places(of: hash)
        change(first, hash, step)
        change(second, hash, step)
        change(third, hash, step)
    }

    @inline(__always)
    private mutating func change(_ place: Int, _ hash: UInt64, _ step: Int32) {
        counts[place] = counts[place] &+ UInt32(bitPattern: step)
        hashes[place] ^= hash
    }

    /// Sets the slots, last placed first, and writes them from word `start`.
    private mutating func write(at start: Int) {
        var slots = [UInt16](repeating: 0, count: filter.slots)
        for (hash, place) in order.reversed() {
            let (first, second, third) = filter.places(of: hash)
            // The key's own slot is still zero.
            let others = slots[first] ^ slots[second] ^ slots[third]
            slots[place] = UInt16(truncatingIfNeeded: filter.print(of: hash)) ^ others
        }
        for (place, value) in slots.enumerated() where value != 0 {
            let bit = place * filter.width
            let word = start + bit / 64
            words[word] |= UInt64(value) << UInt64(bit % 64)
            if bit % 64 + filter.width > 64 { words[word + 1] |= UInt64(value) >> UInt64(64 - bit % 64) }
        }
    }
}
