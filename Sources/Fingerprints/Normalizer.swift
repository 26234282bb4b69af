/// Receives the words that a `Normalizer` finds.
protocol WordSink: ~Copyable {
    /// Takes one word by its hash; `offset` is that of its first octet, counted from the start of the text.
    mutating func word(_ hash: UInt64, at offset: Int)

    /// Takes an octet that belongs to no word, escapes undone.
    ///
    /// A character beyond ASCII that is no letter comes as one space, a number as its first digit.
    mutating func mark(_ octet: UInt8, at offset: Int)

    /// Takes the words that were found last in a slice, `text`, which begins at `base`, and what stands between them.
    mutating func words(_ runs: borrowing WordRuns, of text: Span<UInt8>, base: Int)
}

/// Finds the words of a text, blind to how often it has been escaped, re-indented, wrapped or numbered.
///
/// A word is `[A-Za-z_$][A-Za-z0-9_$]*`, folded to lower case, and may hold letters beyond ASCII. Numbers, quotes and
/// punctuation are nothing. A run of backslashes is nothing either; `\n`, `\r` and `\t` after one are white space, and
/// `\uXXXX` is its character: so text gives the same words raw, in JSON, and in JSON inside JSON. Gutters vanish, as
/// numbers do; one of the form `L12` vanishes at the start of a line.
///
/// The text comes in chunks cut anywhere. State is a few integers, whatever the text.
///
/// - Note: Of the characters beyond ASCII, whole blocks are letters or not (U+2000–U+303F, private use, emoji and most
///   of U+F900 up are not), which is all that matching asks. Octets that are not UTF-8 separate words.
struct Normalizer {
    private var classes = Self.classTable()
    private var mode = Mode.between
    private var hash = WordHash()
    private var wordStart = 0
    /// Octets consumed in earlier chunks.
    private var base = 0
    /// Whether no word has been seen since the last end of line.
    private var atLineStart = true
    /// Whether the word under way, which began with `l` at the start of a line, has had a digit.
    private var gutterHasDigit = false
    /// Whether a word was under way when the escape or the multi-octet character began.
    private var insideWord = false
    private var escape = Escape()
    private var character = Multibyte()

    /// Octets without backslash or character beyond ASCII after which text is read by runs again: where they come in
    /// numbers, going to and fro would cost more than it saves.
    private static let plainOctets = 16

    /// Starts before the first octet of a text.
    init() {}

    /// Reads the next chunk; `runs` is scratch.
    mutating func consume<Sink: WordSink & ~Copyable>(
        _ text: Span<UInt8>,
        _ runs: inout WordRuns,
        _ sink: inout Sink
    ) {
        var start = 0
        while start < text.count {
            let end = min(start + WordRuns.slice, text.count)
            read(text.extracting(start..<end), &runs, &sink)
            base += end - start
            start = end
        }
    }

    /// Reads a slice: the words that stand in plain text as they are, what is about escapes, cuts and characters of several
    /// octets by state.
    private mutating func read<Sink: WordSink & ~Copyable>(
        _ text: Span<UInt8>,
        _ runs: inout WordRuns,
        _ sink: inout Sink
    ) {
        var index = mode == .between ? 0 : readByState(text, 0, &sink)
        guard index < text.count else { return }
        runs.read(text)
        while index < text.count {
            index = runs.find(in: text, from: index, isLineStart: &atLineStart)
            sink.words(runs, of: text, base: base)
            if index < text.count { index = readByState(text, index, &sink) }
        }
    }

    /// Reads octets until nothing is open and nothing that asks for states has come for a while, and gives where that was.
    private mutating func readByState<Sink: WordSink & ~Copyable>(
        _ text: Span<UInt8>,
        _ start: Int,
        _ sink: inout Sink
    ) -> Int {
        var index = start
        var plain = 0
        while index < text.count, mode != .between || plain < Self.plainOctets {
            let octet = text[index]
            plain = octet >= 0x80 || octet == 0x5C ? 0 : plain &+ 1
            step(octet, at: base &+ index, &sink)
            index &+= 1
        }
        return index
    }

    /// Ends the text: the last word is given out, and the next chunk begins a new text, at the start of a line.
    ///
    /// Offsets go on counting.
    mutating func finish<Sink: WordSink & ~Copyable>(_ sink: inout Sink) {
        if mode == .unicode { replayEscape(at: base, &sink) }
        switch mode {
        case .backslash, .highSurrogate: resume()
        case .multibyte: breakCharacter()
        case .between, .word, .number, .gutter, .unicode: break
        }
        endWord(&sink)
        mode = .between
        atLineStart = true
        insideWord = false
        escape = Escape()
    }
}

extension Normalizer {
    fileprivate enum Mode {
        case between, word, number, gutter, backslash, unicode, highSurrogate, multibyte
    }

    /// What an octet is: a small number, or, of the octets of a word, the octet with the bit 0x20 set.
    fileprivate enum Class {
        static let separator: UInt8 = 0
        static let newline: UInt8 = 1
        static let backslash: UInt8 = 2
        static let lead: UInt8 = 3
        static let firstWordOctet: UInt8 = 0x24
        static let dollar: UInt8 = 0x24
        static let lastDigit: UInt8 = 0x39
        static let letterL: UInt8 = 0x6C
    }

    /// `\u` and the digits after it, as far as they have come.
    fileprivate struct Escape {
        var digits = 0
        var unit: UInt16 = 0
        var first: (UInt8, UInt8, UInt8) = (0, 0, 0)
        var offset = 0
        var high: UInt16 = 0
    }

    /// A character of several octets, as far as it has come.
    fileprivate struct Multibyte {
        var lead: UInt8 = 0
        var missing = 0
        var isDecided = false
        var isLetter = false
        var inNumber = false
        var offset = 0
    }

    fileprivate static func classTable() -> InlineArray<256, UInt8> {
        InlineArray<256, UInt8> { index in
            switch UInt8(truncatingIfNeeded: index) {
            case 0x0A: Class.newline
            case 0x5C: Class.backslash
            case 0xC2...0xF4: Class.lead
            case 0x41...0x5A: UInt8(truncatingIfNeeded: index) | 0x20
            case 0x24, 0x30...0x39, 0x61...0x7A: UInt8(truncatingIfNeeded: index)
            case 0x5F: UInt8(truncatingIfNeeded: index) | 0x20
            default: Class.separator
            }
        }
    }

    /// Reads one octet in any state: what `consume` does for the common octets, for all of them.
    fileprivate mutating func step<Sink: WordSink & ~Copyable>(_ octet: UInt8, at offset: Int, _ sink: inout Sink) {
        switch mode {
        case .between, .word, .number, .gutter: plain(octet, at: offset, &sink)
        case .backslash: afterBackslash(octet, at: offset, &sink)
        case .unicode:
            guard let value = Self.hexValue(octet) else {
                replayEscape(at: offset, &sink)
                plain(octet, at: offset, &sink)
                return
            }
            switch escape.digits {
            case 0: escape.first.0 = octet
            case 1: escape.first.1 = octet
            default: escape.first.2 = octet
            }
            escape.unit = escape.unit << 4 | UInt16(value)
            escape.digits += 1
            if escape.digits == 4 { finishEscape(&sink) }
        case .highSurrogate:
            if octet == 0x5C {
                mode = .backslash
            } else {
                escape.high = 0
                resume()
                endWord(&sink)
                plain(octet, at: offset, &sink)
            }
        case .multibyte: continuation(octet, at: offset, &sink)
        }
    }

    private mutating func plain<Sink: WordSink & ~Copyable>(_ octet: UInt8, at offset: Int, _ sink: inout Sink) {
        let kind = classes[Int(octet)]
        if kind >= Class.firstWordOctet {
            let isDigit = kind != Class.dollar && kind <= Class.lastDigit
            switch mode {
            case .word: hash.append(kind)
            case .number: break
            case .gutter:
                hash.append(kind)
                if isDigit { gutterHasDigit = true } else { mode = .word }
            case .between, .backslash, .unicode, .highSurrogate, .multibyte:
                if isDigit {
                    sink.mark(octet, at: offset)
                    mode = .number
                } else {
                    hash = WordHash()
                    hash.append(kind)
                    wordStart = offset
                    gutterHasDigit = false
                    mode = atLineStart && kind == Class.letterL ? .gutter : .word
                }
            }
        } else if kind == Class.backslash {
            if mode != .word { endWord(&sink) }
            insideWord = mode == .word
            mode = .backslash
        } else if kind == Class.lead {
            if mode == .gutter { mode = .word }
            insideWord = mode == .word
            character = Multibyte(
                lead: octet,
                missing: octet < 0xE0 ? 1 : octet < 0xF0 ? 2 : 3,
                inNumber: mode == .number,
                offset: offset
            )
            mode = .multibyte
        } else {
            endWord(&sink)
            sink.mark(octet, at: offset)
            if kind == Class.newline { atLineStart = true }
        }
    }

    private mutating func afterBackslash<Sink: WordSink & ~Copyable>(
        _ octet: UInt8,
        at offset: Int,
        _ sink: inout Sink
    ) {
        switch octet {
        case 0x5C: return
        case 0x75:
            escape.digits = 0
            escape.unit = 0
            escape.offset = offset
            mode = .unicode
        default:
            escape.high = 0
            resume()
            endWord(&sink)
            switch octet {
            case 0x6E, 0x72:
                sink.mark(0x0A, at: offset)
                atLineStart = true
            case 0x74: sink.mark(0x20, at: offset)
            default: plain(octet, at: offset, &sink)
            }
        }
    }

    /// Goes on with `\u` and digits that were no escape as the beginning of a word.
    private mutating func replayEscape<Sink: WordSink & ~Copyable>(at offset: Int, _ sink: inout Sink) {
        escape.high = 0
        resume()
        endWord(&sink)
        plain(0x75, at: escape.offset, &sink)
        if escape.digits > 0 { plain(escape.first.0, at: escape.offset, &sink) }
        if escape.digits > 1 { plain(escape.first.1, at: escape.offset, &sink) }
        if escape.digits > 2 { plain(escape.first.2, at: escape.offset, &sink) }
    }

    /// Reads the character that `\uXXXX` stands for as though it had been written.
    private mutating func finishEscape<Sink: WordSink & ~Copyable>(_ sink: inout Sink) {
        let unit = escape.unit
        if unit & 0xFC00 == 0xD800 {
            escape.high = unit
            mode = .highSurrogate
            return
        }
        let high = escape.high
        let offset = escape.offset
        escape.high = 0
        resume()
        if unit & 0xFC00 == 0xDC00 {
            guard high != 0 else { return endWord(&sink) }
            let scalar = 0x1_0000 + (UInt32(high & 0x3FF) << 10 | UInt32(unit & 0x3FF))
            step(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18), at: offset, &sink)
            step(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F), at: offset, &sink)
            step(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F), at: offset, &sink)
            step(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F), at: offset, &sink)
            return
        }
        if high != 0 { endWord(&sink) }
        if unit < 0x80 {
            step(UInt8(truncatingIfNeeded: unit), at: offset, &sink)
        } else if unit < 0x800 {
            step(UInt8(truncatingIfNeeded: 0xC0 | unit >> 6), at: offset, &sink)
            step(UInt8(truncatingIfNeeded: 0x80 | unit & 0x3F), at: offset, &sink)
        } else {
            step(UInt8(truncatingIfNeeded: 0xE0 | unit >> 12), at: offset, &sink)
            step(UInt8(truncatingIfNeeded: 0x80 | unit >> 6 & 0x3F), at: offset, &sink)
            step(UInt8(truncatingIfNeeded: 0x80 | unit & 0x3F), at: offset, &sink)
        }
    }

    private mutating func continuation<Sink: WordSink & ~Copyable>(
        _ octet: UInt8,
        at offset: Int,
        _ sink: inout Sink
    ) {
        guard octet & 0xC0 == 0x80 else {
            breakCharacter()
            endWord(&sink)
            plain(octet, at: offset, &sink)
            return
        }
        if !character.isDecided {
            character.isDecided = true
            character.isLetter = Self.isLetter(character.lead, octet)
            if !character.isLetter {
                resume()
                endWord(&sink)
                sink.mark(0x20, at: character.offset)
                character.inNumber = false
            } else if !character.inNumber {
                if !insideWord {
                    hash = WordHash()
                    wordStart = character.offset
                }
                hash.append(character.lead)
            }
        }
        if character.isLetter, !character.inNumber { hash.append(octet) }
        character.missing -= 1
        if character.missing == 0 {
            mode = character.inNumber ? .number : character.isLetter ? .word : .between
            insideWord = false
        } else {
            mode = .multibyte
        }
    }

    /// Leaves a character whose octets end too early; the word it stands in is still to be ended.
    private mutating func breakCharacter() {
        if !character.isDecided { return resume() }
        mode = character.isLetter && !character.inNumber ? .word : .between
        insideWord = false
    }

    /// Takes up the word that an escape or a character interrupted, if there was one.
    private mutating func resume() {
        mode = insideWord ? .word : .between
        insideWord = false
    }

    private mutating func endWord<Sink: WordSink & ~Copyable>(_ sink: inout Sink) {
        if mode == .word || (mode == .gutter && !gutterHasDigit) {
            sink.word(hash.value, at: wordStart)
            atLineStart = false
        } else if mode == .gutter {
            sink.mark(0x30, at: wordStart)
        }
        mode = .between
    }

    /// Whether the character that begins with these two octets is taken for a letter.
    private static func isLetter(_ lead: UInt8, _ second: UInt8) -> Bool {
        switch lead {
        case 0xC2, 0xE2, 0xEE: false
        case 0xE3: second > 0x80
        case 0xEF: 0xA4...0xB7 ~= second
        case 0xF0: second >= 0xA0
        default: true
        }
    }

    private static func hexValue(_ octet: UInt8) -> UInt8? {
        if octet &- 0x30 < 10 { return octet &- 0x30 }
        let letter = octet | 0x20
        return letter &- 0x61 < 6 ? letter &- 0x61 &+ 10 : nil
    }
}
