/// A set of integers kept as ascending half-open intervals: word positions of a text or of a file.
struct IntervalSet {
    /// The intervals, ascending, neither overlapping nor touching.
    private(set) var intervals: [Range<Int>] = []

    /// The number of integers in the set.
    var count: Int { intervals.reduce(0) { $0 + $1.count } }

    /// How many integers of `range` are in the set.
    func overlap(_ range: Range<Int>) -> Int {
        var total = 0
        var index = firstIndex(endingAfter: range.lowerBound)
        while index < intervals.count, intervals[index].lowerBound < range.upperBound {
            total += intervals[index].clamped(to: range).count
            index += 1
        }
        return total
    }

    /// Adds the integers of `range`.
    mutating func insert(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        let first = firstIndex(endingAfter: range.lowerBound - 1)
        var lower = range.lowerBound
        var upper = range.upperBound
        var last = first
        while last < intervals.count, intervals[last].lowerBound <= range.upperBound {
            lower = min(lower, intervals[last].lowerBound)
            upper = max(upper, intervals[last].upperBound)
            last += 1
        }
        intervals.replaceSubrange(first..<last, with: CollectionOfOne(lower..<upper))
    }

    /// The index of the first interval whose end lies above `position`.
    private func firstIndex(endingAfter position: Int) -> Int {
        var low = 0
        var high = intervals.count
        while low < high {
            let middle = (low + high) / 2
            if intervals[middle].upperBound > position { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
