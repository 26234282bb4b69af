/// Gathers keys in any order, most of them more than once, and gives them back sorted and each once, a part at a time.
struct KeySpool {
    /// Parts, by the keys' high bits.
    static let parts = 1 << FuseFilter.mostShardBits

    /// Keys that came lately, by their low bits: what repeats soon is not kept again.
    private var recent = [UInt64](repeating: 0, count: 1 << 17)
    private var buffers = [[UInt64]](repeating: [], count: parts)
    /// The keys of each part, once sorted.
    private(set) var counts = [Int](repeating: 0, count: parts)

    /// Nothing yet.
    init() {
        // Key 0 has not come; key 1 has another place.
        recent[0] = 1
    }

    /// Takes a key.
    @inline(__always)
    mutating func append(_ key: UInt64) {
        let place = Int(truncatingIfNeeded: key) & (recent.count &- 1)
        guard recent[place] != key else { return }
        recent[place] = key
        buffers[Int(truncatingIfNeeded: key &>> 56)].append(key)
    }

    /// Sorts each part and leaves of equal keys one; to be done once, after the last key.
    mutating func sort() {
        for part in buffers.indices {
            buffers[part].sort()
            var kept = 0
            for index in buffers[part].indices {
                if kept > 0, buffers[part][kept - 1] == buffers[part][index] { continue }
                buffers[part][kept] = buffers[part][index]
                kept += 1
            }
            buffers[part].removeLast(buffers[part].count - kept)
            counts[part] = kept
        }
    }

    /// The keys of some parts, ascending, once sorted.
    func keys(of parts: Range<Int>) -> [UInt64] { parts.flatMap { buffers[$0] } }

    /// The filter of the keys, once sorted; nil when they will not fit, which does not happen.
    func filter(width: Int) -> (filter: FuseFilter, words: [UInt64])? {
        let total = counts.reduce(0, +)
        var shardBits = 0
        while shardBits < FuseFilter.mostShardBits, total >> shardBits > FuseFilter.shardKeys { shardBits += 1 }
        let each = Self.parts >> shardBits
        let shards = stride(from: 0, to: Self.parts, by: each).map { $0..<($0 + each) }
        let largest = shards.map { counts[$0].reduce(0, +) }.max() ?? 0
        let filter = FuseFilter(keys: total, largest: largest, width: width, shardBits: shardBits)
        var builder = FuseFilterBuilder(filter)
        for (shard, parts) in shards.enumerated() {
            guard builder.fill(shard, keys(of: parts)) else { return nil }
        }
        return (filter, builder.words)
    }
}
