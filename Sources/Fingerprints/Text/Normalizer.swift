/// Receives the words that a `Normalizer` finds.
protocol WordSink: ~Copyable {
    /// Takes one word by its hash; `offset` is that of its first octet, counted from the start of the text.
    mutating func word(_ hash: UInt64, at offset: Int)

    /// Takes an octet that belongs to no word, escapes undone.
    ///
    /// A character beyond ASCII that is no letter comes as one space, a number as its first digit.
    mutating func mark(_ octet: UInt8, at offset: Int)

    /// Takes the value of a number that was marked, or of a gutter such as `L12`, once it has ended, before the next word.
    mutating func number(_ value: Int)

    /// Takes the words that were found last in a slice, `text`, which begins at `base`, and what stands between them.
    mutating func words(_ runs: borrowing WordRuns, of text: Span<UInt8>, base: Int)
}

extension WordSink where Self: ~Copyable {
    mutating func number(_ value: Int) {}
}

/// Finds the words of a text, blind to how often it has been escaped, re-indented, wrapped or numbered.
///
/// A word is `[A-Za-z_$][A-Za-z0-9_$]*`, folded to lower case, and may hold letters beyond ASCII; of these the ones that look
/// like ASCII count as such, and what cannot be seen is not there (`CharacterFolding`). Numbers, quotes and punctuation are
/// nothing. A run of backslashes is nothing either; `\n`, `\r` and `\t` after one are white space, `\uXXXX` and `\xXX` are
/// their characters: so text gives the same words raw, in JSON, and in JSON inside JSON. References of HTML, percent and
/// quoted-printable escapes are undone, however often; colours of terminals and of highlighters vanish (`TextSequence`).
/// Gutters vanish, as numbers do; one of the form `L12` vanishes at the start of a line. NUL is not there: so are the
/// letters of UTF-16.
///
/// The text comes in chunks cut anywhere. State is a few integers and the octets of one sequence, whatever the text.
///
/// - Note: Octets that are not UTF-8 separate words. In what was percent encoded `+` is a space, up to the next white space or quote.
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
    /// The number under way, or that of the gutter under way; negative when it is none that counts lines.
    private var value = 0
    /// Whether a word was under way when the escape began.
    private var insideWord = false
    private var escape = Escape()
    private var character = Multibyte()
    private var sequence = TextSequence()
    /// Whether something percent encoded has been seen since the last white space or quote.
    private var isPercentEncoded = false

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

    /// Whether nothing is open, so that text may be read by runs.
    private var isIdle: Bool {
        mode == .between && sequence.isEmpty && character.missing == 0 && !isPercentEncoded
    }

    /// Reads a slice: the words that stand in plain text as they are, what is about escapes, cuts and characters of several
    /// octets by state.
    private mutating func read<Sink: WordSink & ~Copyable>(
        _ text: Span<UInt8>,
        _ runs: inout WordRuns,
        _ sink: inout Sink
    ) {
        var index = isIdle ? 0 : readByState(text, 0, &sink)
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
        while index < text.count, plain < Self.plainOctets || !isIdle {
            let octet = text[index]
            plain = octet >= 0x80 || octet == 0x5C ? 0 : plain &+ 1
            if octet <= 0x22, octet != 0x21 { isPercentEncoded = false }
            feed(octet, at: base &+ index, &sink)
            index &+= 1
        }
        return index
    }

    /// Ends the text: the last word is given out, and the next chunk begins a new text, at the start of a line.
    ///
    /// Offsets go on counting.
    mutating func finish<Sink: WordSink & ~Copyable>(_ sink: inout Sink) {
        while !sequence.isEmpty { replaySequence(&sink) }
        breakCharacter(&sink)
        settleEscape(at: base, &sink)
        endWord(&sink)
        mode = .between
        atLineStart = true
        insideWord = false
        isPercentEncoded = false
        escape = Escape()
    }
}

extension Normalizer {
    fileprivate enum Mode {
        case between, word, number, gutter, backslash, unicode, hex, highSurrogate
    }

    /// What an octet is: a small number, or, of the octets of a word, the octet with the bit 0x20 set.
    fileprivate enum Class {
        static let separator: UInt8 = 0
        static let newline: UInt8 = 1
        static let backslash: UInt8 = 2
        static let firstWordOctet: UInt8 = 0x24
        static let dollar: UInt8 = 0x24
        static let lastDigit: UInt8 = 0x39
        static let letterL: UInt8 = 0x6C
    }

    /// `\u` or `\x` and the digits after it, as far as they have come.
    fileprivate struct Escape {
        var digits = 0
        var unit: UInt16 = 0
        var first: (UInt8, UInt8, UInt8) = (0, 0, 0)
        var offset = 0
        var high: UInt16 = 0
    }

    /// A character of several octets, as far as it has come.
    fileprivate struct Multibyte {
        var scalar: UInt32 = 0
        var least: UInt32 = 0
        var missing = 0
        var offset = 0
    }

    fileprivate static func classTable() -> InlineArray<256, UInt8> {
        InlineArray<256, UInt8> { index in
            switch UInt8(truncatingIfNeeded: index) {
            case 0x0A, 0x0D: Class.newline
            case 0x5C: Class.backslash
            case 0x41...0x5A: UInt8(truncatingIfNeeded: index) | 0x20
            case 0x24, 0x30...0x39, 0x61...0x7A: UInt8(truncatingIfNeeded: index)
            case 0x5F: UInt8(truncatingIfNeeded: index) | 0x20
            default: Class.separator
            }
        }
    }
}

// MARK: - Sequences and characters

extension Normalizer {
    /// Reads one octet in any state: what `consume` does for the common octets, for all of them.
    fileprivate mutating func feed<Sink: WordSink & ~Copyable>(_ octet: UInt8, at offset: Int, _ sink: inout Sink) {
        if sequence.isEmpty {
            guard TextSequence.mayBegin(octet) else { return take(octet, at: offset, &sink) }
            sequence.begin(octet, at: offset)
            return
        }
        let start = sequence.offset
        switch sequence.append(octet) {
        case .more: return
        case .plain: replaySequence(&sink)
        case .nothing: sequence.end()
        case .escaped(let scalar):
            sequence.end()
            feed(scalar: scalar, at: start, &sink)
        case .octet(let octet):
            if sequence.isPercent { isPercentEncoded = true }
            sequence.end()
            if octet >= 0x80 { return takePart(octet, at: start, &sink) }
            if octet != UInt8(ascii: "+") { return feed(octet, at: start, &sink) }
            breakCharacter(&sink)
            step(octet, at: start, &sink)
        }
    }

    /// Reads a character as though it had been written.
    private mutating func feed<Sink: WordSink & ~Copyable>(scalar: UInt32, at offset: Int, _ sink: inout Sink) {
        if scalar < 0x80 { return feed(UInt8(truncatingIfNeeded: scalar), at: offset, &sink) }
        breakCharacter(&sink)
        put(scalar, at: offset, &sink)
    }

    /// Goes on with octets that were no sequence as what they are; those after the first may begin one.
    private mutating func replaySequence<Sink: WordSink & ~Copyable>(_ sink: inout Sink) {
        let held = sequence
        sequence.end()
        let first = held.octets[0]
        // What stood behind a backslash ends the word before it.
        if first == TextSequence.writtenEscape || first == TextSequence.writtenNumber { endWord(&sink) }
        take(first, at: held.offset, &sink)
        for place in 1..<max(held.count, 1) { feed(held.octets[place], at: held.offset &+ place, &sink) }
    }

    /// Takes an octet that belongs to no sequence; NUL is nothing.
    private mutating func take<Sink: WordSink & ~Copyable>(_ octet: UInt8, at offset: Int, _ sink: inout Sink) {
        if octet >= 0x80 { return takePart(octet, at: offset, &sink) }
        if character.missing > 0 { breakCharacter(&sink) }
        guard octet != 0 else { return }
        step(isPercentEncoded && octet == UInt8(ascii: "+") ? 0x20 : octet, at: offset, &sink)
    }

    /// Takes an octet of a character beyond ASCII.
    private mutating func takePart<Sink: WordSink & ~Copyable>(_ octet: UInt8, at offset: Int, _ sink: inout Sink) {
        guard octet < 0xC0 else {
            breakCharacter(&sink)
            switch octet {
            case 0xC2...0xDF:
                character = Multibyte(scalar: UInt32(octet & 0x1F), least: 0x80, missing: 1, offset: offset)
            case 0xE0...0xEF:
                character = Multibyte(scalar: UInt32(octet & 0x0F), least: 0x800, missing: 2, offset: offset)
            case 0xF0...0xF4:
                character = Multibyte(scalar: UInt32(octet & 0x07), least: 0x1_0000, missing: 3, offset: offset)
            default: put(ascii: 0x20, at: offset, &sink)
            }
            return
        }
        guard character.missing > 0 else { return put(ascii: 0x20, at: offset, &sink) }
        character.scalar = character.scalar << 6 | UInt32(octet & 0x3F)
        character.missing -= 1
        guard character.missing == 0 else { return }
        guard character.scalar >= character.least, character.scalar < 0x11_0000 else {
            return put(ascii: 0x20, at: character.offset, &sink)
        }
        put(character.scalar, at: character.offset, &sink)
    }

    /// Leaves a character whose octets end too early: it separates words.
    private mutating func breakCharacter<Sink: WordSink & ~Copyable>(_ sink: inout Sink) {
        guard character.missing > 0 else { return }
        character.missing = 0
        put(ascii: 0x20, at: character.offset, &sink)
    }

    /// Reads a character beyond ASCII as what it counts for.
    private mutating func put<Sink: WordSink & ~Copyable>(_ scalar: UInt32, at offset: Int, _ sink: inout Sink) {
        switch CharacterFolding.of(scalar) {
        case .nothing: break
        case .ascii(let first, let second, let third):
            put(ascii: first, at: offset, &sink)
            if second != 0 { plain(second, at: offset, &sink) }
            if third != 0 { plain(third, at: offset, &sink) }
        case .letter:
            settleEscape(at: offset, &sink)
            letter(scalar, at: offset, &sink)
        }
    }

    private mutating func put<Sink: WordSink & ~Copyable>(ascii octet: UInt8, at offset: Int, _ sink: inout Sink) {
        settleEscape(at: offset, &sink)
        plain(octet, at: offset, &sink)
    }

    /// Takes a letter beyond ASCII; in a number it is nothing.
    private mutating func letter<Sink: WordSink & ~Copyable>(_ scalar: UInt32, at offset: Int, _ sink: inout Sink) {
        switch mode {
        case .number:
            value = -1
            return
        case .gutter: mode = .word
        case .word: break
        case .between, .backslash, .unicode, .hex, .highSurrogate:
            hash = WordHash()
            wordStart = offset
            mode = .word
        }
        var rest = scalar
        // Its octets as one number would hash zeros, which a word may not hold: six bits at a time, the highest set.
        while rest != 0 {
            hash.append(0x80 | UInt8(truncatingIfNeeded: rest & 0x3F))
            rest >>= 6
        }
    }
}

// MARK: - Words and escapes

extension Normalizer {
    /// Reads one octet of ASCII that stands for itself.
    private mutating func step<Sink: WordSink & ~Copyable>(_ octet: UInt8, at offset: Int, _ sink: inout Sink) {
        switch mode {
        case .between, .word, .number, .gutter: plain(octet, at: offset, &sink)
        case .backslash: afterBackslash(octet, at: offset, &sink)
        case .unicode, .hex:
            guard let digit = TextSequence.hexValue(octet) else {
                replayEscape(at: offset, &sink)
                plain(octet, at: offset, &sink)
                return
            }
            switch escape.digits {
            case 0: escape.first.0 = octet
            case 1: escape.first.1 = octet
            default: escape.first.2 = octet
            }
            escape.unit = escape.unit << 4 | UInt16(digit)
            escape.digits += 1
            if escape.digits == (mode == .hex ? 2 : 4) { finishEscape(&sink) }
        case .highSurrogate:
            if octet == 0x5C {
                mode = .backslash
            } else {
                settleEscape(at: offset, &sink)
                plain(octet, at: offset, &sink)
            }
        }
    }

    private mutating func plain<Sink: WordSink & ~Copyable>(_ octet: UInt8, at offset: Int, _ sink: inout Sink) {
        let kind = classes[Int(octet)]
        if kind >= Class.firstWordOctet {
            let isDigit = kind != Class.dollar && kind <= Class.lastDigit
            switch mode {
            case .word: hash.append(kind)
            case .number: countDigit(kind, isDigit: isDigit)
            case .gutter:
                hash.append(kind)
                if isDigit {
                    gutterHasDigit = true
                    countDigit(kind, isDigit: true)
                } else {
                    mode = .word
                }
            case .between, .backslash, .unicode, .hex, .highSurrogate:
                value = 0
                if isDigit {
                    sink.mark(octet, at: offset)
                    countDigit(kind, isDigit: true)
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
        } else {
            endWord(&sink)
            sink.mark(octet, at: offset)
            if kind == Class.newline { atLineStart = true }
        }
    }

    private mutating func countDigit(_ digit: UInt8, isDigit: Bool) {
        value = isDigit && value >= 0 && value < LineNumbers.limit ? value * 10 + Int(digit & 0x0F) : -1
    }

    private mutating func afterBackslash<Sink: WordSink & ~Copyable>(
        _ octet: UInt8,
        at offset: Int,
        _ sink: inout Sink
    ) {
        switch octet {
        case 0x5C: return
        case 0x75, 0x78:
            escape.digits = 0
            escape.unit = 0
            escape.offset = offset
            mode = octet == 0x75 ? .unicode : .hex
        case TextSequence.writtenEscape, TextSequence.writtenNumber:
            escape.high = 0
            resume()
            sequence.begin(octet, at: offset)
        default:
            escape.high = 0
            resume()
            endWord(&sink)
            switch octet {
            case 0x6E, 0x72:
                sink.mark(0x0A, at: offset)
                atLineStart = true
                isPercentEncoded = false
            case 0x74:
                sink.mark(0x20, at: offset)
                isPercentEncoded = false
            default: plain(octet, at: offset, &sink)
            }
        }
    }

    /// Leaves an escape that something else than its digits interrupts.
    private mutating func settleEscape<Sink: WordSink & ~Copyable>(at offset: Int, _ sink: inout Sink) {
        switch mode {
        case .between, .word, .number, .gutter: return
        case .unicode, .hex: replayEscape(at: offset, &sink)
        case .backslash, .highSurrogate:
            escape.high = 0
            resume()
            endWord(&sink)
        }
    }

    /// Goes on with `\u` or `\x` and digits that were no escape as the beginning of a word.
    private mutating func replayEscape<Sink: WordSink & ~Copyable>(at offset: Int, _ sink: inout Sink) {
        let letter: UInt8 = mode == .hex ? 0x78 : 0x75
        escape.high = 0
        resume()
        endWord(&sink)
        plain(letter, at: escape.offset, &sink)
        if escape.digits > 0 { plain(escape.first.0, at: escape.offset, &sink) }
        if escape.digits > 1 { plain(escape.first.1, at: escape.offset, &sink) }
        if escape.digits > 2 { plain(escape.first.2, at: escape.offset, &sink) }
    }

    /// Reads the character that `\uXXXX` stands for, or the octet that `\xXX` does, as though it had been written.
    private mutating func finishEscape<Sink: WordSink & ~Copyable>(_ sink: inout Sink) {
        let unit = escape.unit
        let offset = escape.offset
        if mode == .hex {
            escape.high = 0
            resume()
            let octet = UInt8(truncatingIfNeeded: unit)
            return octet < 0x80 ? feed(octet, at: offset, &sink) : takePart(octet, at: offset, &sink)
        }
        if unit & 0xFC00 == 0xD800 {
            escape.high = unit
            mode = .highSurrogate
            return
        }
        let high = escape.high
        escape.high = 0
        resume()
        if unit & 0xFC00 == 0xDC00 {
            guard high != 0 else { return endWord(&sink) }
            let scalar = 0x1_0000 + (UInt32(high & 0x3FF) << 10 | UInt32(unit & 0x3FF))
            return feed(scalar: scalar, at: offset, &sink)
        }
        if high != 0 { endWord(&sink) }
        feed(scalar: UInt32(unit), at: offset, &sink)
    }

    /// Takes up the word that an escape interrupted, if there was one.
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
            sink.number(value)
        } else if mode == .number {
            sink.number(value)
        }
        mode = .between
    }
}
