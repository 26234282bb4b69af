internal import Synchronization

/// Which blocks of an open index have been checked, and which was found damaged first: shared by all threads.
///
/// A bit a block, read with no order asked for, which costs what reading plain memory does, and set once; two threads that
/// check a block at once do so in vain, no more.
final class BlockLedger: Sendable {
    private let checked = InlineArray<8192, Atomic<UInt64>> { _ in Atomic(0) }
    private let filterLeft: Atomic<Int>
    private let damaged = Atomic(-1)

    /// Nothing checked; so many blocks hold the filter.
    init(filterBlocks: Int) {
        filterLeft = Atomic(filterBlocks)
    }

    /// Whether every block of the filter has been checked.
    @inline(__always)
    var isFilterWhole: Bool { filterLeft.load(ordering: .relaxed) <= 0 }

    /// The block that was found damaged first; nil as long as none was.
    var damagedBlock: Int? {
        let block = damaged.load(ordering: .relaxed)
        return block < 0 ? nil : block
    }

    /// Whether a block has been checked and is whole.
    @inline(__always)
    func isChecked(_ block: Int) -> Bool {
        block >= 0 && block < IndexFormat.blockLimit
            && checked[block >> 6].load(ordering: .relaxed) >> UInt64(truncatingIfNeeded: block & 63) & 1 != 0
    }

    /// Notes that a block is whole.
    func note(whole block: Int, isFilter: Bool) {
        guard block >= 0, block < IndexFormat.blockLimit else { return }
        let bit = 1 << UInt64(truncatingIfNeeded: block & 63) as UInt64
        let before = checked[block >> 6].bitwiseOr(bit, ordering: .relaxed).oldValue
        if isFilter, before & bit == 0 { filterLeft.subtract(1, ordering: .relaxed) }
    }

    /// Notes that a block is damaged.
    func note(damaged block: Int) {
        _ = damaged.compareExchange(expected: -1, desired: block, ordering: .relaxed)
    }
}
