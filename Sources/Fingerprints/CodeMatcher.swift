/// Looks for indexed code in the text of one message, leaf by leaf, as the text comes.
///
/// Every gram of the text is looked up (the indexes hold a selection): first in the index's filter, which says no to
/// nearly all of foreign text. Words of different leaves never make a gram together, but their hits may make a finding
/// together. The result does not depend on how the text is cut into chunks. State is a few tens of kilobytes and what
/// has been found.
package struct CodeMatcher: ~Copyable {
    /// Octets normalised at a time.
    private static let slice = 2048
    /// Words gathered before they are looked up; `hasNewFinding` may come that late, but for the end of a leaf.
    private static let batch = 512
    /// Words kept behind those looked up, for following runs back.
    private static let history = EvidenceTracker.backward + Winnower.gramLength

    private let indexes: [FingerprintIndex]
    private var trackers: [EvidenceTracker]
    private var normalizer = Normalizer()
    private var pending = PendingWords(capacity: Self.history + Self.batch + Self.slice + 8)
    private var grams = [UInt64](repeating: 0, count: Self.batch + Self.slice + 8)
    private var candidates = [Int](repeating: 0, count: Self.batch + Self.slice + 8)
    /// The rolling state of the gram that ends at the last word looked up.
    private var rolling: UInt64 = 0
    /// The ordinal, in the message, of the first word of the leaf.
    private var leafStart = 0
    private var tag = 0

    /// Words of the message's text so far.
    package var words: Int { pending.first + pending.count }

    /// Whether something passed its threshold since `matches` was last called.
    package var hasNewFinding: Bool { trackers.contains(where: \.hasNewFinding) }

    /// A matcher of one message against `indexes`; without any it finds nothing and costs nothing.
    package init(_ indexes: [FingerprintIndex]) {
        self.indexes = indexes
        trackers = indexes.map(EvidenceTracker.init)
        pending.count = Self.history
        pending.first = -Self.history
    }

    /// Begins a leaf; `tag` is given back by `CodeMatch.strongestTag`.
    package mutating func leafBegan(tag: Int) {
        leafEnded()
        self.tag = tag
    }

    /// Takes the next chunk of the leaf's text, cut anywhere.
    package mutating func leafText(_ text: Span<UInt8>) {
        guard !indexes.isEmpty else { return }
        var start = 0
        while start < text.count {
            let end = min(start + Self.slice, text.count)
            normalizer.consume(text.extracting(start..<end), &pending)
            start = end
            if pending.count - Self.history >= Self.batch { lookUp() }
        }
    }

    /// Ends the leaf.
    package mutating func leafEnded() {
        guard !indexes.isEmpty else { return }
        normalizer.finish(&pending)
        lookUp()
        for ordinal in trackers.indices { trackers[ordinal].endLeaf() }
        rolling = 0
        pending.forget(Self.history)
        leafStart = pending.first + Self.history
    }

    /// What has been found so far, most lines first, then by collection and path.
    ///
    /// A word that the last chunk cut is not counted yet.
    package mutating func matches() -> [CodeMatch] {
        lookUp()
        var matches: [CodeMatch] = []
        for ordinal in trackers.indices {
            trackers[ordinal].hasNewFinding = false
            matches += trackers[ordinal].matches()
        }
        return trackers.count == 1 ? matches : matches.sorted(by: CodeMatch.comesFirst)
    }
}

extension CodeMatcher {
    /// The words that have come, behind the last of those before.
    private struct PendingWords: WordSink {
        var words: [UInt64]
        var count = 0
        /// The ordinal of the first, counted so that the message's first word is zero.
        var first = 0

        init(capacity: Int) {
            words = [UInt64](repeating: 0, count: capacity)
        }

        @inline(__always)
        mutating func word(_ hash: UInt64, at offset: Int) {
            words[count] = hash
            count &+= 1
        }

        /// Keeps the last `kept` words only.
        mutating func drop(keeping kept: Int) {
            let surplus = count - kept
            guard surplus > 0 else { return }
            for index in 0..<kept { words[index] = words[index + surplus] }
            first += surplus
            count = kept
        }

        /// Makes the first `length` words nothing.
        mutating func forget(_ length: Int) {
            for index in 0..<length { words[index] = 0 }
        }
    }

    /// Looks up the grams that end in the words that have come.
    private mutating func lookUp() {
        let count = pending.count - Self.history
        guard count > 0 else { return }
        Self.roll(pending.words, count, from: &rolling, into: &grams)
        for ordinal in indexes.indices { lookUp(count, in: ordinal) }
        pending.drop(keeping: Self.history)
    }

    /// Looks up the last `count` grams in one index.
    private mutating func lookUp(_ count: Int, in ordinal: Int) {
        let index = indexes[ordinal]
        let firstWord = pending.first + Self.history
        // The first grams of a leaf are not whole.
        let skipped = min(count, max(0, leafStart + Winnower.gramLength - 1 - firstWord))
        let window = TextWindow(words: pending.words, count: pending.count, first: pending.first, leafStart: leafStart)
        index.withWords { words in
            let passed = Self.filter(grams, skipped..<count, index, words, into: &candidates)
            for place in 0..<passed {
                let position = candidates[place]
                guard let key = index.layout.ordinal(of: index.stored(grams[position]), in: words) else { continue }
                let text = firstWord + position - Winnower.gramLength + 1
                trackers[ordinal].hit(key, at: text, tag: tag, in: window, words)
            }
            trackers[ordinal].extendRuns(in: window, words)
        }
    }

    /// Makes `grams` those that end in the last `count` of `words`, which follow on `history` words.
    private static func roll(_ words: [UInt64], _ count: Int, from rolling: inout UInt64, into grams: inout [UInt64]) {
        let input = words.span
        var output = grams.mutableSpan
        var state = rolling
        for place in 0..<count {
            let leaving = input[history + place - Winnower.gramLength]
            state = HashMixing.roll(state, entering: input[history + place], leaving: leaving)
            output[place] = HashMixing.gram(state)
        }
        rolling = state
    }

    /// Puts the places of those grams that the index's filter lets pass into `passed`, and gives their number.
    private static func filter(
        _ grams: [UInt64],
        _ places: Range<Int>,
        _ index: FingerprintIndex,
        _ words: Span<UInt64>,
        into passed: inout [Int]
    ) -> Int {
        let start = index.layout.firstWord(of: .filter)
        let blocks = index.layout.filterBlocks
        let filter = words.extracting(start..<(start + blocks * GramFilter.blockWords))
        let input = grams.span
        var output = passed.mutableSpan
        var count = 0
        if let key = index.key {
            for place in places {
                output[count] = place
                count &+= GramFilter.mayContain(key.seal(input[place]), in: filter, blocks: blocks) ? 1 : 0
            }
        } else {
            for place in places {
                output[count] = place
                count &+= GramFilter.mayContain(HashMixing.spread(input[place]), in: filter, blocks: blocks) ? 1 : 0
            }
        }
        return count
    }
}
