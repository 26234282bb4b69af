/// The two columns of `diff -y`, told apart by where the right one begins on a display with tabs of eight.
struct ColumnLayout: Equatable {
    /// The column of the right text's first octet, from 0.
    private(set) var right: Int

    /// Octets of a text that stands twice in a line before it tells columns; and how far right the second must stand.
    private static let leastText = 6
    private static let leastRight = 12
    /// How far right the mark between columns must stand where no tab follows it.
    private static let leastGutter = 20

    /// The columns that a line tells: the same text twice, or a mark alone between two.
    init?(_ line: Span<UInt8>) {
        guard let right = Self.twice(line) ?? Self.marked(line) else { return nil }
        self.right = right
    }

    /// A text, a gap, and the same text once more.
    private static func twice(_ line: Span<UInt8>) -> Int? {
        var start = 0
        while start < line.count, isBlank(line[start]) { start += 1 }
        var end = line.count
        while end > start, isBlank(line[end - 1]) { end -= 1 }
        guard end - start > 2 * leastText else { return nil }
        // Of equal texts the second begins past the middle, or at it, whatever the gap.
        var second = start + (end - start) / 2
        while second < end, !isBlank(line[second - 1]) || isBlank(line[second]) { second += 1 }
        let length = end - second
        guard length >= leastText, start + length < second else { return nil }
        for place in 0..<length where line[start + place] != line[second + place] { return nil }
        for place in (start + length)..<second where !isBlank(line[place]) { return nil }
        let column = column(of: second, in: line) - column(of: start, in: line)
        return column >= leastRight ? column : nil
    }

    /// One mark between blanks, of which the column's others follow.
    private static func marked(_ line: Span<UInt8>) -> Int? {
        var found: Int?
        var hasText = false
        for index in line.indices {
            let octet = line[index]
            if isMark(octet), hasText, isBlank(line[index - 1]), index + 1 == line.count || isBlank(line[index + 1]) {
                // A table has more than one.
                guard found == nil else { return nil }
                let isWide = line[index - 1] == 0x09 || index > 1 && isBlank(line[index - 2])
                if isWide { found = index }
            }
            if !isBlank(octet) { hasText = true }
        }
        guard let mark = found else { return nil }
        let column = column(of: mark, in: line)
        let isEnd = mark + 1 == line.count
        guard isEnd ? line[mark] == UInt8(ascii: "<") : true, column >= leastRight else { return nil }
        if isEnd || line[mark + 1] == 0x09 { return (column / 8 + 1) * 8 }
        return column >= leastGutter ? column + 2 : nil
    }

    /// Where the left text of a line ends, and where its right text begins; nil when the line has no such columns.
    func split(_ line: Span<UInt8>) -> (leftEnd: Int, rightStart: Int)? {
        var index = 0
        var column = 0
        while index < line.count, column < right {
            column = Self.advance(column, line[index])
            index += 1
        }
        let rightStart = index
        var end = index
        var isGap = index < line.count
        if index < line.count || end > 0 {
            // Blanks and one mark part the columns.
            while end > 0, Self.isBlank(line[end - 1]) { end -= 1 }
            let hasGap = end < index
            if end > 0, Self.isMark(line[end - 1]), end == 1 || Self.isBlank(line[end - 2]),
                hasGap || index == line.count
            {
                end -= 1
                isGap = true
                while end > 0, Self.isBlank(line[end - 1]) { end -= 1 }
            } else if index < line.count, !hasGap {
                return nil
            }
        }
        // A line that is all left and has no mark is none of these.
        return isGap || end == 0 ? (end, rightStart) : nil
    }

    private static func column(of place: Int, in line: Span<UInt8>) -> Int {
        var column = 0
        for index in 0..<place { column = advance(column, line[index]) }
        return column
    }

    private static func advance(_ column: Int, _ octet: UInt8) -> Int {
        if octet == 0x09 { return (column / 8 + 1) * 8 }
        // Of a character of several octets the first counts.
        return octet & 0xC0 == 0x80 ? column : column + 1
    }

    private static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

    private static func isMark(_ octet: UInt8) -> Bool {
        octet == UInt8(ascii: "|") || octet == UInt8(ascii: "<") || octet == UInt8(ascii: ">")
    }
}
