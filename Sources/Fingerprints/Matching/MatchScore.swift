internal import Glibc

/// How much evidence makes a finding.
///
/// Evidence is gathered in clusters: hits of one file no more than `textGap` words apart in the text and `fileGap` in the file.
/// Each distinct fingerprint counts once. It counts less where some of its parts are known from public code, where it is one of
/// words that stands at several places of the file, and where `n` indexed files share it 1 / n√n of that. Shape that is the
/// same word for word counts more beside words than shape that is not. What continues counts besides: words
/// that are the same one after the other, and shape that is, from a length on that no idiom has; so a long stretch is told
/// even where all files of a project hold it. Shape alone, without any words that are the same, must say more, for all code
/// of a language has its idioms; where it is one or two fingerprints, these must be most of the text. The longer the text, the more evidence it takes, up to a point: so that what is certain to
/// be found can be stated.
///
/// The weights are those that `Tests/Benchmarks/fit-score` finds.
package enum MatchScore {
    /// The score from which a cluster is a finding.
    package static let threshold = 2.0
    /// Words of a verbatim run from which it is certain to be found, in any text: three times a window of grams, and a gram.
    ///
    /// Holds for a run whose fingerprints are distinct, stand nowhere else in the indexed files, and have no part that public
    /// code was seen to have; some six lines of code.
    package static let guaranteedWords = 3 * Winnower.window + Winnower.gramLength - 1
    /// The same in tokens outside comments, whatever the names: six times a window of grams, and a gram.
    ///
    /// Holds also where each gram has as many different trigrams as `ShapeRoller.leastDiversity`.
    package static let guaranteedTokens = 6 * ShapeRoller.window + ShapeRoller.gramLength - 1

    /// Words of text between hits of one cluster.
    static let textGap = 120
    /// Words of the file between hits of one cluster.
    static let fileGap = 1300
    /// Words of text after a hit that count for its length, if they come: at a text's start little has been seen of it.
    static let lookAhead = 64

    /// The sum of weights without which there is no finding, and that of shape alone.
    private static let leastEvidence = 0.2
    private static let leastShapes = 0.6
    /// What the first fingerprint of words weighs at most, and each further one, for they go together; and one of shape where
    /// there is nothing else.
    private static let firstWeight = 3.8
    private static let weight = 2.15
    private static let shapeAloneWeight = 2.4
    /// What one of shape weighs beside words that are the same, and how much more where its own words are the same.
    private static let shapeWeight = 1.15
    private static let sameShapeWeight = 1.0
    /// Each place after the first in a file counts as so much of another file, for words; shape is found at several places
    /// where code repeats itself under other names, and is no worse a witness for that.
    private static let placeWeight = 0.25
    /// Words in a row from which the words are the same, rather than the shape.
    private static let leastRun = 10
    /// Words in a row that idioms may have, those that count beyond, and what each weighs: the same words, times their mean
    /// rarity, or the same shape beside such.
    private static let plainRun = 20
    private static let longestRun = 64
    private static let runWeight = 1.0
    private static let shapeRunWeight = 0.13
    /// What shape alone must show more, and what it must where it comes to `fewShapes` and covers nothing of the text: less by
    /// the share that it covers, of so many words at most, and nothing where it comes to one more.
    private static let shapeAloneCost = 2.0
    private static let uncoveredCost = 4.0
    private static let fewShapes = 1.5
    private static let longestCovered = 64
    /// The text of no more words than this asks for least, of shape alone the second, and one of no less for most.
    private static let shortestText = 24
    private static let shortestShapeText = 16
    private static let longestText = 256
    /// What a text of `plainText` words scores without evidence, and what twice the text asks for more, shape alone too.
    private static let plainScore = 1.35
    private static let plainText = 32
    private static let lengthWeight = 3.7
    private static let shapeAloneLengthWeight = 3.6

    /// What a fingerprint counts for that `files` files hold, in one of them at `places`; 0…1.
    static func weight(_ kind: KeyKind, files: Int, places: Int) -> Double {
        let count = Double(max(files, 1))
        let repeated = kind.isShape ? 0 : placeWeight * Double(max(places, 1) - 1)
        return rarity(kind) / (count * count.squareRoot() * (1 + repeated))
    }

    /// How much of a fingerprint public code was not seen to have; 0…1.
    static func rarity(_ kind: KeyKind) -> Double {
        let parts = kind.isShape ? ShapeRoller.parts : GramRoller.parts
        return (Double(kind.rareParts) / Double(parts)).squareRoot()
    }

    /// Whether the fingerprints of a cluster come to anything, whatever its score.
    static func isEnough(_ evidence: ClusterEvidence) -> Bool {
        evidence.sum >= (isShapeAlone(evidence) ? leastShapes : leastEvidence)
    }

    /// The score of evidence in a text of `words` words: what it comes to, less what the text's length asks for.
    static func score(_ evidence: ClusterEvidence, words: Int) -> Double {
        let isAlone = isShapeAlone(evidence)
        let length = min(max(words, isAlone ? shortestShapeText : shortestText), longestText)
        let doublings = log2(Double(length) / Double(plainText))
        guard isAlone else { return worth(evidence) - lengthWeight * doublings }
        return worth(evidence) - shapeAloneLengthWeight * doublings - uncovered(evidence, words: words)
    }

    /// What a few fingerprints of shape alone must show more where they are little of the text.
    private static func uncovered(_ evidence: ClusterEvidence, words: Int) -> Double {
        let few = min(max(fewShapes + 1 - evidence.shapes, 0), 1)
        let share = Double(evidence.covered) / Double(min(max(words, 1), longestCovered))
        return uncoveredCost * few * (1 - min(share, 1))
    }

    /// Whether no words are the same.
    private static func isShapeAlone(_ evidence: ClusterEvidence) -> Bool {
        evidence.wordHits == 0 && evidence.longestRun < leastRun
    }

    /// What evidence comes to, which is its score in a text of `plainText` words.
    static func worth(_ evidence: ClusterEvidence) -> Double {
        if isShapeAlone(evidence) { return plainScore - shapeAloneCost + shapeAloneWeight * evidence.shapes }
        // Of a run that public code or too many files hold few fingerprints are left, or none: it counts no farther than they reach.
        let reach = min(evidence.longestRun, Winnower.guaranteedRun * evidence.wordHits)
        let run = Double(min(max(reach - plainRun, 0), longestRun)) * evidence.meanRarity
        let shapeRun = Double(min(max(evidence.longestShapeRun - plainRun, 0), longestRun))
        let first = min(evidence.words, 1)
        return plainScore + firstWeight * first + weight * (evidence.words - first) + shapeWeight * evidence.shapes
            + sameShapeWeight * evidence.sameShapes + runWeight * run + shapeRunWeight * shapeRun
    }
}

/// What the distinct fingerprints of a cluster come to.
struct ClusterEvidence {
    /// The sum of the weights of those of words, and of those of shape.
    private(set) var words = 0.0
    private(set) var shapes = 0.0
    /// That of those of shape whose words are the same.
    private(set) var sameShapes = 0.0
    /// The number of those of words, and of all.
    private(set) var wordHits = 0
    private(set) var hits = 0
    /// Words of the longest run that is the same word for word, and of the longest that has the same shape.
    var longestRun = 0
    var longestShapeRun = 0
    /// Words of the text that those of shape cover, as they come.
    private(set) var covered = 0
    private var coveredEnd = 0
    private var rarities = 0.0

    /// The mean of how much of each public code was not seen to have; 0…1.
    var meanRarity: Double { hits > 0 ? rarities / Double(hits) : 0 }

    /// The sum of all weights.
    var sum: Double { words + shapes }

    /// Notes that one of shape stands at these words of the text, which end no sooner than those before, as a rule.
    mutating func cover(_ text: Range<Int>) {
        guard text.upperBound > coveredEnd else { return }
        covered += text.upperBound - max(text.lowerBound, coveredEnd)
        coveredEnd = text.upperBound
    }

    /// Counts a fingerprint of this weight; one of shape may be the same word for word.
    mutating func add(_ kind: KeyKind, weight: Double, isVerbatim: Bool = false) {
        hits += 1
        rarities += MatchScore.rarity(kind)
        if kind.isShape {
            shapes += weight
            if isVerbatim { sameShapes += weight }
        } else {
            wordHits += 1
            words += weight
        }
    }
}
