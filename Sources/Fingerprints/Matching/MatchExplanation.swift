/// Why a message's text matched, or did not: what `weir explain` tells of the fingerprints.
package struct MatchExplanation: Sendable {
    /// The words of the text, and the tokens of its code.
    package var words = 0
    /// The tokens of its code, comments left out.
    package var tokens = 0
    /// Grams of words, and of shape, that were looked up.
    package var wordGrams: Int { max(0, words - Winnower.gramLength + 1) }
    /// The same of shape.
    package var shapeGrams: Int { max(0, tokens - ShapeRoller.gramLength + 1) }
    /// Distinct fingerprints of words that an index holds.
    package var wordHits = 0
    /// The same of shape.
    package var shapeHits = 0
    /// Grams that an index knows and takes no notice of, by reason.
    package var suppressed: [Suppressed] = []
    /// Files that came into question: what was found first, then the nearest.
    package var candidates: [Candidate] = []
    /// Candidates beyond those listed.
    package var moreCandidates = 0

    /// Words of which a text must consist to have a gram at all.
    package static var leastWords: Int { Winnower.gramLength }

    /// Grams that an index knows as telling nothing.
    package struct Suppressed: Sendable {
        /// Why they tell nothing.
        package var source: SuppressionSource
        /// The number of grams of words.
        package var wordGrams: Int
        /// The number of grams of shape.
        package var shapeGrams: Int
        /// The words of the text that they cover.
        package var text: [Range<Int>]
    }

    /// A place of a text that resembles a place of an indexed file.
    package struct Candidate: Sendable {
        /// What became of it.
        package enum Verdict: Sendable, Equatable {
            /// It is reported.
            case found
            /// It passed, and other files explain the same text better or as well.
            case explainedByOthers
            /// What is the same is too little evidence.
            case belowThreshold
            /// Its fingerprints are common, or known from public code but for little.
            case tooFew
        }

        /// The name of the collection.
        package var collection: String
        /// The path of the indexed file.
        package var path: String
        /// What became of it.
        package var verdict: Verdict
        /// The words of the text that it covers, from the first to the last.
        package var text: Range<Int>
        /// The lines of the file that are shared.
        package var lines: LineSet
        /// The stretches that are shared, in order of the text.
        package var runs: [Run]
        /// The distinct fingerprints that were counted, in order of the text; the first few hundred.
        package var hits: [Hit]
        /// The number of fingerprints counted.
        package var hitCount: Int
        /// Whether the stretches stand in the same order in text and file, those of one place aside.
        package var isInOrder: Bool
        /// Words of the longest stretch that is the same word for word.
        package var longestRun: Int
        /// What the fingerprints and what continues come to: the score in a text of 32 words.
        package var evidence: Double
        /// What is asked of the evidence beyond the threshold because of the text's length, or because little of it is covered;
        /// less than nothing in a short text.
        package var lengthCost: Double { evidence - score }
        /// The words of text by which it was judged.
        package var words: Int
        /// The best score that it came to.
        package var score: Double
        /// The score from which it is found.
        package var threshold: Double
    }

    /// A stretch that text and file share.
    package struct Run: Sendable {
        /// The words of the text.
        package var text: Range<Int>
        /// The lines of the file; nil when the file has none.
        package var lines: ClosedRange<Int>?
        /// Whether the words are the same, rather than the shape.
        package var isVerbatim: Bool
    }

    /// A fingerprint that text and file share.
    package struct Hit: Sendable {
        /// Whether it is of shape rather than of words.
        package var isShape: Bool
        /// Whether the words of one of shape are the same too.
        package var isVerbatim: Bool
        /// The words of the text.
        package var text: Range<Int>
        /// What it weighs.
        package var weight: Double
        /// How many indexed files hold it.
        package var files: Int
        /// How many of its parts public code was not seen to have, of how many.
        package var rareParts: Int
        /// The number of its parts.
        package var parts: Int
    }

    /// Explains what a matcher of `indexes` told `trace`.
    ///
    /// - Parameters:
    ///   - trace: What was noted while the message was matched, to its end.
    ///   - matches: What the same matcher found.
    ///   - indexes: The indexes, in the matcher's order.
    ///   - path: Lists candidates of this indexed file alone; nil for all.
    ///   - limit: Candidates listed at most.
    package init(
        _ trace: MatchTrace,
        matches: [(collection: String, path: String)],
        indexes: [FingerprintIndex],
        path: String? = nil,
        limit: Int = 20
    ) {
        words = trace.words
        tokens = trace.tokens
        wordHits = trace.wordKeys.count
        shapeHits = trace.shapeKeys.count
        suppressed = trace.suppressed.map {
            Suppressed(source: $0.source, wordGrams: $0.wordGrams, shapeGrams: $0.shapeGrams, text: $0.text)
        }
        let found = Set(matches.map { [$0.collection, $0.path] })
        var all: [Candidate] = []
        for (_, noted) in trace.candidates.sorted(by: { $0.key < $1.key }) {
            guard indexes.indices.contains(noted.index) else { continue }
            let index = indexes[noted.index]
            let name = index.name(of: noted.file)
            guard path == nil || path == name.path else { continue }
            let isFound = noted.hasPassed && found.contains([name.collection, name.path])
            all.append(Candidate(noted, name: name, lines: index.lineMap(of: noted.file).map, isFound: isFound))
        }
        all.sort { Self.rank($0) > Self.rank($1) }
        candidates = Array(all.prefix(limit))
        moreCandidates = all.count - candidates.count + (path == nil ? trace.forgotten : 0)
    }

    /// The highest rank comes first.
    private static func rank(_ candidate: Candidate) -> (Int, Double, Int) {
        let order =
            switch candidate.verdict {
            case .found: 3
            case .explainedByOthers: 2
            case .belowThreshold: 1
            case .tooFew: 0
            }
        return (order, candidate.score, -candidate.text.lowerBound)
    }
}

extension MatchExplanation.Candidate {
    /// What a trace noted, with the names and lines of the index.
    fileprivate init(
        _ noted: MatchTrace.Candidate,
        name: (collection: String, path: String),
        lines map: LineMap,
        isFound: Bool
    ) {
        collection = name.collection
        path = name.path
        let stretches = noted.runs.sorted { ($0.text, $0.file) < ($1.text, $1.file) }
        runs = stretches.map {
            MatchExplanation.Run(text: $0.textRange, lines: map.lines(of: $0.fileRange), isVerbatim: $0.isVerbatim)
        }
        lines = LineSet(runs.compactMap(\.lines))
        hits = noted.hits.sorted { ($0.text.lowerBound, $0.key) < ($1.text.lowerBound, $1.key) }.map { hit in
            MatchExplanation.Hit(
                isShape: hit.kind.isShape,
                isVerbatim: hit.isVerbatim,
                text: hit.text,
                weight: hit.weight,
                files: hit.files,
                rareParts: hit.kind.rareParts,
                parts: hit.kind.isShape ? ShapeRoller.parts : GramRoller.parts
            )
        }
        hitCount = noted.hitCount
        let first = (stretches.map(\.text) + noted.hits.map(\.text.lowerBound)).min() ?? 0
        let last = (stretches.map(\.textRange.upperBound) + noted.hits.map(\.text.upperBound)).max() ?? first
        text = first..<max(first, last)
        isInOrder = zip(stretches, stretches.dropFirst()).allSatisfy { $0.file <= $1.file }
        longestRun = noted.longestRun
        evidence = noted.evidence
        words = noted.words
        score = noted.score
        threshold = noted.threshold
        verdict =
            if isFound {
                .found
            } else if noted.hasPassed {
                .explainedByOthers
            } else {
                noted.score >= noted.threshold && !noted.isFit ? .tooFew : .belowThreshold
            }
    }

    /// What is missing of the threshold; 0 where it was passed.
    package var missing: Double { max(0, threshold - score) }

    /// About how many more lines like those that are shared would pass the threshold; nil where that cannot be told.
    package var missingLines: Int? {
        guard verdict == .belowThreshold || verdict == .tooFew, !hits.isEmpty, !lines.isEmpty else { return nil }
        let perLine = evidence / Double(lines.count)
        guard perLine > 0.01 else { return nil }
        return max(1, Int((missing / perLine).rounded(.up)))
    }
}
