/// The words and tokens that a slice of text has completed, the words behind room for those before.
///
/// Of the lexer it holds the state while one text is read: it is a matcher's, lent for the slice.
struct GatheredText {
    /// The hashes of the words.
    private(set) var words: [UInt64]
    /// The number of words, the room before them included.
    private(set) var count = 0
    /// The tokens.
    private(set) var tokens: [ShapeToken]
    /// The number of tokens.
    private(set) var tokenCount = 0
    /// The numbers at the starts of its lines.
    private(set) var numbers = SliceNumbers()
    /// The lexer of the text that is being read.
    var lexer = ShapeLexer()

    private let keywords = Keywords.all
    private let room: Int
    /// The number that the first word behind the room has for tokens.
    private var base: UInt32 = 0

    /// Memory for `words` words behind `room`, and for `tokens` tokens.
    init(room: Int, words: Int, tokens: Int) {
        self.room = room
        self.words = [UInt64](repeating: 0, count: room + words)
        let none = ShapeToken(value: 0, first: 0, end: 0)
        self.tokens = [ShapeToken](repeating: none, count: tokens + WordRuns.lookAhead)
    }

    /// The number of the next word.
    private var ordinal: UInt32 { base &+ UInt32(truncatingIfNeeded: count &- room) }

    /// Forgets what has come; to tokens the next word is number `base`.
    mutating func begin(at base: UInt32 = 0) {
        count = room
        tokenCount = 0
        numbers.removeAll()
        self.base = base
    }

    /// Puts the words that a matcher keeps before those gathered.
    mutating func precede(_ history: [UInt64]) {
        let number = min(room, history.count)
        let kept = history.span
        var output = words.mutableSpan
        for place in 0..<number { output[place] = kept[place] }
    }

    /// Ends the text as a line break would.
    mutating func endText() {
        tokenCount = Self.lexEnd(ordinal, &lexer, &tokens, tokenCount)
    }
}

extension GatheredText: WordSink {
    mutating func word(_ hash: UInt64, at offset: Int) {
        guard count < words.count else { return }
        tokenCount = Self.lexWord(hash, ordinal, keywords, &lexer, &tokens, tokenCount)
        lexer.mayNumberLine = false
        words[count] = hash
        count += 1
    }

    mutating func mark(_ octet: UInt8, at offset: Int) {
        tokenCount = Self.lexMark(octet, offset, ordinal, &lexer, &tokens, tokenCount)
        lexer.mayNumberLine = SliceNumbers.isLineStart(lexer.mayNumberLine, after: octet)
    }

    mutating func number(_ value: Int) {
        if lexer.mayNumberLine { numbers.append(value, before: ordinal &- base) }
        lexer.mayNumberLine = false
    }

    mutating func words(_ runs: borrowing WordRuns, of text: Span<UInt8>, base offset: Int) {
        guard runs.searched.upperBound <= text.count, runs.count <= words.count - count else { return }
        numbers.read(runs, of: text, behind: ordinal &- base, isLineStart: &lexer.mayNumberLine)
        tokenCount = Self.lex(runs, text, offset, ordinal, keywords, &lexer, &tokens, tokenCount)
        let found = runs.foundHashes
        let first = count
        var hashes = words.mutableSpan
        for place in 0..<runs.count { hashes[first &+ place] = found[place] }
        count = first + runs.count
    }

    private static func lexWord(
        _ hash: UInt64,
        _ ordinal: UInt32,
        _ keywords: borrowing Keywords,
        _ lexer: inout ShapeLexer,
        _ tokens: inout [ShapeToken],
        _ count: Int
    ) -> Int {
        var output = TokenOutput(&tokens, count: count)
        lexer.word(hash, at: ordinal, keywords, &output)
        return output.count
    }

    private static func lexEnd(
        _ ordinal: UInt32,
        _ lexer: inout ShapeLexer,
        _ tokens: inout [ShapeToken],
        _ count: Int
    ) -> Int {
        var output = TokenOutput(&tokens, count: count)
        lexer.finish(before: ordinal, &output)
        return output.count
    }

    private static func lexMark(
        _ octet: UInt8,
        _ offset: Int,
        _ ordinal: UInt32,
        _ lexer: inout ShapeLexer,
        _ tokens: inout [ShapeToken],
        _ count: Int
    ) -> Int {
        var output = TokenOutput(&tokens, count: count)
        lexer.mark(octet, at: offset, before: ordinal, &output)
        return output.count
    }

    /// Reads words and what stands between them, and gives the number of tokens then.
    private static func lex(
        _ runs: borrowing WordRuns,
        _ text: Span<UInt8>,
        _ offset: Int,
        _ ordinal: UInt32,
        _ keywords: borrowing Keywords,
        _ lexer: inout ShapeLexer,
        _ tokens: inout [ShapeToken],
        _ count: Int
    ) -> Int {
        var output = TokenOutput(&tokens, count: count)
        lexer.read(runs, of: text, base: offset, before: ordinal, keywords, &output)
        return output.count
    }
}
