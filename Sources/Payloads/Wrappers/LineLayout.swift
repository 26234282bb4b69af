internal import Wire

/// What a tool has put at the start of one line, or around it.
///
/// Lines are given without their end.
enum LineLayout {
    /// A number, and where the text of the line begins behind its prefix.
    struct Prefix: Equatable {
        var number: Int
        var start: Int
        /// Where the path ends that the line begins with; 0 when it names none.
        var pathEnd = 0
        var pathStart = 0
    }

    /// The ranges of a hunk's header.
    struct Hunk: Equatable {
        var oldLine = 0
        var oldCount = 0
        var newLine = 0
        var newCount = 0
        /// Octets of prefix of each line: one for each file compared.
        var width = 1
        /// Whether the header tells numbers.
        var isNumbered = false
    }

    /// Digits of a line's number at the most.
    static let digitLimit = 7
    private static let pathLimit = 300

    // MARK: - Prefixes

    /// `path:12:` and `path-12-`, as grep, ripgrep and compilers write them; of `path:12:5:` all is prefix.
    static func search(_ line: Span<UInt8>) -> Prefix? {
        var index = 0
        var isPath = false
        var extensionStart: Int?
        var hasLetter = false
        while index < line.count, index < pathLimit {
            let octet = line[index]
            switch octet {
            case UInt8(ascii: ":"):
                // A drive's letter.
                if index == 1, line.count > 2, line[2] == UInt8(ascii: "\\") || line[2] == UInt8(ascii: "/") { break }
                guard isPath, hasLetter, let (number, end) = number(line, index + 1), end < line.count,
                    line[end] == octet
                else {
                    return nil
                }
                var start = end + 1
                if let (_, column) = Self.number(line, start), column < line.count, line[column] == octet {
                    start = column + 1
                }
                return Prefix(number: number, start: start, pathEnd: index)
            case UInt8(ascii: "-"):
                guard let begin = extensionStart, 1...6 ~= index - begin else { break }
                guard let (number, end) = number(line, index + 1), end < line.count, line[end] == octet else { break }
                return Prefix(number: number, start: end + 1, pathEnd: index)
            case UInt8(ascii: "."):
                isPath = true
                extensionStart = index + 1
            case UInt8(ascii: "/"), UInt8(ascii: "\\"):
                isPath = true
                extensionStart = nil
            case UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "@"), UInt8(ascii: "~"): extensionStart = nil
            default:
                guard ASCII.isLetter(octet) || octet &- 0x30 < 10 || octet >= 0x80 else { return nil }
                hasLetter = hasLetter || octet > 0x39
            }
            index += 1
        }
        return nil
    }

    /// `1f0c4e2a (A. Author 2024-05-06 07:08:09 +0200 12) `, as `git blame` writes it, with a path or without.
    static func blame(_ line: Span<UInt8>) -> Prefix? {
        var index = 0
        if index < line.count, line[index] == UInt8(ascii: "^") { index += 1 }
        let hash = index
        while index < line.count, ASCII.hexValue(line[index]) != nil { index += 1 }
        guard 6...40 ~= index - hash, index < line.count, line[index] == 0x20 else { return nil }
        let pathStart = index + 1
        while index < line.count, index < pathLimit, line[index] != UInt8(ascii: "(") { index += 1 }
        guard index < line.count, line[index] == UInt8(ascii: "("), line[index - 1] == 0x20 else { return nil }
        var pathEnd = index
        while pathEnd > pathStart, line[pathEnd - 1] == 0x20 { pathEnd -= 1 }
        let open = index
        while index < line.count, index < open + 120 {
            if line[index] == UInt8(ascii: ")"), let number = numberBefore(line, index, after: open),
                hasDate(line, open + 1, index)
            {
                let start = index + 1
                let hasSpace = start < line.count && line[start] == 0x20
                return Prefix(
                    number: number,
                    start: hasSpace ? start + 1 : start,
                    pathEnd: max(pathEnd, pathStart),
                    pathStart: pathStart
                )
            }
            index += 1
        }
        return nil
    }

    private static func hasDate(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        var index = start
        while index + 10 <= end {
            if line[index + 4] == UInt8(ascii: "-"), line[index + 7] == UInt8(ascii: "-"),
                let (_, first) = number(line, index),
                first == index + 4, let (_, last) = number(line, index + 8), last == index + 10
            {
                return true
            }
            index += 1
        }
        return false
    }

    private static func numberBefore(_ line: Span<UInt8>, _ end: Int, after open: Int) -> Int? {
        var start = end
        while start > open + 1, line[start - 1] &- 0x30 < 10 { start -= 1 }
        guard line[start - 1] == 0x20, let (value, last) = number(line, start), last == end else { return nil }
        return value
    }

    /// The number whose digits begin at `start`, and where they end.
    static func number(_ line: Span<UInt8>, _ start: Int) -> (value: Int, end: Int)? {
        var index = start
        var value = 0
        while index < line.count, line[index] &- 0x30 < 10 {
            guard index - start < digitLimit else { return nil }
            value = value * 10 + Int(line[index] & 0x0F)
            index += 1
        }
        return index > start ? (value, index) : nil
    }

    // MARK: - Diffs

    /// `@@ -1,2 +3,4 @@`, or without numbers, as patches for models have it; `@@@ … @@@` of merges.
    static func hunk(_ line: Span<UInt8>) -> Hunk? {
        var signs = 0
        while signs < line.count, line[signs] == UInt8(ascii: "@") { signs += 1 }
        guard 2...5 ~= signs, signs == line.count || line[signs] == 0x20 else { return nil }
        var hunk = Hunk(width: signs - 1)
        var index = signs
        var ranges = 0
        while index + 1 < line.count, line[index] == 0x20,
            line[index + 1] == UInt8(ascii: "-") || line[index + 1] == UInt8(ascii: "+")
        {
            let isNew = line[index + 1] == UInt8(ascii: "+")
            guard let (first, end) = number(line, index + 2) else { break }
            index = end
            var count = 1
            if index < line.count, line[index] == UInt8(ascii: ","), let (value, end) = number(line, index + 1) {
                count = value
                index = end
            }
            if isNew {
                (hunk.newLine, hunk.newCount) = (first, count)
            } else {
                (hunk.oldLine, hunk.oldCount) = (first, count)
            }
            hunk.isNumbered = true
            ranges += 1
        }
        return hunk.isNumbered && ranges < 2 ? nil : hunk
    }

    /// The line's number of `*** 1,2 ****` or `--- 3,4 ----`, a context diff's.
    static func context(_ line: Span<UInt8>) -> Int? {
        guard line.count > 8, line[0] == UInt8(ascii: "*") || line[0] == UInt8(ascii: "-"), line[1] == line[0],
            line[2] == line[0],
            line[3] == 0x20, let (first, end) = number(line, 4)
        else { return nil }
        var index = end
        if index < line.count, line[index] == UInt8(ascii: ","), let (_, end) = number(line, index + 1) { index = end }
        guard index + 4 < line.count, line[index] == 0x20 else { return nil }
        for place in 1...4 where line[index + place] != line[0] { return nil }
        return first
    }

    /// Whether git begins another file's diff.
    static func isGit(_ line: Span<UInt8>) -> Bool { ASCII.hasPrefix(line, ignoringCase: "diff --git ") }

    /// Where the path stands that a diff's line `+++ b/path`, `--- a/path`, `*** path` or `*** Update File: path` names.
    static func path(_ line: Span<UInt8>) -> Range<Int>? {
        guard line.count > 4, line[1] == line[0], line[2] == line[0], line[3] == 0x20 else { return nil }
        var start = 4
        switch line[0] {
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            if line.count > 6, line[5] == UInt8(ascii: "/"), ASCII.isLetter(line[4]) { start = 6 }
        case UInt8(ascii: "*"):
            for word in ["Update File: ", "Add File: ", "Delete File: ", "Move to: "]
            where ASCII.hasPrefix(line.extracting(4..<line.count), ignoringCase: word) {
                start = 4 + word.utf8.count
            }
        default: return nil
        }
        var end = start
        while end < line.count, line[end] != 0x09 { end += 1 }
        while end > start, line[end - 1] == 0x20 { end -= 1 }
        var hasMark = false
        for index in start..<end where line[index] == UInt8(ascii: ".") || line[index] == UInt8(ascii: "/") {
            hasMark = true
        }
        return hasMark && end - start < pathLimit ? start..<end : nil
    }

    // MARK: - Single lines

    /// `[12] `, or `... `, which an interpreter writes before lines that go on.
    static func brackets(_ line: Span<UInt8>) -> Prefix? {
        if line.count > 3, line[0] == UInt8(ascii: "."), line[1] == line[0], line[2] == line[0], line[3] == 0x20 {
            return Prefix(number: 0, start: 4)
        }
        guard line[0] == UInt8(ascii: "["), let (number, end) = number(line, 1), end < line.count,
            line[end] == UInt8(ascii: "]")
        else { return nil }
        return Prefix(number: number, start: end + 1)
    }

    /// What stands between the bars of a table's row.
    static func cell(_ line: Span<UInt8>) -> Range<Int>? {
        guard line[0] == UInt8(ascii: "|") else { return nil }
        var end = line.count
        while end > 1, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
        return end > 2 && line[end - 1] == UInt8(ascii: "|") ? 1..<(end - 1) : nil
    }

    /// The content of a line that is a string which ends in `\n`, as in notebooks and in code that writes code.
    static func string(_ line: Span<UInt8>) -> Range<Int>? {
        var start = 0
        while start < line.count, line[start] == 0x20 || line[start] == 0x09 || line[start] == UInt8(ascii: "+") {
            start += 1
        }
        guard start < line.count, line[start] == UInt8(ascii: "\"") || line[start] == UInt8(ascii: "'") else {
            return nil
        }
        let quote = line[start]
        var end = line.count
        while end > start, line[end - 1] != quote {
            switch line[end - 1] {
            case 0x20, 0x09, UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: "\\"): end -= 1
            default: return nil
            }
        }
        guard end - start > 4, line[end - 2] == UInt8(ascii: "n"), line[end - 3] == UInt8(ascii: "\\") else {
            return nil
        }
        return (start + 1)..<(end - 3)
    }

    /// The line without a carriage return at its end.
    @_lifetime(copy line)
    static func withoutReturn(_ line: Span<UInt8>) -> Span<UInt8> {
        guard line.count > 0, line[line.count - 1] == 0x0D else { return line }
        return line.extracting(0..<(line.count - 1))
    }

    /// The line without the control sequences of a terminal, if there are any.
    static func withoutControls(_ line: Span<UInt8>) -> [UInt8]? {
        var index = 0
        while index < line.count, line[index] != 0x1B { index += 1 }
        guard index < line.count else { return nil }
        var plain: [UInt8] = []
        plain.reserveCapacity(line.count)
        index = 0
        while index < line.count {
            if line[index] == 0x1B, index + 1 < line.count, line[index + 1] == UInt8(ascii: "[") {
                var end = index + 2
                while end < line.count, 0x20...0x3F ~= line[end] { end += 1 }
                if end < line.count, 0x40...0x7E ~= line[end] {
                    index = end + 1
                    continue
                }
            }
            plain.append(line[index])
            index += 1
        }
        if plain.last == 0x0D { plain.removeLast() }
        return plain
    }

    // MARK: - Words

    /// Whether a diff of words has taken something out of the line, or put something in: `[-out-]`, `{+in+}`.
    static func hasWords(_ line: Span<UInt8>) -> Bool { splitWords(line) { _, _, _ in } }

    /// Calls `body` with the parts of a line of a diff of words, and whether they are of the old file and of the new.
    @discardableResult
    static func splitWords(_ line: Span<UInt8>, _ body: (Range<Int>, Bool, Bool) -> Void) -> Bool {
        var start = 0
        var index = 0
        var isDiff = false
        while index + 3 < line.count {
            let isOld = line[index] == UInt8(ascii: "[") && line[index + 1] == UInt8(ascii: "-")
            let isNew = line[index] == UInt8(ascii: "{") && line[index + 1] == UInt8(ascii: "+")
            let sign = line[index + 1]
            var end = index + 2
            if isOld || isNew {
                let close: UInt8 = isOld ? UInt8(ascii: "]") : UInt8(ascii: "}")
                while end + 1 < line.count, line[end] != sign || line[end + 1] != close { end += 1 }
            }
            guard isOld || isNew, end + 1 < line.count else {
                // What is not closed is none, and neither is what comes behind it.
                if isOld || isNew { break }
                index += 1
                continue
            }
            isDiff = true
            body(start..<index, true, true)
            body((index + 2)..<end, isOld, isNew)
            index = end + 2
            start = index
        }
        body(start..<line.count, true, true)
        return isDiff
    }

    // MARK: - Dumps

    /// Whether a line is one of a dump.
    static func isDump(_ line: Span<UInt8>) -> Bool {
        guard !line.isEmpty, ASCII.hexValue(line[0]) != nil else { return false }
        var octets: [UInt8] = []
        return dump(line, into: &octets)
    }

    /// Takes the octets of a line of `xxd` or `hexdump -C` into `output`; false when it is none.
    static func dump(_ line: Span<UInt8>, into output: inout [UInt8]) -> Bool {
        var index = 0
        while index < line.count, ASCII.hexValue(line[index]) != nil { index += 1 }
        guard 6...10 ~= index, index + 3 < line.count else { return false }
        let isPlain = line[index] == UInt8(ascii: ":")
        guard isPlain ? line[index + 1] == 0x20 : line[index] == 0x20 && line[index + 1] == 0x20 else { return false }
        index += 2
        var octets = 0
        while index + 1 < line.count, octets < 32 {
            if line[index] == 0x20 {
                // Two blanks end the octets, but in the middle of sixteen.
                if line[index + 1] == 0x20, isPlain || octets != 8 { break }
                index += 1
                continue
            }
            guard let high = ASCII.hexValue(line[index]), let low = ASCII.hexValue(line[index + 1]) else { break }
            output.append(high << 4 | low)
            octets += 1
            index += 2
        }
        return octets > 0
    }
}
