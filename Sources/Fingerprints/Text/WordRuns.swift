internal import CTextScan

/// Finds and hashes the words of plain text, 64 octets at a time: positions first, hashing after.
///
/// Scratch memory, to be shared by all texts of a thread. A slice is read once; then its words are asked for from any
/// place in it, up to the next octet that only the states of `Normalizer` can judge.
@safe
struct WordRuns {
    /// The most octets of a slice.
    static let slice = 4096

    /// Elements that loops in C read or write behind the last.
    static let lookAhead = 16

    /// For each block of 64 octets which of them belong to words, which stop the search, which are punctuation, and which
    /// end lines.
    private var words = [UInt64](repeating: 0, count: slice / 64)
    private var stops = [UInt64](repeating: 0, count: slice / 64)
    private var marks = [UInt64](repeating: 0, count: slice / 64)
    private var lines = [UInt64](repeating: 0, count: slice / 64)
    /// Where runs begin and end, by turns; with room for what the search writes past its last.
    private var bounds = [UInt32](repeating: 0, count: slice + 128)
    /// Where runs begin and marks stand, with room likewise.
    private var events = [UInt32](repeating: 0, count: slice + 128)
    /// Where lines begin that may have a number.
    private var numbered = [UInt32](repeating: 0, count: slice)
    /// The octets of the slice.
    private var octets = 0
    /// The words found last: their hashes, what their tokens are, and the places of their first octets.
    private var hashes = [UInt64](repeating: 0, count: slice / 2 + 1)
    private var tokens = [UInt64](repeating: 0, count: slice / 2 + 1 + lookAhead)
    private var starts = [UInt32](repeating: 0, count: slice / 2 + 1 + lookAhead)
    private let keywords = Keywords.all

    /// The form of the loops in C that is used.
    private let form: Int32

    /// The number of words found last.
    private(set) var count = 0

    /// The range that was searched last.
    private(set) var searched = 0..<0
    /// The number of runs, numbers and gutters among them, and of marks found last.
    private var eventCount = 0

    /// Where the runs found last begin and the marks between them stand, ascending.
    var foundEvents: Span<UInt32> {
        @_lifetime(borrow self)
        get { events.span.extracting(0..<eventCount) }
    }

    /// For each block of 64 octets of the slice which of them end lines.
    var lineEnds: Span<UInt64> {
        @_lifetime(borrow self)
        get { lines.span }
    }

    /// How many such lines begin in the range that was searched last, and where the last line does, -1 where none does.
    private var numberedCount = 0
    private(set) var lastLine = -1

    /// Where the lines begin that may have a number, of those that begin in the range that was searched last.
    var numberedLines: Span<UInt32> {
        @_lifetime(borrow self)
        get { numbered.span.extracting(0..<numberedCount) }
    }

    /// The hashes of the words found last.
    var foundHashes: Span<UInt64> {
        @_lifetime(borrow self)
        get { hashes.span }
    }

    /// Where the words found last begin in the slice; behind the last stands what is no place.
    var foundStarts: Span<UInt32> {
        @_lifetime(borrow self)
        get { starts.span }
    }

    /// Scratch; `form` keeps to an older form of the loops than the newest that this machine can run, 0 being the oldest.
    init(form: Int32 = .max) {
        self.form = min(form, ctextscan_form())
    }

    /// Classifies the octets of a slice; what is longer than `slice` is cut.
    mutating func read(_ text: Span<UInt8>) {
        octets = min(text.count, Self.slice)
        // `octets` octets are read; each array has an element for each 64 of them.
        unsafe words.withUnsafeMutableBufferPointer { words in
            unsafe stops.withUnsafeMutableBufferPointer { stops in
                unsafe marks.withUnsafeMutableBufferPointer { marks in
                    unsafe lines.withUnsafeMutableBufferPointer { lines in
                        unsafe text.withUnsafeBufferPointer { text in
                            unsafe ctextscan_classify_all(
                                form,
                                text.baseAddress,
                                octets,
                                words.baseAddress,
                                stops.baseAddress
                            )
                            unsafe ctextscan_mark_all(
                                form,
                                text.baseAddress,
                                octets,
                                marks.baseAddress,
                                lines.baseAddress
                            )
                            unsafe ctextscan_undo_escapes(
                                form,
                                text.baseAddress,
                                octets,
                                words.baseAddress,
                                stops.baseAddress,
                                marks.baseAddress,
                                lines.baseAddress
                            )
                            unsafe ctextscan_mark_sequences(form, text.baseAddress, octets, stops.baseAddress)
                        }
                    }
                }
            }
        }
    }

    /// Finds the words of the slice that was read, which `text` is, between `start`, at which no word is open, and the next
    /// stop.
    ///
    /// `isLineStart` tells whether no word has been seen since the last end of line, before and after.
    ///
    /// - Returns: Where the search ended: at a stop, at the end of the slice, or at the beginning of a run that touches it.
    mutating func find(in text: Span<UInt8>, from start: Int, isLineStart: inout Bool) -> Int {
        count = 0
        eventCount = 0
        numberedCount = 0
        lastLine = -1
        searched = 0..<0
        guard start >= 0, start <= octets, text.count == octets else { return text.count }
        let (runs, end) = findRuns(from: start)
        count = Self.hash(
            form,
            bounds,
            runs,
            of: text,
            from: start,
            to: end,
            &isLineStart,
            keywords,
            into: &hashes,
            &tokens,
            at: &starts
        )
        starts[count] = .max
        searched = start..<max(start, end)
        findEvents()
        findNumberedLines(in: text)
        return end
    }

    /// Finds the bounds of the runs up to the next stop, and gives their number and where the search ended.
    private mutating func findRuns(from start: Int) -> (runs: Int, end: Int) {
        guard start < octets else { return (0, start) }
        let first = start / 64
        let head = UInt64.max &<< UInt64(truncatingIfNeeded: start & 63)
        var last = first
        var limit = octets
        var stop = stops[first] & head
        while stop == 0, (last + 1) * 64 < octets {
            last += 1
            stop = stops[last]
        }
        var tail = UInt64.max
        if stop != 0 {
            let place = stop.trailingZeroBitCount
            limit = last * 64 + place
            tail = (1 &<< UInt64(truncatingIfNeeded: place)) &- 1
        }
        // Each octet of the slice is a place at most once; behind those there is room for 64 more, and for as many.
        var found = unsafe words.withUnsafeBufferPointer { words in
            unsafe bounds.withUnsafeMutableBufferPointer { bounds in
                Int(unsafe ctextscan_turns(form, words.baseAddress, first, last, head, tail, bounds.baseAddress))
            }
        }
        // A run that touches the end may go on in the next slice, one that touches a stop behind it.
        if found & 1 == 0, found > 0, Int(bounds[found - 1]) >= limit { found -= 1 }
        return (found / 2, found & 1 == 0 ? limit : Int(bounds[found - 1]))
    }

    /// Finds where runs begin and marks stand in the range that was searched.
    private mutating func findEvents() {
        guard let last = searched.last else { return }
        let first = searched.lowerBound
        let head = UInt64.max &<< UInt64(truncatingIfNeeded: first & 63)
        let tail = UInt64.max &>> UInt64(truncatingIfNeeded: 63 - last & 63)
        // As in `findRuns`; the range lies in the slice.
        eventCount = unsafe words.withUnsafeBufferPointer { words in
            unsafe marks.withUnsafeBufferPointer { marks in
                unsafe events.withUnsafeMutableBufferPointer { events in
                    Int(
                        unsafe ctextscan_events(
                            form,
                            words.baseAddress,
                            marks.baseAddress,
                            first / 64,
                            last / 64,
                            head,
                            tail,
                            events.baseAddress
                        )
                    )
                }
            }
        }
    }

    /// Finds the lines that may have a number in the range that was searched.
    private mutating func findNumberedLines(in text: Span<UInt8>) {
        // The range lies in the text and the masks have a bit for each octet of it, so that there is room for each line.
        numberedCount = unsafe text.withUnsafeBufferPointer { text in
            unsafe words.withUnsafeBufferPointer { words in
                unsafe lines.withUnsafeBufferPointer { lines in
                    unsafe numbered.withUnsafeMutableBufferPointer { numbered in
                        unsafe ctextscan_numbered(
                            form,
                            text.baseAddress,
                            searched.lowerBound,
                            searched.upperBound,
                            words.baseAddress,
                            lines.baseAddress,
                            numbered.baseAddress,
                            &lastLine
                        )
                    }
                }
            }
        }
    }

    /// Writes the tokens of what was found, from `place` on, up to the first mark that what stands beside it does not tell from
    /// a comment, and gives where that is; the end of the range that was searched where there is none.
    ///
    /// `isLineStart` tells whether no token stands between the last end of line and `place`; `cursor` says what comes next, and
    /// `ordinal` is the number of the first word found.
    func tokens(
        of text: Span<UInt8>,
        from place: Int,
        isLineStart: Bool,
        _ ordinal: UInt32,
        _ cursor: inout ctextscan_cursor,
        into tokens: inout MutableSpan<ShapeToken>
    ) -> Int {
        let end = searched.upperBound
        guard text.count == octets, place >= 0, place <= end, cursor.event <= eventCount, cursor.word <= count,
            eventCount - Int(cursor.event) <= tokens.count - Self.lookAhead - Int(cursor.count)
        else { return end }
        // Events are places in the text, ascending, each of a word found, a number or a mark; each array has an element for each
        // of them, those of words sixteen more; there is a mask for each block of the range, and a value for each octet of ASCII.
        // The tokens are laid out as C's are.
        return unsafe keywords.withValues { values in
            unsafe text.withUnsafeBufferPointer { text in
                unsafe events.withUnsafeBufferPointer { events in
                    unsafe starts.withUnsafeBufferPointer { starts in
                        unsafe self.tokens.withUnsafeBufferPointer { words in
                            unsafe lines.withUnsafeBufferPointer { lines in
                                unsafe tokens.withUnsafeMutableBytes { tokens in
                                    var found = unsafe ctextscan_found(
                                        text: text.baseAddress,
                                        size: octets,
                                        events: events.baseAddress,
                                        count: eventCount,
                                        starts: starts.baseAddress,
                                        words: words.baseAddress,
                                        lines: lines.baseAddress,
                                        marks: values.marks
                                    )
                                    return unsafe ctextscan_tokens(
                                        form,
                                        &found,
                                        place,
                                        end,
                                        isLineStart ? 1 : 0,
                                        ordinal,
                                        tokens.baseAddress?.assumingMemoryBound(to: ctextscan_token.self),
                                        &cursor
                                    )
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Hashes those of the runs that are words, and gives their number.
    private static func hash(
        _ form: Int32,
        _ bounds: [UInt32],
        _ runs: Int,
        of text: Span<UInt8>,
        from start: Int,
        to end: Int,
        _ isLineStart: inout Bool,
        _ keywords: borrowing Keywords,
        into hashes: inout [UInt64],
        _ tokens: inout [UInt64],
        at starts: inout [UInt32]
    ) -> Int {
        guard runs <= min(bounds.count / 2, hashes.count, tokens.count, starts.count - 1 - lookAhead) else { return 0 }
        var line = LineStart(isKnown: isLineStart, place: start)
        var count = 0
        var next = 0
        while true {
            let before = count
            if text.count >= 16 {
                count = quick(form, bounds, &next, runs, text, keywords, &hashes, &tokens, &starts, count)
            }
            if count > before {
                // The last run that was hashed begins where the last word does.
                var last = next - 1
                while bounds[2 * last] != starts[count - 1] { last -= 1 }
                line = LineStart(isKnown: false, place: Int(bounds[2 * last + 1]))
            }
            guard next < runs else { break }
            let first = Int(bounds[2 * next])
            let word = text.extracting(first..<Int(bounds[2 * next + 1]))
            next += 1
            guard isWord(word, at: first, of: text, &line) else { continue }
            let hash = hash(of: word)
            hashes[count] = hash
            tokens[count] = ShapeToken.word(hash, isKeyword: keywords.contain(hash), at: 0).value
            starts[count] = UInt32(truncatingIfNeeded: first)
            count += 1
            line = LineStart(isKnown: false, place: first + word.count)
        }
        isLineStart = line.isStart(at: end, of: text)
        return count
    }

    /// Hashes runs up to the next one that takes judgement, `next`, and gives the number of hashes then.
    private static func quick(
        _ form: Int32,
        _ bounds: [UInt32],
        _ next: inout Int,
        _ runs: Int,
        _ text: Span<UInt8>,
        _ keywords: borrowing Keywords,
        _ hashes: inout [UInt64],
        _ tokens: inout [UInt64],
        _ starts: inout [UInt32],
        _ count: Int
    ) -> Int {
        // Bounds are places in the text that ascend by turns, two for each run; no run is read that begins in the last fifteen
        // octets; each output has an element for each run; of keywords each table has 512 places.
        unsafe keywords.withValues { values in
            unsafe text.withUnsafeBufferPointer { text in
                unsafe bounds.withUnsafeBufferPointer { bounds in
                    unsafe hashes.withUnsafeMutableBufferPointer { hashes in
                        unsafe tokens.withUnsafeMutableBufferPointer { tokens in
                            unsafe starts.withUnsafeMutableBufferPointer { starts in
                                Int(
                                    unsafe ctextscan_hash(
                                        form,
                                        text.baseAddress,
                                        bounds.baseAddress,
                                        &next,
                                        runs,
                                        text.count - 16,
                                        HashMixing.wordSeed,
                                        HashMixing.wordMultiplier,
                                        values,
                                        hashes.baseAddress,
                                        tokens.baseAddress,
                                        starts.baseAddress,
                                        count
                                    )
                                )
                            }
                        }
                    }
                }
            }
        }
    }

    /// Whether a run is a word: not a number, nor a gutter at the start of a line.
    private static func isWord(
        _ run: Span<UInt8>,
        at first: Int,
        of text: Span<UInt8>,
        _ line: inout LineStart
    ) -> Bool {
        guard run[0] &- 0x30 >= 10 else { return false }
        guard run[0] | 0x20 == 0x6C, run.count > 1 else { return true }
        for index in 1..<run.count where run[index] &- 0x30 >= 10 { return true }
        return !line.moved(to: first, of: text)
    }

    /// The hash of a word, octet by octet.
    private static func hash(of word: Span<UInt8>) -> UInt64 {
        var hash = WordHash()
        for index in word.indices { hash.append(word[index] | 0x20) }
        return hash.value
    }
}

/// Whether a place in a text is the start of a line: whether no word stands between it and the last end of line.
///
/// Looked for only where it matters, and each octet is looked at once.
private struct LineStart {
    /// Whether it was one at `place`.
    var isKnown: Bool
    var place: Int

    /// Whether it is one at `later`, there being no word between.
    func isStart(at later: Int, of text: Span<UInt8>) -> Bool {
        var index = place
        while !isKnown, index < later {
            let octet = text[index]
            index += 1
            if octet == 0x0A || octet == 0x0D { return true }
            // What is written `\n` or `\r` ends a line too.
            if octet == 0x5C, index < later, text[index] == 0x6E || text[index] == 0x72 { return true }
        }
        return isKnown
    }

    /// As `isStart`, which is then known.
    mutating func moved(to later: Int, of text: Span<UInt8>) -> Bool {
        isKnown = isStart(at: later, of: text)
        place = later
        return isKnown
    }
}
