/// Finds the comments of a source file by their look, whatever the language.
///
/// `//` to the end of the line (not after `:`, as in addresses), `/* */` up to 4 KiB, `# ` and `-- ` after white space,
/// and lines that begin with `* `; beside these the marks of the language, where it is known. Strings are not understood: a wrong guess costs a few fingerprints, no more.
struct CommentScanner {
    /// A stretch of octets that is a comment.
    struct Comment: Equatable {
        /// Where it stands.
        var octets: Range<Int>
        /// Whether it is, or belongs to, a notice of licence or copyright.
        var isNotice: Bool
    }

    /// Octets after which an open `/*` is no longer taken for a comment.
    private static let blockLimit = 4096
    /// Words of notices, in lower case.
    private static let noticeWords = [
        "copyright", "spdx-", "warrant", "redistribut", "rights reserved", "licensed under", "this license",
        "the license", "licence is", "license is", "public license", "permission is hereby", "without permission",
        "mit license", "opensource.org/", "/licenses/", "free software", "distributed under", "general public",
    ]

    /// The comments of `text`, ascending; `style` tells what its language has beside what all have.
    static func comments(in text: [UInt8], style: CommentStyle = .plain) -> [Comment] {
        var found: [Range<Int>] = []
        var index = 0
        var onlySpace = true
        while index < text.count {
            let octet = text[index]
            let next = index + 1 < text.count ? text[index + 1] : 0
            let previous = index > 0 ? text[index - 1] : 0x0A
            let afterSpace = previous == 0x20 || previous == 0x09 || previous == 0x0A || previous == 0x0D
            var end: Int?
            switch octet {
            case 0x2F where next == 0x2F && previous != 0x3A: end = endOfLine(text, from: index)
            case 0x2F where next == 0x2A: end = endOfBlock(text, from: index)
            case 0x23 where afterSpace && (next == 0x20 || next == 0x0A): end = endOfLine(text, from: index)
            case 0x2D where afterSpace && next == 0x2D && index + 2 < text.count && text[index + 2] == 0x20:
                end = endOfLine(text, from: index)
            case 0x2A where onlySpace && next == 0x20: end = endOfLine(text, from: index)
            default: break
            }
            if end == nil, octet != 0x20, octet != 0x0A {
                end = styled(text, from: index, style, afterSpace: afterSpace, onlySpace: onlySpace)
            }
            if let end {
                found.append(index..<end)
                index = end
                onlySpace = false
                continue
            }
            if octet == 0x0A { onlySpace = true } else if octet != 0x20, octet != 0x09 { onlySpace = false }
            index += 1
        }
        return withParagraphs(marked(found, in: text), of: text)
    }

    /// Where a comment ends that begins at `start` by the marks of its language; nil when none does.
    private static func styled(
        _ text: [UInt8],
        from start: Int,
        _ style: CommentStyle,
        afterSpace: Bool,
        onlySpace: Bool
    ) -> Int? {
        guard afterSpace || !style.block.isEmpty else { return nil }
        let rest = text[start...]
        for (open, close) in style.block where rest.starts(with: open) {
            // Quotes and words begin a block at the start of a line only, elsewhere they are strings.
            guard onlySpace || open[0] != 0x22 && open[0] != 0x27 && open[0] != 0x3D else { continue }
            var end = start + open.count
            let limit = min(text.count, start + blockLimit)
            while end + close.count <= limit {
                if text[end] == close[0], text[end...].starts(with: close) { return end + close.count }
                end += 1
            }
        }
        guard afterSpace,
            style.line.contains(where: rest.starts) || onlySpace && style.lineStart.contains(where: rest.starts)
        else { return nil }
        return endOfLine(text, from: start)
    }

    /// Adds the paragraphs outside comments that are notices, as in a manual: those with two different words of notices.
    private static func withParagraphs(_ comments: [Comment], of text: [UInt8]) -> [Comment] {
        var all: [Comment] = []
        var next = 0
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] != 0x0A || end + 1 < text.count && text[end + 1] != 0x0A { end += 1 }
            while next < comments.count, comments[next].octets.lowerBound < start {
                all.append(comments[next])
                next += 1
            }
            let isFree = next == comments.count || comments[next].octets.lowerBound >= end
            let isInside = (all.last?.octets.upperBound ?? 0) > start
            if isFree, !isInside, end - start <= blockLimit, mayBeNotice(text, start..<end),
                noticeWords(in: text[start..<end]) > 1
            {
                all.append(Comment(octets: start..<end, isNotice: true))
            }
            start = end + 1
        }
        return all + comments[next...]
    }

    /// Marks those that stand in one block with a notice's words; comments that only white space parts are one block.
    private static func marked(_ found: [Range<Int>], in text: [UInt8]) -> [Comment] {
        var comments: [Comment] = []
        var blockStart = 0
        while blockStart < found.count {
            var blockEnd = blockStart + 1
            while blockEnd < found.count,
                text[found[blockEnd - 1].upperBound..<found[blockEnd].lowerBound].allSatisfy(isSpace)
            {
                blockEnd += 1
            }
            let block = found[blockStart].lowerBound..<found[blockEnd - 1].upperBound
            let isNotice = noticeWords(in: text[block]) > 0
            for octets in found[blockStart..<blockEnd] { comments.append(Comment(octets: octets, isNotice: isNotice)) }
            blockStart = blockEnd
        }
        return comments
    }

    private static func isSpace(_ octet: UInt8) -> Bool {
        octet == 0x20 || octet == 0x09 || octet == 0x0A || octet == 0x0D
    }

    private static func endOfLine(_ text: [UInt8], from start: Int) -> Int {
        var end = start
        while end < text.count, text[end] != 0x0A { end += 1 }
        return end
    }

    private static func endOfBlock(_ text: [UInt8], from start: Int) -> Int? {
        var end = start + 2
        while end + 1 < text.count, end - start < blockLimit {
            if text[end] == 0x2A, text[end + 1] == 0x2F { return end + 2 }
            end += 1
        }
        return nil
    }

    /// Whether `licen` or `copyr` stands there, as in every notice: a quick look that spares the slow one.
    private static func mayBeNotice(_ text: [UInt8], _ range: Range<Int>) -> Bool {
        let octets = text.span
        guard range.count >= 5 else { return false }
        for start in range.lowerBound..<(range.upperBound - 4) {
            let first = octets[start] | 0x20
            guard first == 0x6C || first == 0x63 else { continue }
            let second = octets[start + 1] | 0x20
            let third = octets[start + 2] | 0x20
            let fourth = octets[start + 3] | 0x20
            let fifth = octets[start + 4] | 0x20
            if first == 0x6C, second == 0x69, third == 0x63, fourth == 0x65, fifth == 0x6E { return true }
            if first == 0x63, second == 0x6F, third == 0x70, fourth == 0x79, fifth == 0x72 { return true }
        }
        return false
    }

    /// How many of the words the octets hold.
    private static func noticeWords(in octets: ArraySlice<UInt8>) -> Int {
        let folded = octets.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        return noticeWords.count { word in
            let needle = Array(word.utf8)
            guard folded.count >= needle.count, let first = needle.first else { return false }
            for start in 0...(folded.count - needle.count) where folded[start] == first {
                if folded[start..<(start + needle.count)].elementsEqual(needle) { return true }
            }
            return false
        }
    }
}
