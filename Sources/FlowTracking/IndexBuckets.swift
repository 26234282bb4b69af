/// Finds an entry's index by the hash of its key: open addressing, linear probing, at most three quarters full.
///
/// A bucket is one word, the upper half of the hash beside the index; entries are compared by their keys only when that
/// half is equal. Removal moves later entries back, so that no traces of removed ones remain. Grows, never shrinks.
@usableFromInline
package struct IndexBuckets {
    @usableFromInline static let empty = UInt64.max

    /// How many indices are entered.
    package private(set) var count = 0

    @usableFromInline var words: [UInt64] = []
    @usableFromInline var mask = 0

    /// No indices.
    package init() {}

    /// The indices that may belong to a hash, one after another, until `matches` says that it does; nil when none does.
    @inlinable
    @inline(__always)
    package func find(_ hash: UInt64, _ matches: (Int) -> Bool) -> Int? {
        guard !words.isEmpty else { return nil }
        let tag = hash >> 32
        var place = Int(tag) & mask
        while true {
            let word = words[place]
            if word == IndexBuckets.empty { return nil }
            if word >> 32 == tag {
                let index = Int(word & 0xFFFF_FFFF)
                if matches(index) { return index }
            }
            place = (place + 1) & mask
        }
    }

    /// Enters an index, which must not be entered already, below 2^32−1.
    package mutating func insert(_ hash: UInt64, _ index: UInt32) {
        if (count + 1) * 4 > words.count * 3 { grow() }
        place((hash & 0xFFFF_FFFF_0000_0000) | UInt64(index))
        count += 1
    }

    /// Enters another index in the place of one that was entered with that hash.
    package mutating func replace(_ hash: UInt64, _ old: UInt32, with new: UInt32) {
        guard !words.isEmpty else { return }
        let half = hash & 0xFFFF_FFFF_0000_0000
        var place = Int(hash >> 32) & mask
        while words[place] != half | UInt64(old) {
            if words[place] == IndexBuckets.empty { return }
            place = (place + 1) & mask
        }
        words[place] = half | UInt64(new)
    }

    /// Removes an index that was entered with that hash.
    package mutating func remove(_ hash: UInt64, _ index: UInt32) {
        guard !words.isEmpty else { return }
        let wanted = (hash & 0xFFFF_FFFF_0000_0000) | UInt64(index)
        var hole = Int(hash >> 32) & mask
        while words[hole] != wanted {
            if words[hole] == IndexBuckets.empty { return }
            hole = (hole + 1) & mask
        }
        var place = hole
        while true {
            place = (place + 1) & mask
            let word = words[place]
            if word == IndexBuckets.empty { break }
            // A word may move back to the hole unless its home lies between the hole and its place.
            let home = Int(word >> 32) & mask
            if (place - home) & mask >= (place - hole) & mask {
                words[hole] = word
                hole = place
            }
        }
        words[hole] = IndexBuckets.empty
        count -= 1
    }

    private mutating func place(_ word: UInt64) {
        var place = Int(word >> 32) & mask
        while words[place] != IndexBuckets.empty { place = (place + 1) & mask }
        words[place] = word
    }

    private mutating func grow() {
        let old = words
        words = [UInt64](repeating: IndexBuckets.empty, count: max(64, old.count * 2))
        mask = words.count - 1
        for word in old where word != IndexBuckets.empty { place(word) }
    }
}
