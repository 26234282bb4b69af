internal import Glibc

/// How much evidence makes a finding.
///
/// Evidence is gathered in clusters: hits of one file no more than `textGap` words apart in the text and `fileGap` in the file.
/// Each distinct fingerprint counts once, one of words about twice as much as one of shape. It counts less where some of its
/// parts are known from public code, and where `n` indexed files share it 1 / n√n of that. The longer the text, the more
/// evidence it takes, up to a point: so that what is certain to be found can be stated. One fingerprint alone is enough only
/// where `leastRun` words in a row are the same, or where it is of shape and rare.
package enum MatchScore {
    /// The score from which a cluster is a finding.
    package static let threshold = 1.3
    /// Words of a verbatim run from which it is certain to be found, in any text: five times a window of grams, and a gram.
    ///
    /// Holds for a run whose fingerprints are distinct, occur in no other indexed file, and have no part that public code was
    /// seen to have; some eight lines of code.
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
    /// Distinct fingerprints that a finding must have, or words that are the same one after the other.
    static let leastHits = 2
    static let leastRun = 10
    /// What a fingerprint of shape must weigh to do alone.
    static let rareShape = 0.6
    private static let hitWeight = 2.1
    /// The text of no more words than this asks for least, and one of no less for most.
    private static let shortestText = 8
    private static let longestText = 512
    /// Words of text for which evidence is the score.
    private static let plainText = 32
    /// What twice the text asks for more.
    private static let lengthWeight = 1.8

    /// What a fingerprint weighs that `files` files hold.
    static func weight(_ kind: KeyKind, files: Int) -> Double {
        let parts = kind.isShape ? ShapeRoller.parts : GramRoller.parts
        let rarity = (Double(kind.rareParts) / Double(parts)).squareRoot()
        let count = Double(max(files, 1))
        return (kind.isShape ? 1 : hitWeight) * rarity / (count * count.squareRoot())
    }

    /// The score of `evidence`, the sum of the weights of distinct fingerprints, in a text of `words` words.
    static func score(evidence: Double, words: Int) -> Double {
        let length = min(max(words, shortestText), longestText)
        return evidence - lengthWeight * log2(Double(length) / Double(plainText))
    }
}
