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

    private struct Collector: WordSink {
        var hashes: [UInt64] = []
        var offsets: [Int] = []

        mutating func word(_ hash: UInt64, at offset: Int) {
            hashes.append(hash)
            offsets.append(offset)
        }

        mutating func words(_ runs: borrowing WordRuns, base: Int) {
            let (found, starts) = (runs.foundHashes, runs.foundStarts)
            for place in 0..<runs.count { word(found[place], at: base + Int(starts[place])) }
        }
    }

    /// Reads a file.
    init(_ text: [UInt8]) {
        var normalizer = Normalizer()
        var collector = Collector()
        var runs = WordRuns()
        normalizer.consume(text.span, &runs, &collector)
        normalizer.finish(&collector)
        words = collector.hashes
        countLines(text, collector.offsets)
        assignRoles(CommentScanner.comments(in: text), collector.offsets)
    }

    /// Calls `body` with every gram of the words as they stand, then with every gram of those outside comments.
    func forEachGram(_ body: (UInt64) -> Void) {
        var roller = GramRoller()
        for word in words {
            if let gram = roller.push(word) { body(gram) }
        }
        guard roles.contains(where: { $0 != .code }) else { return }
        roller = GramRoller()
        for position in words.indices where roles[position] == .code {
            if let gram = roller.push(words[position]) { body(gram) }
        }
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
