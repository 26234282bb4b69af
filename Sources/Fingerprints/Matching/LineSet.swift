/// A set of line numbers, kept as ascending ranges that neither overlap nor touch.
package struct LineSet: Sendable, Equatable {
    /// The ranges, ascending; line numbers begin at 1.
    package private(set) var ranges: [ClosedRange<Int>] = []

    /// The set of no lines.
    package init() {}

    /// The set of all lines that lie in any of `ranges`.
    package init(_ ranges: [ClosedRange<Int>]) {
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) { append(range) }
    }

    /// The number of lines.
    package var count: Int { ranges.reduce(0) { $0 + $1.count } }

    /// Whether there is no line.
    package var isEmpty: Bool { ranges.isEmpty }

    /// Whether `line` belongs to the set.
    package func contains(_ line: Int) -> Bool { ranges.contains { $0.contains(line) } }

    /// The lines of both sets.
    package func union(_ other: LineSet) -> LineSet { LineSet(ranges + other.ranges) }

    /// Adds a range that begins no earlier than the last.
    private mutating func append(_ range: ClosedRange<Int>) {
        guard let last = ranges.last, range.lowerBound <= last.upperBound + 1 else { return ranges.append(range) }
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
    }
}
