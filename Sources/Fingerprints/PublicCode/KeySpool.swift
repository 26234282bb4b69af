/// Gathers keys in any order, most of them more than once, and gives them back sorted and each once, a part at a time.
///
/// What is more than fits into some memory goes to a scratch file.
struct KeySpool: ~Copyable {
    /// Parts, by the keys' high bits.
    static let parts = 1 << FuseFilter.mostShardBits

    /// Beside what a scratch file may be made; nil where all is kept in memory.
    private let neighbour: String?
    /// Keys held before they go to the scratch file.
    private let room: Int
    /// Keys that came lately, by their low bits: what repeats soon is not kept again.
    private var recent = [UInt64](repeating: 0, count: 1 << 17)
    private var buffers = [[UInt64]](repeating: [], count: parts)
    private var held = 0
    private var scratch: SpillFile?
    /// Of each part the runs in the scratch file.
    private var runs = [[Range<Int>]](repeating: [], count: parts)
    /// The keys of each part, once sorted.
    private(set) var counts = [Int](repeating: 0, count: parts)

    /// Nothing yet; more than `room` keys go to a file without a name in the folder of the path `neighbour`.
    init(beside neighbour: String? = nil, room: Int = 1 << 23) {
        self.neighbour = neighbour
        self.room = max(1, room)
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
        held &+= 1
    }

    /// Makes room for more, if there is little; to be called now and then, as after each file.
    mutating func settle() throws(IndexError) {
        guard let neighbour, held > room else { return }
        var scratch: SpillFile
        if let made = self.scratch.take() { scratch = made } else { scratch = try SpillFile(beside: neighbour) }
        for part in buffers.indices where !buffers[part].isEmpty {
            Self.sort(&buffers[part])
            runs[part].append(try Self.write(buffers[part], to: &scratch))
            buffers[part] = []
        }
        try scratch.flush()
        self.scratch = consume scratch
        held = 0
    }

    /// Sorts each part and leaves of equal keys one; to be done once, after the last key.
    mutating func sort() throws(IndexError) {
        guard var scratch = scratch.take() else {
            for part in buffers.indices {
                Self.sort(&buffers[part])
                counts[part] = buffers[part].count
            }
            return
        }
        for part in buffers.indices {
            var keys = buffers[part]
            buffers[part] = []
            for run in runs[part] { keys += try Self.read(run, from: scratch) }
            Self.sort(&keys)
            runs[part] = [try Self.write(keys, to: &scratch)]
            counts[part] = keys.count
            // The next part's runs are read from the file.
            try scratch.flush()
        }
        self.scratch = consume scratch
    }

    /// The keys of some parts, ascending, once sorted.
    func keys(of parts: Range<Int>) throws(IndexError) -> [UInt64] {
        var keys: [UInt64] = []
        for part in parts {
            keys += buffers[part]
            for run in runs[part] { keys += try words(run) }
        }
        return keys
    }

    /// The filter of the keys, once sorted; nil when they will not fit, which does not happen.
    func filter(width: Int) throws(IndexError) -> (filter: FuseFilter, words: [UInt64])? {
        let total = counts.reduce(0, +)
        var shardBits = 0
        while shardBits < FuseFilter.mostShardBits, total >> shardBits > FuseFilter.shardKeys { shardBits += 1 }
        let each = Self.parts >> shardBits
        let shards = stride(from: 0, to: Self.parts, by: each).map { $0..<($0 + each) }
        let largest = shards.map { counts[$0].reduce(0, +) }.max() ?? 0
        let filter = FuseFilter(keys: total, largest: largest, width: width, shardBits: shardBits)
        var builder = FuseFilterBuilder(filter)
        for (shard, parts) in shards.enumerated() {
            guard builder.fill(shard, try keys(of: parts)) else { return nil }
        }
        return (filter, builder.words)
    }

    private func words(_ run: Range<Int>) throws(IndexError) -> [UInt64] {
        switch scratch {
        case .some(let scratch): try Self.read(run, from: scratch)
        case .none: []
        }
    }

    /// Writes a run and gives the octets that it has in the file.
    private static func write(_ keys: [UInt64], to scratch: inout SpillFile) throws(IndexError) -> Range<Int> {
        let start = scratch.octets
        try scratch.append(keys)
        return start..<scratch.octets
    }

    private static func read(_ run: Range<Int>, from scratch: borrowing SpillFile) throws(IndexError) -> [UInt64] {
        var keys: [UInt64] = []
        guard !run.isEmpty else { return keys }
        try scratch.read(&keys, count: run.count / 8, at: run.lowerBound)
        return keys
    }

    private static func sort(_ keys: inout [UInt64]) {
        keys.sort()
        var kept = 0
        for index in keys.indices {
            if kept > 0, keys[kept - 1] == keys[index] { continue }
            keys[kept] = keys[index]
            kept += 1
        }
        keys.removeLast(keys.count - kept)
    }
}
