/// On which line of a file each of its words stands.
struct LineMap {
    /// For each line the position of the first word at or after its start, ascending.
    private var firstWords: [Int] = []
    /// The number of words of the file.
    private let words: Int

    /// Reads the map of a file from its line counts.
    init(counts octets: [UInt8], lines: Int, words: Int) {
        self.words = words
        var position = 0
        var value = 0
        var shift = 0
        for octet in octets where firstWords.count < lines {
            value |= Int(octet & 0x7F) << shift
            if octet & 0x80 != 0 {
                shift = min(shift + 7, 28)
                continue
            }
            firstWords.append(position)
            position = min(position + value, words)
            value = 0
            shift = 0
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

    /// The line of a word: the last line whose first word is not past it.
    private func line(of word: Int) -> Int {
        var low = 0
        var high = firstWords.count
        while low < high {
            let middle = (low + high) / 2
            if firstWords[middle] <= word { low = middle + 1 } else { high = middle }
        }
        return max(1, low)
    }

    /// The octets that `init(counts:…)` reads, from the number of words that begin in each line.
    static func encode(_ counts: [Int]) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(counts.count)
        for count in counts {
            var rest = count
            while rest >= 0x80 {
                octets.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            octets.append(UInt8(truncatingIfNeeded: rest))
        }
        return octets
    }
}
