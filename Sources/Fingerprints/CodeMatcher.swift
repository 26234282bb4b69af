/// Looks for indexed code in the text of one message, leaf by leaf, as the text comes.
///
/// Every gram of the text is looked up (the indexes hold a selection): first in the index's filter, which says no to
/// nearly all of foreign text. Words of different leaves never make a gram together, but their hits may make a finding
/// together. The result does not depend on how the text is cut into chunks. State is a few kilobytes and what has been
/// found.
package struct CodeMatcher: ~Copyable {
    private let worker: CodeWorker
    private var trackers: [EvidenceTracker]
    private var normalizer = Normalizer()
    /// The last words of the message's text.
    private var history = [UInt64](repeating: 0, count: CodeScratch.history)
    /// The rolling state of the gram that ends at the last word.
    private var rolling: UInt64 = 0
    /// The ordinal, in the message, of the first word of the leaf.
    private var leafStart = 0
    private var tag = 0

    /// Words of the message's text so far.
    package private(set) var words = 0

    /// Whether something passed its threshold since `matches` was last called.
    package var hasNewFinding: Bool { trackers.contains(where: \.hasNewFinding) }

    /// A matcher of one message that shares its thread's worker; where that has no indexes, it finds nothing and costs
    /// nothing.
    package init(_ worker: CodeWorker) {
        self.worker = worker
        trackers = worker.indexes.map(EvidenceTracker.init)
    }

    /// A matcher with a worker of its own, for a few texts.
    package init(_ indexes: [FingerprintIndex]) {
        self.init(CodeWorker(indexes))
    }

    /// Begins a leaf; `tag` is given back by `CodeMatch.strongestTag`.
    package mutating func leafBegan(tag: Int) {
        leafEnded()
        self.tag = tag
    }

    /// Takes the next chunk of the leaf's text, cut anywhere; what its words complete is looked up at once.
    package mutating func leafText(_ text: Span<UInt8>) {
        guard !trackers.isEmpty else { return }
        var start = 0
        while start < text.count {
            let end = min(start + WordRuns.slice, text.count)
            let slice = text.extracting(start..<end)
            let count = worker.scratch.read(slice, with: &normalizer)
            lookUp(count)
            start = end
        }
    }

    /// Ends the leaf.
    package mutating func leafEnded() {
        guard !trackers.isEmpty else { return }
        lookUp(worker.scratch.finish(&normalizer))
        for ordinal in trackers.indices { trackers[ordinal].endLeaf() }
        rolling = 0
        // No gram reaches back over the leaf's beginning.
        for place in (history.count - Winnower.gramLength)..<history.count { history[place] = 0 }
        leafStart = words
    }

    /// What has been found so far, most lines first, then by collection and path.
    ///
    /// A word that the last chunk cut is not counted yet.
    package mutating func matches() -> [CodeMatch] {
        var matches: [CodeMatch] = []
        for ordinal in trackers.indices {
            trackers[ordinal].hasNewFinding = false
            matches += trackers[ordinal].matches()
        }
        return trackers.count == 1 ? matches : matches.sorted(by: CodeMatch.comesFirst)
    }

    /// Looks up the grams that end in the `count` words that the worker has gathered.
    private mutating func lookUp(_ count: Int) {
        guard count > 0 else { return }
        worker.scratch.precede(history)
        worker.scratch.roll(count, from: &rolling)
        for ordinal in trackers.indices { lookUp(count, in: ordinal) }
        words += count
        worker.scratch.keep(count, in: &history)
    }

    /// Looks up the last `count` grams in one index.
    private mutating func lookUp(_ count: Int, in ordinal: Int) {
        let index = worker.indexes[ordinal]
        // The first grams of a leaf are not whole.
        let skipped = min(count, max(0, leafStart + Winnower.gramLength - 1 - words))
        index.withWords { octets in
            let passed = worker.scratch.filter(skipped..<count, index, octets)
            guard passed > 0 || trackers[ordinal].isFollowing else { return }
            let window = TextWindow(
                words: worker.scratch.words,
                count: CodeScratch.history + count,
                first: words - CodeScratch.history,
                leafStart: leafStart
            )
            for candidate in 0..<passed {
                let (place, gram) = worker.scratch.gram(candidate)
                guard let key = index.layout.ordinal(of: index.stored(gram), in: octets) else { continue }
                let text = words + place - Winnower.gramLength + 1
                trackers[ordinal].hit(key, at: text, tag: tag, in: window, octets)
            }
            trackers[ordinal].extendRuns(in: window, octets)
        }
    }
}
