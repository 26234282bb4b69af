/// Counts by name, such as octets by the reason for which they were not inspected.
///
/// A short array kept in the order of its names: groups hold a handful of names, merging walks both once, and what is
/// printed is sorted without asking. Not for the hot path: workers count there in the fixed fields of their own.
package struct CounterGroup: Hashable, Sendable {
    /// The names that were ever counted with their counts, names in byte order.
    package private(set) var entries: [Entry] = []

    /// A group in which nothing was counted.
    package init() {}

    /// A group from names and counts; a repeated name is summed.
    package init(_ counts: some Sequence<(String, UInt64)>) {
        for (name, count) in counts { add(count, to: name) }
    }

    /// The count of `name`, 0 where it was never counted.
    package subscript(name: String) -> UInt64 {
        let index = position(of: name)
        return index < entries.count && entries[index].name == name ? entries[index].count : 0
    }

    /// The sum over all names; saturates.
    package var total: UInt64 { entries.reduce(0) { Counters.sum($0, $1.count) } }

    /// Whether every count is 0.
    package var isEmpty: Bool { entries.allSatisfy { $0.count == 0 } }

    /// Counts `count` more under `name`, so that it is listed even when `count` is 0.
    package mutating func add(_ count: UInt64, to name: String) {
        let index = position(of: name)
        if index < entries.count, entries[index].name == name {
            entries[index].count = Counters.sum(entries[index].count, count)
        } else {
            entries.insert(Entry(name: name, count: count), at: index)
        }
    }

    /// Adds every count of `rhs`.
    package static func += (lhs: inout CounterGroup, rhs: CounterGroup) {
        for entry in rhs.entries { lhs.add(entry.count, to: entry.name) }
    }

    private func position(of name: String) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].name.utf8.lexicographicallyPrecedes(name.utf8) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// A name and how often it was counted.
    package struct Entry: Hashable, Sendable {
        /// What was counted, in snake_case.
        package let name: String
        /// How often, or how many octets.
        package fileprivate(set) var count: UInt64
    }
}
