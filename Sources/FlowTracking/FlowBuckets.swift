/// Finds a flow's index by the hash of its key: open addressing, linear probing, at most three quarters full.
///
/// A bucket is one word, the upper half of the hash beside the index; entries are compared by their keys only when that
/// half is equal. Removal moves later entries back, so that no traces of removed ones remain. Grows, never shrinks.
struct FlowBuckets {
    private static let empty = UInt64.max

    /// How many flows are entered.
    private(set) var count = 0

    private var words: [UInt64] = []
    private var mask = 0

    /// The indices that may belong to a hash, one after another, until `matches` says that it does; nil when none does.
    @inline(__always)
    func find(_ hash: UInt64, _ matches: (Int) -> Bool) -> Int? {
        guard !words.isEmpty else { return nil }
        let tag = hash >> 32
        var place = Int(tag) & mask
        while true {
            let word = words[place]
            if word == FlowBuckets.empty { return nil }
            if word >> 32 == tag {
                let index = Int(word & 0xFFFF_FFFF)
                if matches(index) { return index }
            }
            place = (place + 1) & mask
        }
    }

    /// Enters an index, which must not be entered already, below 2^32−1.
    mutating func insert(_ hash: UInt64, _ index: UInt32) {
        if (count + 1) * 4 > words.count * 3 { grow() }
        place((hash & 0xFFFF_FFFF_0000_0000) | UInt64(index))
        count += 1
    }

    /// Removes an index that was entered with that hash.
    mutating func remove(_ hash: UInt64, _ index: UInt32) {
        guard !words.isEmpty else { return }
        let wanted = (hash & 0xFFFF_FFFF_0000_0000) | UInt64(index)
        var hole = Int(hash >> 32) & mask
        while words[hole] != wanted {
            if words[hole] == FlowBuckets.empty { return }
            hole = (hole + 1) & mask
        }
        var place = hole
        while true {
            place = (place + 1) & mask
            let word = words[place]
            if word == FlowBuckets.empty { break }
            // A word may move back to the hole unless its home lies between the hole and its place.
            let home = Int(word >> 32) & mask
            if (place - home) & mask >= (place - hole) & mask {
                words[hole] = word
                hole = place
            }
        }
        words[hole] = FlowBuckets.empty
        count -= 1
    }

    private mutating func place(_ word: UInt64) {
        var place = Int(word >> 32) & mask
        while words[place] != FlowBuckets.empty { place = (place + 1) & mask }
        words[place] = word
    }

    private mutating func grow() {
        let old = words
        words = [UInt64](repeating: FlowBuckets.empty, count: max(64, old.count * 2))
        mask = words.count - 1
        for word in old where word != FlowBuckets.empty { place(word) }
    }
}
