internal import Glibc

/// How much evidence makes a finding.
///
/// Each distinct fingerprint that text and file share weighs one over the number of files that hold it. Evidence is
/// gathered in clusters: hits of one file no more than `textGap` words apart in the text and `fileGap` in the file. The
/// longer the text, the more evidence it takes, up to a point: so that what is certain to be found can be stated.
package enum MatchScore {
    /// The score from which a cluster is a finding.
    package static let threshold = 3.0
    /// Words of a verbatim run from which it is certain to be found, in any text: five times a window of grams, and a gram.
    ///
    /// Holds for a run within one leaf whose fingerprints are distinct, occur in no other indexed file, and were not
    /// subtracted; some eight lines of code. Of a run whose fingerprints `n` files share, `n` times as much is needed.
    package static let guaranteedWords = 5 * Winnower.window + Winnower.gramLength - 1

    /// Words of text between hits of one cluster.
    static let textGap = 120
    /// Words of the file between hits of one cluster.
    static let fileGap = 1300
    private static let hitWeight = 1.5
    /// Words after which a longer text no longer raises what is asked.
    private static let longestText = 16000

    /// The score of `evidence`, the sum of the weights of distinct fingerprints, `words` into a text.
    static func score(evidence: Double, words: Int) -> Double {
        let length = Double(min(max(words, 32), longestText))
        return hitWeight * evidence - 0.5 * log2(length / 32)
    }
}
