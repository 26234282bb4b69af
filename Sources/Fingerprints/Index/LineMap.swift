/// On which line of a file each of its words stands.
struct LineMap {
    /// For each line the position of the first word at or after its start, ascending.
    private var firstWords: [Int] = []
    /// The number of words of the file.
    private let words: Int

    /// Reads the map of a file from its line counts.
    init(counts octets: [UInt8], lines: Int, words: Int) {
        self.words = words
        firstWords.reserveCapacity(min(lines, octets.count * 2))
        var position = 0
        var value = 0
        for octet in octets {
            for digit in [octet & Self.carry, octet >> 4] where firstWords.count < lines {
                value += Int(digit)
                if digit == Self.carry { continue }
                firstWords.append(position)
                position = min(position + value, words)
                value = 0
            }
        }
    }

    /// The lines, from 1, on which the words of `range` stand; nil when there are none.
    ///
    /// What has no words at the file's start and end goes with its first and last word.
    func lines(of range: Range<Int>) -> ClosedRange<Int>? {
        let range = range.clamped(to: 0..<words)
        guard !range.isEmpty, !firstWords.isEmpty else { return nil }
        let first = range.lowerBound == 0 ? 1 : line(of: range.lowerBound)
        let last = range.upperBound == words ? firstWords.count : line(of: range.upperBound - 1)
        return first...max(first, last)
    }

    /// A range without a word at either end that stands alone on a line of more: four bits may have agreed by chance.
    ///
    /// What is copied begins and ends with a line, as a rule. Only ends that are `checked` are looked at.
    func trimmed(_ range: Range<Int>, where checked: (Int) -> Bool) -> Range<Int> {
        guard range.count > 2, range.lowerBound >= 0, range.upperBound <= words, !firstWords.isEmpty else {
            return range
        }
        var (lower, upper) = (range.lowerBound, range.upperBound)
        if checked(lower), isFirst(lower + 1), !isFirst(lower) { lower += 1 }
        if checked(upper - 1), isFirst(upper - 1), upper < words, !isFirst(upper) { upper -= 1 }
        return lower..<upper
    }

    /// Whether a word is the first of its line.
    private func isFirst(_ word: Int) -> Bool { firstWords[line(of: word) - 1] == word }

    /// The line of a word: the last line whose first word is not past it.
    func line(of word: Int) -> Int {
        var low = 0
        var high = firstWords.count
        while low < high {
            let middle = (low + high) / 2
            if firstWords[middle] <= word { low = middle + 1 } else { high = middle }
        }
        return max(1, low)
    }

    /// The octets that `init(counts:…)` reads, from the number of words that begin in each line: two digits of four bits
    /// each, the low one first; fifteen says that the next one is to be added.
    static func encode(_ counts: [Int]) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(counts.count)
        var isHigh = false
        func append(_ digit: UInt8) {
            if isHigh { octets[octets.count - 1] |= digit << 4 } else { octets.append(digit) }
            isHigh.toggle()
        }
        for count in counts {
            for _ in 0..<(max(count, 0) / Int(carry)) { append(carry) }
            append(UInt8(truncatingIfNeeded: max(count, 0) % Int(carry)))
        }
        return octets
    }

    /// The words of so many lines; nil when there are more lines, or fewer.
    static func total(_ octets: [UInt8], lines: Int) -> Int? {
        var (found, total) = (0, 0)
        for (place, octet) in octets.enumerated() {
            for digit in [octet & carry, octet >> 4] {
                // The last digit may be left over.
                if found == lines { return place == octets.count - 1 ? total : nil }
                total += Int(digit)
                if digit != carry { found += 1 }
            }
        }
        return found == lines ? total : nil
    }

    private static let carry: UInt8 = 15
}
