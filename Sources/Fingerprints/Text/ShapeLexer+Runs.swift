/// Reading text whose words and marks have been found: what `word` and `mark` do octet by octet, a step a token.
///
/// Words and most marks are tokens whatever stands around them. The few that may begin a comment, or are nothing at the start
/// of a line, are looked at with the octets beside them; only where these do not tell, the lexer's own states judge, a few
/// octets long.
extension ShapeLexer {
    /// Reads the words found last in a slice, `text`, and what stands between them.
    ///
    /// The slice begins at `base` in its text, and `ordinal` is the number of the first of the words.
    mutating func read(
        _ runs: borrowing WordRuns,
        of text: Span<UInt8>,
        base: Int,
        before ordinal: UInt32,
        _ keywords: borrowing Keywords,
        _ output: inout TokenOutput
    ) {
        var lexer = self
        defer { self = lexer }
        var cursor = Cursor(place: runs.searched.lowerBound, end: runs.searched.upperBound)
        while cursor.place < cursor.end {
            switch lexer.comment {
            case .none: break
            case .line: lexer.skipLine(&cursor, runs)
            case .block: lexer.skipBlock(&cursor, runs, text, base)
            }
            guard cursor.place < cursor.end else { break }
            if lexer.comment != .none || lexer.held != .none {
                lexer.step(&cursor, runs, text, base, ordinal, keywords, &output)
                continue
            }
            lexer.run(&cursor, runs, text, ordinal, &output)
            guard cursor.place < cursor.end else { break }
            lexer.step(&cursor, runs, text, base, ordinal, keywords, &output)
        }
    }

    /// How far the slice has been read: the octets, the places where something stands, the words.
    fileprivate struct Cursor {
        var place: Int
        let end: Int
        var event = 0
        var word = 0

        /// Goes on to `place`, past what stands before it.
        @inline(__always)
        mutating func move(to place: Int, _ runs: borrowing WordRuns) {
            self.place = place
            let (events, starts) = (runs.foundEvents, runs.foundStarts)
            while event < events.count, Int(events[event]) < place { event &+= 1 }
            while Int(starts[word]) < place { word &+= 1 }
        }
    }

    /// Reads tokens up to an octet that the states must judge, and sets them as they are before it.
    private mutating func run(
        _ cursor: inout Cursor,
        _ runs: borrowing WordRuns,
        _ text: Span<UInt8>,
        _ ordinal: UInt32,
        _ output: inout TokenOutput
    ) {
        let start = cursor.place
        let (found, last) = output.tokens(
            of: runs,
            in: text,
            from: start,
            isLineStart: isLineStart,
            ordinal,
            &cursor.event,
            &cursor.word
        )
        isLineStart =
            last >= 0
            ? Self.hasLineEnd(last..<found, runs.lineEnds)
            : isLineStart || Self.hasLineEnd(start..<found, runs.lineEnds)
        if found > start {
            let before = text[found - 1]
            isAfterSpace = before <= 0x20 || before == 0x7F
            isAfterColon = before == 0x3A
        }
        cursor.place = found
    }

    /// Whether an octet is punctuation.
    @inline(__always)
    private static func isMark(_ octet: UInt8) -> Bool { octet &- 0x30 >= 10 && (octet | 0x20) &- 0x61 >= 26 }

    private static func hasLineEnd(_ places: Range<Int>, _ lines: Span<UInt64>) -> Bool {
        lineEnd(places.lowerBound, before: places.upperBound, lines) < places.upperBound
    }

    /// The next end of line from `start` on; `end` where there is none before it.
    @inline(__always)
    private static func lineEnd(_ start: Int, before end: Int, _ lines: Span<UInt64>) -> Int {
        guard start < end else { return end }
        var block = start &>> 6
        var bits = lines[block] & (UInt64.max &<< UInt64(truncatingIfNeeded: start & 63))
        while bits == 0 {
            block &+= 1
            guard block &<< 6 < end else { return end }
            bits = lines[block]
        }
        return min(end, block &<< 6 &+ bits.trailingZeroBitCount)
    }

    /// Has the states judge the next octet, or word.
    private mutating func step(
        _ cursor: inout Cursor,
        _ runs: borrowing WordRuns,
        _ text: Span<UInt8>,
        _ base: Int,
        _ ordinal: UInt32,
        _ keywords: borrowing Keywords,
        _ output: inout TokenOutput
    ) {
        let place = cursor.place
        let number = ordinal &+ UInt32(truncatingIfNeeded: cursor.word)
        let octet = text[place]
        var next = place + 1
        if Int(runs.foundStarts[cursor.word]) == place {
            word(runs.foundHashes[cursor.word], at: number, keywords, &output)
        } else if octet == 0x5C {
            // A backslash is nothing, and what is behind it may be white space.
            if next < cursor.end, let space = Self.space(escaped: text[next]) {
                mark(space, at: base &+ next, before: number, &output)
                next += 1
            }
        } else if cursor.event < runs.foundEvents.count, Int(runs.foundEvents[cursor.event]) == place {
            mark(Self.isMark(octet) ? octet : 0x30, at: base &+ place, before: number, &output)
        } else if place > runs.searched.lowerBound, text[place - 1] == 0x5C, let space = Self.space(escaped: octet) {
            mark(space, at: base &+ place, before: number, &output)
        } else if !Self.isOfWord(octet) {
            mark(octet, at: base &+ place, before: number, &output)
        }
        cursor.move(to: next, runs)
    }

    /// The white space that an octet behind a backslash stands for.
    private static func space(escaped octet: UInt8) -> UInt8? {
        switch octet {
        case 0x6E, 0x72: 0x0A
        case 0x74: 0x20
        default: nil
        }
    }

    /// Whether an octet belongs to a word or a number.
    private static func isOfWord(_ octet: UInt8) -> Bool { !isMark(octet) || octet == 0x24 || octet == 0x5F }

    /// Skips a comment up to the end of the line.
    private mutating func skipLine(_ cursor: inout Cursor, _ runs: borrowing WordRuns) {
        let end = Self.lineEnd(cursor.place, before: cursor.end, runs.lineEnds)
        guard end < cursor.end else { return cursor.move(to: cursor.end, runs) }
        comment = .none
        isLineStart = true
        isAfterSpace = true
        cursor.move(to: end + 1, runs)
    }

    /// Skips a comment up to the slash that may end it, or to where it is no longer taken for one.
    private mutating func skipBlock(
        _ cursor: inout Cursor,
        _ runs: borrowing WordRuns,
        _ text: Span<UInt8>,
        _ base: Int
    ) {
        let limit = max(cursor.place, min(cursor.end, blockStart &+ Self.blockLimit &- base))
        let events = runs.foundEvents
        var end = limit
        var event = cursor.event
        while event < events.count, Int(events[event]) < limit {
            let place = Int(events[event])
            if text[place] == 0x2F,
                place == cursor.place || text[place &- 1] == 0x2A || text[place &- 1] == 0x5C
            {
                end = place
                break
            }
            event &+= 1
        }
        guard end > cursor.place else { return }
        if Self.hasLineEnd(cursor.place..<end, runs.lineEnds) {
            isLineStart = true
            isAfterSpace = true
        }
        var before = end - 1
        while before > cursor.place, text[before] == 0x5C { before -= 1 }
        if text[before] != 0x5C { isAfterStar = text[before] == 0x2A }
        cursor.move(to: end, runs)
    }
}
