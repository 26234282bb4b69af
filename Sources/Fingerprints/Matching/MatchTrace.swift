/// Notes the way of one message's matching to its decision, for `weir explain`.
///
/// The matcher itself tells it what it does, so what is explained is what was decided. A worker has none in all other use, and
/// pays one comparison a hit for that. What is kept is bounded: the best candidates, and of each the first hits.
///
/// A class because matcher and trackers of one message write to the same; it never leaves its thread.
package final class MatchTrace {
    /// Candidates, that is clusters, kept.
    static let candidateLimit = 512
    /// Hits kept of one candidate, and ranges of one reason of suppression.
    static let hitLimit = 256

    /// A fingerprint that was found in an index.
    struct Hit {
        var index: Int
        var key: Int
        var kind: KeyKind
        /// The files that hold it.
        var files: Int
        /// What it weighs in the candidate's file.
        var weight = 0.0
        /// Whether a hit of shape is the same word for word.
        var isVerbatim = false
        /// The words of the text.
        var text: Range<Int>
    }

    /// A cluster: hits of one file near each other, as far as they are known.
    struct Candidate {
        var index: Int
        var file: Int
        var hits: [Hit] = []
        var hitCount = 0
        var evidence = 0.0
        var threshold = MatchScore.threshold
        /// The best judgement: the score, and the words it was judged by.
        var score = -Double.infinity
        var words = 0
        /// Whether the best judgement met what is asked besides a score.
        var isFit = false
        var longestRun = 0
        var hasPassed = false
        /// The stretches that are shared; known once no later hit can join.
        var runs: [SharedRun] = []
    }

    /// Grams that an index knows and does not hold against anybody.
    struct Suppressed {
        var index: Int
        var source: SuppressionSource
        var wordGrams = 0
        var shapeGrams = 0
        var text: [Range<Int>] = []
    }

    /// What was asked for.
    private(set) var words = 0
    private(set) var tokens = 0
    /// Distinct fingerprints hit, by view.
    private(set) var wordKeys: Set<Int> = []
    private(set) var shapeKeys: Set<Int> = []
    private(set) var candidates: [Int: Candidate] = [:]
    private(set) var suppressed: [Suppressed] = []
    /// Candidates that no longer fitted.
    private(set) var forgotten = 0
    /// The hit that is being counted.
    var last: Hit?
    /// The words of the message's texts before this one, and how many these are.
    private var before = 0
    private var texts = 0

    /// Nothing noted yet.
    package init() {}

    /// Words and tokens were completed, and looked up with what came before them.
    func asked(words: Int, tokens: Int) {
        self.words += words
        self.tokens += tokens
    }

    /// Another text of the message begins behind one of so many words: its words are counted anew.
    func textBegan(behind words: Int) {
        before += words
        texts += 1
    }

    /// A gram was found in an index.
    func hit(_ hit: Hit) {
        var hit = hit
        hit.text = shifted(hit.text)
        let limit = 1 << 20
        let number = hit.index << 40 | hit.key
        if hit.kind.isShape {
            if shapeKeys.count < limit { shapeKeys.insert(number) }
        } else {
            if wordKeys.count < limit { wordKeys.insert(number) }
        }
        last = hit
    }

    /// The last hit was counted as evidence for a cluster.
    func counted(in number: Int, of file: Int, weight: Double, isVerbatim: Bool) {
        guard var last else { return }
        let number = shifted(number)
        last.weight = weight
        last.isVerbatim = isVerbatim
        makeRoom(for: number)
        var candidate = candidates[number] ?? Candidate(index: last.index, file: file)
        candidates[number] = nil
        candidate.hitCount += 1
        if candidate.hits.count < Self.hitLimit { candidate.hits.append(last) }
        candidates[number] = candidate
    }

    /// A cluster was judged by a text of so many words.
    func judged(_ number: Int, _ evidence: ClusterEvidence, score: Double, threshold: Double, words: Int) {
        let number = shifted(number)
        guard var candidate = candidates[number] else { return }
        candidates[number] = nil
        let isFit = MatchScore.isEnough(evidence)
        candidate.evidence = MatchScore.worth(evidence)
        candidate.longestRun = max(candidate.longestRun, evidence.longestRun)
        candidate.threshold = threshold
        let passes = isFit && score >= threshold
        if passes { candidate.hasPassed = true }
        if (isFit ? 1 : 0, score) >= (candidate.isFit ? 1 : 0, candidate.score) {
            candidate.isFit = isFit
            candidate.score = score
            candidate.words = words
        }
        candidates[number] = candidate
    }

    /// No later hit can join a cluster: its stretches stand.
    func ended(_ number: Int, runs: [SharedRun]) {
        candidates[shifted(number)]?.runs = runs.map { run in
            var run = run
            run.text += before
            return run
        }
    }

    /// An index knows a gram, and that it tells nothing.
    func suppressed(_ source: SuppressionSource, in index: Int, isShape: Bool, text: Range<Int>) {
        let place =
            suppressed.firstIndex { $0.index == index && $0.source == source }
            ?? {
                suppressed.append(Suppressed(index: index, source: source))
                return suppressed.count - 1
            }()
        let text = shifted(text)
        if isShape { suppressed[place].shapeGrams += 1 } else { suppressed[place].wordGrams += 1 }
        if let known = suppressed[place].text.last, text.lowerBound <= known.upperBound {
            let joined = min(known.lowerBound, text.lowerBound)..<max(known.upperBound, text.upperBound)
            suppressed[place].text[suppressed[place].text.count - 1] = joined
        } else if suppressed[place].text.count < Self.hitLimit {
            suppressed[place].text.append(text)
        }
    }

    /// Words of the text at hand as words of the message.
    private func shifted(_ words: Range<Int>) -> Range<Int> {
        (before + words.lowerBound)..<(before + words.upperBound)
    }

    /// The number of a cluster of the text at hand.
    private func shifted(_ number: Int) -> Int { number | texts << 52 }

    /// Forgets the weakest half once there are twice as many as are kept.
    private func makeRoom(for number: Int) {
        guard candidates[number] == nil, candidates.count >= 2 * Self.candidateLimit else { return }
        let ranked = candidates.sorted { ($1.value.score, $0.key) < ($0.value.score, $1.key) }
        for (number, candidate) in ranked.dropFirst(Self.candidateLimit) where !candidate.hasPassed {
            candidates[number] = nil
            forgotten += 1
        }
    }
}

/// Why an index knows a gram and takes no notice of it.
package enum SuppressionSource: Hashable, Sendable {
    /// More files hold it than say anything.
    case common
    /// Public code has it; which, as it was given when the index was built.
    case publicCode(String)
    /// A file had it that was made public and is gone.
    case released
}

extension FingerprintIndex {
    /// Why the index takes no notice of a gram; nil where it does not know it, or has it.
    func suppression(of gram: UInt64, in words: Span<UInt64>) -> SuppressionSource? {
        switch layout.suppression(of: stored(gram), in: words) {
        case nil: nil
        case .common: .common
        case .madePublic: .released
        case .publicCode(let source):
            .publicCode(metadata.subtracted.indices.contains(source) ? metadata.subtracted[source].source : "")
        }
    }
}
