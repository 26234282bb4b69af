import Fingerprints

/// Text against an index of the example code, in leaves and pieces.
enum CodeBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let plan = input.plan()
        let text = input.rest()
        let whole = matches(text, [0..<text.count], [Shipped.index])
        let cut = matches(text, Piece.cuts(text.count, by: plan), [Shipped.index])
        hold(whole == cut, "matches are the same however a text is cut: \(whole) and \(cut)")
    }

    /// What a text matches; each octet of value 0 begins another leaf.
    static func matches(_ text: [UInt8], _ cuts: [Range<Int>], _ indexes: [FingerprintIndex]) -> [CodeMatch] {
        var matcher = CodeMatcher(indexes)
        var tag = 0
        matcher.leafBegan(tag: tag)
        for range in cuts {
            var start = range.lowerBound
            for index in range where text[index] == 0 {
                matcher.leafText(text.span.extracting(start..<index))
                matcher.leafEnded()
                tag += 1
                matcher.leafBegan(tag: tag)
                start = index + 1
            }
            matcher.leafText(text.span.extracting(start..<range.upperBound))
        }
        matcher.textEnded()
        let matches = matcher.matches()
        hold(!matcher.hasNewFinding, "what was taken is not new")
        for match in matches {
            hold(match.coverage >= 0 && match.coverage <= 1, "coverage is a share: \(match.coverage)")
            hold(match.score.isFinite && match.score >= 0, "a score is a number: \(match.score)")
            hold(match.strongestTag <= tag, "a tag comes back")
            hold(match.matchedLines == match.lines.count, "lines are counted")
            hold(match.matchedLines <= match.totalLines, "no more lines match than there are")
        }
        return matches
    }
}
