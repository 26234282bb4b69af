/// A source file as an index sees it: its words, the lines they stand on, and the fingerprints chosen among its grams.
struct SourceText {
    /// The hashes of all its words, in order.
    private(set) var words: [UInt64] = []
    /// For each line the number of words that begin in it.
    private(set) var wordsInLine: [Int] = []

    /// What a word belongs to.
    private enum Role {
        case code, comment, notice
    }

    private var roles: [Role] = []
    /// Of each word whether it stands in a run of imports; empty where none does.
    private var isImport: [Bool] = []
    /// Whether the head of the file says that a program made it.
    private var isGenerated = false
    /// Its tokens outside comments, in order.
    private(set) var tokens: [ShapeToken] = []

    /// Words and tokens, and where the words begin.
    private struct Collector: WordSink {
        var gathered = GatheredText(room: 0, words: WordRuns.slice + 8, tokens: WordRuns.slice + 8)
        var offsets: [Int] = []

        mutating func word(_ hash: UInt64, at offset: Int) {
            gathered.word(hash, at: offset)
            offsets.append(offset)
        }

        mutating func mark(_ octet: UInt8, at offset: Int) { gathered.mark(octet, at: offset) }

        mutating func words(_ runs: borrowing WordRuns, of text: Span<UInt8>, base: Int) {
            let starts = runs.foundStarts
            for place in 0..<runs.count { offsets.append(base + Int(starts[place])) }
            gathered.words(runs, of: text, base: base)
        }
    }

    /// Reads a file; by its name, if it has one, it is told which comments its language has.
    init(_ text: [UInt8], name: [UInt8] = []) {
        var normalizer = Normalizer()
        var collector = Collector()
        var runs = WordRuns()
        var start = 0
        while start < text.count {
            let end = min(start + WordRuns.slice, text.count)
            collector.gathered.begin(at: UInt32(truncatingIfNeeded: words.count))
            normalizer.consume(text.span.extracting(start..<end), &runs, &collector)
            take(collector.gathered)
            start = end
        }
        collector.gathered.begin(at: UInt32(truncatingIfNeeded: words.count))
        normalizer.finish(&collector)
        collector.gathered.endText()
        take(collector.gathered)
        countLines(text, collector.offsets)
        assignRoles(
            CommentScanner.comments(in: text, style: CommentStyle.of(name: name, text: text)),
            collector.offsets
        )
        markImports(ImportRuns.runs(in: text), collector.offsets)
        isGenerated = SourceNames.isGenerated(text)
    }

    /// Whether a fingerprint tells little: because a program made the file, or half of its words stand among imports.
    func isCommonplace(_ chosen: Fingerprint) -> Bool {
        if isGenerated { return true }
        guard !isImport.isEmpty else { return false }
        let end = min(chosen.position + chosen.span, isImport.count)
        guard chosen.position < end else { return false }
        return isImport[chosen.position..<end].count(where: \.self) * 2 >= end - chosen.position
    }

    /// Calls `body` with every gram that may be chosen: of the words as they stand, of those outside comments, and of the
    /// tokens.
    ///
    /// Whether a gram is `wanted` is asked before it is looked at closely.
    func forEachGram(where wanted: (UInt64) -> Bool, _ body: (UInt64) -> Void) {
        forEachRoller { roller, word in
            guard let gram = roller.push(word), wanted(gram) else { return }
            if roller.diversity >= FingerprintSelection.leastDiversity { body(gram) }
        }
        var roller = ShapeRoller()
        for token in tokens {
            guard let gram = roller.push(token.value).map(HashMixing.gram), wanted(gram) else { continue }
            if roller.isRich { body(gram) }
        }
    }

    /// Calls `body` with every part of a gram.
    func forEachPart(_ body: (UInt32) -> Void) {
        forEachRoller { roller, word in
            _ = roller.push(word)
            if let part = roller.part { body(part) }
        }
        var roller = ShapeRoller(length: ShapeRoller.partLength)
        for token in tokens {
            if let state = roller.push(token.value) { body(ShapeSelection.part(ofState: state)) }
        }
    }

    /// Calls `body` with every word, and with those outside comments once more, and a roller for either.
    private func forEachRoller(_ body: (inout GramRoller, UInt64) -> Void) {
        var roller = GramRoller()
        for word in words { body(&roller, word) }
        guard roles.contains(where: { $0 != .code }) else { return }
        roller = GramRoller()
        for position in words.indices where roles[position] == .code { body(&roller, words[position]) }
    }

    /// Calls `body` with each fingerprint.
    ///
    /// Two selections are made: of the words as they stand, and of those outside comments. In the first no gram crosses
    /// a notice of licence, in the second none holds a comment's word. A gram of fewer than four different words tells
    /// nothing and is never chosen.
    func forEachFingerprint(_ body: (Fingerprint) -> Void) {
        var selection = FingerprintSelection()
        for position in words.indices {
            let chosen = roles[position] == .notice ? selection.end() : selection.push(words[position], position)
            if let chosen { body(chosen) }
        }
        if let last = selection.end() { body(last) }
        guard roles.contains(where: { $0 != .code }) else { return }
        for position in words.indices where roles[position] == .code {
            if let chosen = selection.push(words[position], position) { body(chosen) }
        }
        if let last = selection.end() { body(last) }
    }

    /// Calls `body` with each fingerprint of the shape of the code.
    func forEachShape(_ body: (Fingerprint) -> Void) {
        var selection = ShapeSelection()
        for token in tokens {
            if let chosen = selection.push(token) { body(chosen) }
        }
        if let last = selection.end() { body(last) }
    }

    private mutating func take(_ gathered: borrowing GatheredText) {
        words += gathered.words[..<gathered.count]
        tokens += gathered.tokens[..<gathered.tokenCount]
    }

    private mutating func countLines(_ text: [UInt8], _ offsets: [Int]) {
        var lineStart = 0
        var word = 0
        while lineStart < text.count {
            var lineEnd = lineStart
            while lineEnd < text.count, text[lineEnd] != 0x0A { lineEnd += 1 }
            let first = word
            while word < offsets.count, offsets[word] <= lineEnd { word += 1 }
            wordsInLine.append(word - first)
            lineStart = lineEnd + 1
        }
    }

    private mutating func markImports(_ runs: [Range<Int>], _ offsets: [Int]) {
        guard !runs.isEmpty else { return }
        isImport = [Bool](repeating: false, count: words.count)
        var next = 0
        for (position, offset) in offsets.enumerated() {
            while next < runs.count, runs[next].upperBound <= offset { next += 1 }
            guard next < runs.count else { return }
            isImport[position] = runs[next].contains(offset)
        }
    }

    private mutating func assignRoles(_ comments: [CommentScanner.Comment], _ offsets: [Int]) {
        roles = [Role](repeating: .code, count: words.count)
        var next = 0
        for (position, offset) in offsets.enumerated() {
            while next < comments.count, comments[next].octets.upperBound <= offset { next += 1 }
            guard next < comments.count, comments[next].octets.contains(offset) else { continue }
            roles[position] = comments[next].isNotice ? .notice : .comment
        }
    }
}
