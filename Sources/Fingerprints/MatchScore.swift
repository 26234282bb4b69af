internal import Glibc

/// How much evidence makes a finding.
///
/// Evidence is gathered in clusters: hits of one file no more than `textGap` words apart in the text and `fileGap` in the file.
/// Each distinct fingerprint counts once, one of words about twice as much as one of shape. It counts less where some of its
/// parts are known from public code, where it stands at several places of the file, and where `n` indexed files share it
/// 1 / n√n of that. Words that are the same one after the other count besides, from a length on that no idiom has: so a long
/// run is told even where all files of a project begin with it. The longer the text, the more evidence it takes, up to a
/// point: so that what is certain to be found can be stated. Shape alone, without any words that are the same, must say more,
/// also in the shortest text, for all code of a language has its idioms.
///
/// The numbers are those that `Tests/Benchmarks/fit-score` found best on three sets of projects.
package enum MatchScore {
    /// The score from which a cluster is a finding.
    package static let threshold = 0.2
    /// Words of a verbatim run from which it is certain to be found, in any text: five times a window of grams, and a gram.
    ///
    /// Holds for a run whose fingerprints are distinct, stand nowhere else in the indexed files, and have no part that public
    /// code was seen to have; some eight lines of code.
    package static let guaranteedWords = 5 * Winnower.window + Winnower.gramLength - 1
    /// The same in tokens outside comments, whatever the names: nine times a window of grams, and a gram.
    ///
    /// Holds also where each gram has as many different trigrams as `ShapeRoller.leastDiversity`.
    package static let guaranteedTokens = 9 * ShapeRoller.window + ShapeRoller.gramLength - 1

    /// Words of text between hits of one cluster.
    static let textGap = 120
    /// Words of the file between hits of one cluster.
    static let fileGap = 1300
    /// Words of text after a hit that count for its length, if they come: at a text's start little has been seen of it.
    static let lookAhead = 64

    /// What a fingerprint of words weighs at most, one of shape beside such, and one of shape alone.
    private static let wordWeight = 2.5
    private static let shapeWeight = 1.2
    private static let shapeAloneWeight = 2.3
    /// What shape alone must show more.
    private static let shapeAloneCost = 4.0
    /// Each place after the first in a file counts as so much of another file.
    private static let placeWeight = 0.25
    /// Words in a row from which the words are the same, rather than the shape.
    private static let leastRun = 10
    /// Words in a row that idioms may have, those that count beyond, and what each weighs.
    private static let plainRun = 22
    private static let longestRun = 64
    private static let runWeight = 0.2
    /// The text of no more words than this asks for least, of shape alone, and one of no less for most.
    private static let shortestText = 8
    private static let shortestShapeText = 24
    private static let longestText = 256
    /// Words of text for which evidence is the score.
    private static let plainText = 32
    /// What twice the text asks for more.
    private static let lengthWeight = 3.2

    /// What a fingerprint counts for that `files` files hold, in one of them at `places`; 0…1.
    static func weight(_ kind: KeyKind, files: Int, places: Int) -> Double {
        let count = Double(max(files, 1))
        return rarity(kind) / (count * count.squareRoot() * (1 + placeWeight * Double(max(places, 1) - 1)))
    }

    /// How much of a fingerprint public code was not seen to have; 0…1.
    static func rarity(_ kind: KeyKind) -> Double {
        let parts = kind.isShape ? ShapeRoller.parts : GramRoller.parts
        return (Double(kind.rareParts) / Double(parts)).squareRoot()
    }

    /// Judges evidence in a text of `words` words, of which `run` in a row are the same as the file's.
    static func judge(_ evidence: ClusterEvidence, words: Int, run: Int) -> Judgement {
        let isShapeAlone = evidence.wordHits == 0 && run < leastRun
        let length = min(max(words, isShapeAlone ? shortestShapeText : shortestText), longestText)
        let cost = lengthWeight * log2(Double(length) / Double(plainText))
        guard !isShapeAlone else {
            return Judgement(evidence: shapeAloneWeight * evidence.shapes, cost: shapeAloneCost + cost)
        }
        let extent = Double(min(max(run - plainRun, 0), longestRun)) * evidence.meanRarity
        let sum = wordWeight * evidence.words + shapeWeight * evidence.shapes + runWeight * extent
        return Judgement(evidence: sum, cost: cost)
    }

    /// What evidence came to.
    struct Judgement {
        /// What the fingerprints and the longest run weigh.
        var evidence: Double
        /// What is taken off for the length of the text, and where shape is all there is.
        var cost: Double
        /// What is left: a finding from `threshold` on.
        var score: Double { evidence - cost }
    }
}

/// What the distinct fingerprints of a cluster come to.
struct ClusterEvidence {
    /// The sum of the weights of those of words, and of those of shape.
    private(set) var words = 0.0
    private(set) var shapes = 0.0
    /// The number of those of words, and of all.
    private(set) var wordHits = 0
    private(set) var hits = 0
    private var rarities = 0.0

    /// The mean of how much of each public code was not seen to have; 0…1.
    var meanRarity: Double { hits > 0 ? rarities / Double(hits) : 0 }

    /// The sum of all weights.
    var sum: Double { words + shapes }

    /// Counts a fingerprint of this weight.
    mutating func add(_ kind: KeyKind, weight: Double) {
        hits += 1
        rarities += MatchScore.rarity(kind)
        if kind.isShape {
            shapes += weight
        } else {
            wordHits += 1
            words += weight
        }
    }
}
