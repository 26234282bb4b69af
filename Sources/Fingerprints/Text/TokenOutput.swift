internal import CTextScan

/// Where tokens are written: what exceeds the room is lost, which the sizes rule out.
struct TokenOutput: ShapeSink, ~Copyable, ~Escapable {
    private var tokens: MutableSpan<ShapeToken>
    /// The number of tokens written.
    private(set) var count: Int

    /// Writes behind the first `count`.
    @_lifetime(&tokens)
    init(_ tokens: inout [ShapeToken], count: Int) {
        self.tokens = tokens.mutableSpan
        self.count = count
    }

    /// Writes the tokens that `runs` finds from `place` on, as `WordRuns.tokens` says, and gives where it ended.
    ///
    /// `event` and `word` say what comes next, before and after.
    ///
    /// - Returns: Where the reading ended, and where the last token written stands, -1 for none.
    @inline(__always)
    mutating func tokens(
        of runs: borrowing WordRuns,
        in text: Span<UInt8>,
        from place: Int,
        isLineStart: Bool,
        _ ordinal: UInt32,
        _ event: inout Int,
        _ word: inout Int
    ) -> (end: Int, last: Int) {
        var cursor = ctextscan_cursor(event: event, word: word, count: count, last: -1)
        let end = runs.tokens(
            of: text,
            from: place,
            isLineStart: isLineStart,
            ordinal,
            &cursor,
            into: &tokens
        )
        event = cursor.event
        word = cursor.word
        count = cursor.count
        return (end, cursor.last)
    }

    @inline(__always)
    mutating func token(_ token: ShapeToken) {
        guard count < tokens.count else { return }
        tokens[count] = token
        count &+= 1
    }
}
