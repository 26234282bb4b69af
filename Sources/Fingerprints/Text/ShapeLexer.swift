/// A token of code: what of it the shape keeps, and which words it stands between.
///
/// Laid out as `ctextscan_token`, whose place it takes where loops in C write it.
struct ShapeToken {
    /// A keyword's or a mark's own hash, or a name's, told by its highest bit.
    var value: UInt64
    /// The ordinal of the token's word; of a mark that of the next.
    var first: UInt32
    /// The number of words up to the token's end.
    var end: UInt32

    /// Set in a name's value.
    static let nameBit: UInt64 = 1 << 63

    /// The token of a word.
    @inline(__always)
    static func word(_ hash: UInt64, isKeyword: Bool, at ordinal: UInt32) -> Self {
        Self(value: isKeyword ? hash & ~nameBit : hash | nameBit, first: ordinal, end: ordinal &+ 1)
    }

    /// The token of an octet of punctuation.
    @inline(__always)
    static func mark(_ octet: UInt8, before ordinal: UInt32) -> Self {
        Self(value: markValue(octet), first: ordinal, end: ordinal)
    }

    /// What a mark counts for.
    @inline(__always)
    static func markValue(_ octet: UInt8) -> UInt64 {
        HashMixing.gram(UInt64(octet) &+ 0x4D41_524B_0000) & ~nameBit
    }
}

/// Receives the tokens that a `ShapeLexer` finds.
protocol ShapeSink: ~Copyable, ~Escapable {
    /// Takes the next token.
    mutating func token(_ token: ShapeToken)
}

/// Finds the tokens of code in what a `Normalizer` gives: keywords, names and punctuation, whatever the language.
///
/// Numbers, quotes and white space are nothing, and neither are comments: `//` to the end of the line (not after `:`, as
/// in addresses), `/*` to `*/` or for 4 KiB, `# ` and `-- ` after white space, and lines that begin with `* `. At the start
/// of a line the marks `+`, `-`, `>`, `|` and `:` are nothing, as diffs, quotations and gutters set them there. Strings are
/// not understood: what looks like a comment in one is a comment in the index and in the text.
///
/// State is a few integers.
struct ShapeLexer {
    enum Comment {
        case none, line, block
    }

    /// A mark that may begin a comment.
    enum Held {
        case none, slash, hash, star, starOfLine, dash, dashes
    }

    /// Octets after which an open `/*` is no longer taken for a comment.
    static let blockLimit = 4_096

    var comment = Comment.none
    var held = Held.none
    /// Whether no token has been seen since the last end of line.
    var isLineStart = true
    /// Whether a number that comes next may be the line's: nothing but what gutters have stands before it.
    var mayNumberLine = true
    var isAfterSpace = true
    var isAfterColon = false
    var isAfterStar = false
    var blockStart = 0

    /// Starts before the first octet of a text.
    init() {}

    /// Takes a word; `ordinal` is its number.
    @inline(__always)
    mutating func word<Sink: ShapeSink & ~Copyable & ~Escapable>(
        _ hash: UInt64,
        at ordinal: UInt32,
        _ keywords: borrowing Keywords,
        _ sink: inout Sink
    ) {
        guard comment == .none else {
            isAfterStar = false
            return
        }
        if held != .none { release(before: ordinal, &sink) }
        sink.token(.word(hash, isKeyword: keywords.contain(hash), at: ordinal))
        isLineStart = false
        isAfterSpace = false
        isAfterColon = false
    }

    /// Takes an octet that belongs to no word, or a number by its first digit; `ordinal` is the number of the next word.
    @inline(__always)
    mutating func mark<Sink: ShapeSink & ~Copyable & ~Escapable>(
        _ octet: UInt8,
        at offset: Int,
        before ordinal: UInt32,
        _ sink: inout Sink
    ) {
        guard comment == .none else { return inComment(octet, at: offset) }
        guard held == .none else { return code(octet, at: offset, before: ordinal, &sink) }
        if octet == 0x20 || octet == 0x0A {
            isAfterSpace = true
            isAfterColon = false
            isLineStart = isLineStart || octet == 0x0A
        } else if Self.isPlain(octet) {
            isAfterSpace = false
            isAfterColon = false
            isLineStart = false
            sink.token(.mark(octet, before: ordinal))
        } else {
            code(octet, at: offset, before: ordinal, &sink)
        }
    }

    /// Whether an octet is punctuation that begins no comment and is a token also at the start of a line.
    @inline(__always)
    static func isPlain(_ octet: UInt8) -> Bool {
        // ! % & ( ) , . ; < = ? @ [ ] ^ { } ~
        let low: UInt64 = 1 &<< 0x21 | 1 &<< 0x25 | 1 &<< 0x26 | 1 &<< 0x28 | 1 &<< 0x29 | 1 &<< 0x2C | 1 &<< 0x2E
        let middle: UInt64 = 1 &<< 0x3B | 1 &<< 0x3C | 1 &<< 0x3D | 1 &<< 0x3F
        let high: UInt64 = 1 &<< 0x00 | 1 &<< 0x1B | 1 &<< 0x1D | 1 &<< 0x1E | 1 &<< 0x3B | 1 &<< 0x3D
        let bits = octet & 0x40 == 0 ? low | middle : high | 1 &<< 0x3E
        return octet < 0x80 && bits &>> UInt64(octet & 0x3F) & 1 != 0
    }

    /// Ends a text as a line break would; the next begins outside comments.
    mutating func finish<Sink: ShapeSink & ~Copyable & ~Escapable>(before ordinal: UInt32, _ sink: inout Sink) {
        comment = .none
        mayNumberLine = true
        code(0x0A, at: 0, before: ordinal, &sink)
    }

    @inline(__always)
    private mutating func inComment(_ octet: UInt8, at offset: Int) {
        if octet == 0x0A || octet == 0x0D {
            isLineStart = true
            isAfterSpace = true
            if comment == .line { comment = .none }
        }
        guard comment == .block else { return }
        if isAfterStar && octet == 0x2F || offset &- blockStart > Self.blockLimit {
            comment = .none
            isAfterSpace = true
        }
        isAfterStar = octet == 0x2A
    }

    private mutating func code<Sink: ShapeSink & ~Copyable & ~Escapable>(
        _ octet: UInt8,
        at offset: Int,
        before ordinal: UInt32,
        _ sink: inout Sink
    ) {
        switch octet {
        case 0x0A, 0x0D:
            // Marks of comments with nothing behind them are comments too.
            if held == .slash || held == .dash || held == .star { release(before: ordinal, &sink) }
            held = .none
            isLineStart = true
            isAfterSpace = true
        case 0...0x20, 0x7F:
            switch held {
            case .none: break
            case .hash, .starOfLine, .dashes:
                comment = .line
                held = .none
            case .slash, .star, .dash: release(before: ordinal, &sink)
            }
            isAfterSpace = true
        case 0x2F:
            switch held {
            case .slash:
                comment = .line
                held = .none
            case .star, .starOfLine: held = .none
            case .none, .hash, .dash, .dashes:
                release(before: ordinal, &sink)
                if isAfterColon { emit(octet, before: ordinal, &sink) } else { held = .slash }
            }
            isAfterSpace = false
        case 0x2A:
            if held == .slash {
                comment = .block
                held = .none
                isAfterStar = false
                blockStart = offset
            } else {
                release(before: ordinal, &sink)
                held = isLineStart ? .starOfLine : .star
            }
            isAfterSpace = false
        case 0x23 where isAfterSpace:
            release(before: ordinal, &sink)
            held = .hash
            isAfterSpace = false
        case 0x2D where held == .dash: held = .dashes
        case 0x2D where isAfterSpace:
            release(before: ordinal, &sink)
            held = .dash
            isAfterSpace = false
        case 0x22, 0x27, 0x60, 0x30...0x39:
            release(before: ordinal, &sink)
            isAfterSpace = false
        default:
            release(before: ordinal, &sink)
            isAfterSpace = false
            emit(octet, before: ordinal, &sink)
        }
        isAfterColon = octet == 0x3A
    }

    /// Gives out the mark that was held, since it began no comment.
    private mutating func release<Sink: ShapeSink & ~Copyable & ~Escapable>(before ordinal: UInt32, _ sink: inout Sink)
    {
        let was = held
        held = .none
        switch was {
        case .none: break
        case .slash: emit(0x2F, before: ordinal, &sink)
        case .hash: emit(0x23, before: ordinal, &sink)
        case .star, .starOfLine: emit(0x2A, before: ordinal, &sink)
        case .dash: emit(0x2D, before: ordinal, &sink)
        case .dashes:
            emit(0x2D, before: ordinal, &sink)
            emit(0x2D, before: ordinal, &sink)
        }
    }

    private mutating func emit<Sink: ShapeSink & ~Copyable & ~Escapable>(
        _ octet: UInt8,
        before ordinal: UInt32,
        _ sink: inout Sink
    ) {
        if isLineStart, octet == 0x2B || octet == 0x2D || octet == 0x3E || octet == 0x7C || octet == 0x3A {
            isAfterSpace = true
            return
        }
        isLineStart = false
        sink.token(.mark(octet, before: ordinal))
    }
}
