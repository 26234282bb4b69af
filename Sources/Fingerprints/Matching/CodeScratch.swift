internal import CTextScan

/// The memory in which matchers turn a slice of text into words, tokens and grams of both, and ask filters for them.
struct CodeScratch: ~Copyable {
    /// Words kept behind those looked up, for following runs back.
    static let history = EvidenceTracker.backward + Winnower.gramLength
    /// The most words that one slice of text can complete: every second octet one, and what was open before.
    private static let mostWords = WordRuns.slice / 2 + 8
    /// The most tokens: every octet one, and marks that were held.
    private static let mostTokens = WordRuns.slice + 8

    private var runs = WordRuns()
    private var gathered = GatheredText(room: history, words: mostWords, tokens: mostTokens)
    private var wordGrams = GramBatch(capacity: mostWords)
    private var shapeGrams = GramBatch(capacity: mostTokens)
    private var shapes = ShapeStates(capacity: mostTokens)
    /// The ordinals in the message of the first words of the tokens before those gathered.
    private var before = GramBegins()
    private var ordinal = 0

    /// The words that a matcher keeps, and behind them those that its text has just completed.
    var words: [UInt64] { gathered.words }
    /// The number of words that the text has just completed, and that of tokens.
    var wordCount: Int { gathered.count - Self.history }
    var tokenCount: Int { gathered.tokenCount }
    /// Whether there are numbers at the starts of the text's lines, and these.
    var hasNumbers: Bool { gathered.numbers.count > 0 }
    var numbers: SliceNumbers { gathered.numbers }

    /// Has a matcher's normalizer and lexer read a slice.
    mutating func read(_ slice: Span<UInt8>, with normalizer: inout Normalizer, _ lexer: inout ShapeLexer) {
        gathered.begin()
        gathered.lexer = lexer
        normalizer.consume(slice, &runs, &gathered)
        lexer = gathered.lexer
    }

    /// Has a matcher's normalizer and lexer end their text, as a line break would.
    mutating func finish(_ normalizer: inout Normalizer, _ lexer: inout ShapeLexer) {
        gathered.begin()
        gathered.lexer = lexer
        normalizer.finish(&gathered)
        gathered.endText()
        lexer = gathered.lexer
    }

    /// Takes a matcher's rolling states on over what was read, of which the first word is number `ordinal` of the message.
    mutating func roll(_ state: inout CodeState, from ordinal: Int) {
        gathered.precede(state.history)
        wordGrams.roll(gathered.words, behind: Self.history, wordCount, from: &state.rolling)
        shapeGrams.roll(gathered.tokens, tokenCount, &shapes, from: &state.shape)
        self.ordinal = ordinal
        before = state.begins
    }

    /// Puts the last words, and what is kept of the last tokens, where the matcher keeps them.
    func keep(in state: inout CodeState) {
        for place in max(0, tokenCount - GramBegins.count)..<tokenCount { state.begins.push(first(of: place)) }
        let words = gathered.words.span
        let count = wordCount
        var kept = state.history.mutableSpan
        for place in 0..<Self.history { kept[place] = words[count &+ place] }
    }

    /// Asks an index's filter for the grams of words from `place` on, and for the grams of tokens.
    ///
    /// - Returns: How many of each passed.
    mutating func filter(_ place: Int, _ index: FingerprintIndex, _ octets: Span<UInt64>) -> (words: Int, shapes: Int) {
        wordGrams.seek(min(place, wordCount)..<wordCount, index, octets)
        shapeGrams.seek(0..<tokenCount, index, octets)
        wordGrams.askNear(index, octets)
        shapeGrams.askNear(index, octets)
        return (wordGrams.askFar(index, octets), shapeGrams.askFar(index, octets))
    }

    /// One of the grams of words that passed, and the new word that it ends at.
    func wordGram(_ ordinal: Int) -> (place: Int, gram: UInt64) { wordGrams.gram(ordinal) }

    /// One of the grams of tokens that passed, the ordinal of its first word in the message, -1 where the text does not reach
    /// so far back, and the number of new words up to its end.
    func shapeGram(_ ordinal: Int) -> (first: Int, end: Int, gram: UInt64) {
        let (place, gram) = shapeGrams.gram(ordinal)
        return (shapeBegin(endingAt: place), Int(gathered.tokens[place].end), gram)
    }

    /// The ordinal in the message of the first word of the gram that a token ends.
    private func shapeBegin(endingAt place: Int) -> Int {
        let start = place - ShapeRoller.gramLength + 1
        return start < 0 ? before.first(-start) : first(of: start)
    }

    /// The ordinal in the message of a token's first word.
    private func first(of place: Int) -> Int { ordinal &+ Int(gathered.tokens[place].first) }
}

extension CodeScratch {
    /// Tells a trace which of the grams gathered an index knows and takes no notice of.
    ///
    /// - Parameters:
    ///   - first: The ordinal in the message of the first new word.
    ///   - index: The index.
    ///   - ordinal: Its place among the matcher's.
    ///   - trace: What is told.
    func noteSuppressed(from first: Int, in index: FingerprintIndex, _ ordinal: Int, to trace: MatchTrace) {
        index.withWords { octets in
            for place in 0..<wordCount where first + place + 1 >= Winnower.gramLength {
                guard let source = index.suppression(of: wordGrams.gram(at: place), in: octets) else { continue }
                let end = first + place + 1
                trace.suppressed(source, in: ordinal, isShape: false, text: (end - Winnower.gramLength)..<end)
            }
            for place in 0..<tokenCount {
                let begin = shapeBegin(endingAt: place)
                let end = first + Int(gathered.tokens[place].end)
                guard begin >= 0, begin < end,
                    let source = index.suppression(of: shapeGrams.gram(at: place), in: octets)
                else { continue }
                trace.suppressed(source, in: ordinal, isShape: true, text: begin..<end)
            }
        }
    }
}

/// What a matcher keeps of its text between slices, besides what was found.
struct CodeState {
    /// The last words.
    var history = [UInt64](repeating: 0, count: CodeScratch.history)
    /// The rolling state of the gram of words that ends at the last word.
    var rolling: UInt64 = 0
    /// The same of tokens, and what is kept of the last of them.
    var shape = ctextscan_shape_state()
    /// The first words of the last tokens.
    var begins = GramBegins()

    /// Before the first word.
    init() {}

    /// Octets of memory that its arrays take.
    var octets: Int { history.count * MemoryLayout<UInt64>.stride }
}

/// The ordinals of the first words of the last tokens, for where their gram begins.
struct GramBegins {
    /// Tokens of a gram but the last.
    static let count = ShapeRoller.gramLength - 1

    private var firsts = InlineArray<19, Int>(repeating: -1)
    private var slot = 0

    /// No tokens yet.
    init() {}

    /// Takes a token's first word.
    mutating func push(_ first: Int) {
        firsts[slot] = first
        slot = slot == Self.count - 1 ? 0 : slot + 1
    }

    /// The first word of the token so many before the next, 1…`count`; -1 when there is none.
    func first(_ back: Int) -> Int {
        guard back > 0, back <= Self.count else { return -1 }
        return firsts[slot >= back ? slot - back : slot - back + Self.count]
    }
}
