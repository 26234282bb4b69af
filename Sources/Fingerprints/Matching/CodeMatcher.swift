/// Looks for indexed code in the text of one message, leaf by leaf, as the text comes.
///
/// There are two views of text: its words, and the shape of its code, in which names count for nothing. Every gram of both is
/// looked up (the indexes hold a selection): first in the index's filter, which says no to nearly all of foreign text. The
/// end of a leaf is a line break, so that code is found that several leaves hold one after the other; a leaf that is one
/// short label, such as a role or a type, is left out. The result does not depend on how the text is cut into chunks. State is
/// a few kilobytes and what has been found.
package struct CodeMatcher: ~Copyable {
    /// Octets of a leaf that may be a label.
    private static let labelLimit = 64

    private let worker: CodeWorker
    private let trace: MatchTrace?
    private var progress: CodeProgress
    /// What has come of a leaf that may be a label.
    private var label: [UInt8] = []
    private var mayBeLabel = true

    /// Words of the texts before.
    private var wordsBefore = 0

    /// Words of the message's text so far.
    package var words: Int { wordsBefore + progress.words }

    /// Whether places of an index were passed over, since the text resembles it everywhere.
    package var hasLimitBitten: Bool { progress.trackers.contains { $0.effort.passedOver > 0 } }

    /// The work done so far, an index each.
    var efforts: [Effort] { progress.trackers.map(\.effort) }

    /// Whether something passed its threshold since `matches` was last called.
    package var hasNewFinding: Bool { progress.trackers.contains(where: \.hasNewFinding) }

    /// A matcher of one message that shares its thread's worker; where that has no indexes, it finds nothing and costs
    /// nothing.
    package init(_ worker: CodeWorker) {
        self.worker = worker
        let trace = worker.trace
        self.trace = trace
        progress = CodeProgress(worker.trackers)
    }

    /// A matcher with a worker of its own, for a few texts.
    package init(_ indexes: [FingerprintIndex]) {
        self.init(CodeWorker(indexes))
    }

    /// Begins another text of the message, as though there had been none before: what was found is forgotten.
    ///
    /// Not to be called inside a leaf.
    package mutating func textBegan() {
        wordsBefore += progress.words
        trace?.textBegan(behind: progress.words)
        progress = CodeProgress(worker.trackers)
    }

    /// How far the matcher has come: to be taken and set only between leaves, and set only where the worker is the same.
    package var position: CodeProgress {
        get { progress }
        set { progress = newValue }
    }

    /// Begins a leaf; `tag` is given back by `CodeMatch.strongestTag`.
    package mutating func leafBegan(tag: Int) {
        leafEnded()
        progress.tag = tag
    }

    /// Takes the next chunk of the leaf's text, cut anywhere; what its words complete is looked up at once.
    package mutating func leafText(_ text: Span<UInt8>) {
        guard !progress.trackers.isEmpty, text.count > 0 else { return }
        if mayBeLabel {
            if holdLabel(text) { return }
            mayBeLabel = false
            let held = label
            label.removeAll(keepingCapacity: true)
            read(held.span)
        }
        read(text)
    }

    /// Takes a path that the text names; where files share code, it tells which is meant.
    package mutating func fileNamed(_ path: Span<UInt8>) {
        for ordinal in progress.trackers.indices { progress.trackers[ordinal].names.append(path) }
    }

    /// Takes note that a text begins of which several versions come.
    package mutating func versionsBegan() { progress.versionStart = progress.words - progress.repeated }

    /// Begins another version of the text that began at `versionsBegan`: it does not make the text longer.
    package mutating func versionBegan() {
        progress.repeated = progress.words - progress.versionStart
        for ordinal in progress.trackers.indices { progress.trackers[ordinal].repeated = progress.repeated }
    }

    /// Ends the leaf.
    package mutating func leafEnded() {
        guard !progress.trackers.isEmpty else { return }
        if mayBeLabel, !label.isEmpty {
            let held = label
            fileNamed(held.span)
        }
        label.removeAll(keepingCapacity: true)
        guard !mayBeLabel else { return }
        mayBeLabel = true
        worker.scratch.finish(&progress.normalizer, &progress.lexer)
        lookUp()
    }

    /// Ends the text: what is left is judged by the length that it has come to.
    ///
    /// More may come, that of another text of the message above all.
    package mutating func textEnded() {
        leafEnded()
        for ordinal in progress.trackers.indices { progress.trackers[ordinal].endText(words: progress.words) }
    }

    /// What has been found so far, most lines first, then by collection and path.
    ///
    /// A word that the last chunk cut is not counted yet. An index that proved damaged, see `FingerprintIndex.damage`, finds
    /// nothing any more.
    package mutating func matches() -> [CodeMatch] {
        var matches: [CodeMatch] = []
        for ordinal in progress.trackers.indices {
            progress.trackers[ordinal].hasNewFinding = false
            let found = progress.trackers[ordinal].matches()
            if !worker.indexes[ordinal].isDamaged { matches += found }
        }
        return progress.trackers.count == 1 ? matches : matches.sorted(by: CodeMatch.comesFirst)
    }

    /// Keeps text back as long as the leaf may be a label: few octets, letters, digits, `.`, `-`, `_`, `:` and `/` alone.
    private mutating func holdLabel(_ text: Span<UInt8>) -> Bool {
        guard label.count + text.count <= Self.labelLimit else { return false }
        for index in text.indices {
            let octet = text[index]
            let isPlain = (octet | 0x20) &- 0x61 < 26 || octet &- 0x2D < 14 || octet == 0x5F
            if !isPlain { return false }
        }
        for index in text.indices { label.append(text[index]) }
        return true
    }

    private mutating func read(_ text: Span<UInt8>) {
        var start = 0
        while start < text.count {
            let end = min(start + WordRuns.slice, text.count)
            worker.scratch.read(text.extracting(start..<end), with: &progress.normalizer, &progress.lexer)
            lookUp()
            start = end
        }
    }

    /// Looks up the grams that end in the words and tokens that the worker has gathered.
    private mutating func lookUp() {
        if worker.scratch.hasNumbers { progress.lineNumbers.append(worker.scratch.numbers, from: progress.words) }
        guard worker.scratch.wordCount > 0 || worker.scratch.tokenCount > 0 else { return }
        worker.scratch.roll(&progress.state, from: progress.words)
        trace?.asked(words: worker.scratch.wordCount, tokens: worker.scratch.tokenCount)
        for ordinal in progress.trackers.indices { lookUp(in: ordinal) }
        progress.words += worker.scratch.wordCount
        worker.scratch.keep(in: &progress.state)
    }

    /// Looks up the gathered grams in one index, in the order in which they end.
    private mutating func lookUp(in ordinal: Int) {
        let index = worker.indexes[ordinal]
        guard !index.isDamaged else { return }
        if let trace { worker.scratch.noteSuppressed(from: progress.words, in: index, ordinal, to: trace) }
        // The first grams of a message are not whole.
        let skipped = max(0, Winnower.gramLength - 1 - progress.words)
        index.withWords { octets in
            let passed = worker.scratch.filter(skipped, index, octets)
            guard passed.words + passed.shapes > 0 || progress.trackers[ordinal].isFollowing else { return }
            let window = TextWindow(
                words: worker.scratch.words,
                count: CodeScratch.history + worker.scratch.wordCount,
                first: progress.words - CodeScratch.history
            )
            var (word, shape) = (0, 0)
            while word < passed.words || shape < passed.shapes {
                let (place, wordGram) = word < passed.words ? worker.scratch.wordGram(word) : (Int.max - 1, 0)
                let (first, end, shapeGram) = shape < passed.shapes ? worker.scratch.shapeGram(shape) : (-1, Int.max, 0)
                let range: Range<Int>
                let gram: UInt64
                if place + 1 <= end, word < passed.words {
                    word += 1
                    let last = progress.words + place
                    range = (last - Winnower.gramLength + 1)..<(last + 1)
                    gram = wordGram
                } else {
                    shape += 1
                    guard first >= 0, first < progress.words + end else { continue }
                    range = first..<(progress.words + end)
                    gram = shapeGram
                }
                guard let key = index.layout.ordinal(of: index.stored(gram), in: octets) else { continue }
                let line = progress.lineNumbers.number(at: range.lowerBound)
                progress.trackers[ordinal].hit(key, in: range, tag: progress.tag, line: line, window, octets)
            }
            progress.trackers[ordinal].extendRuns(in: window, octets)
        }
    }
}
