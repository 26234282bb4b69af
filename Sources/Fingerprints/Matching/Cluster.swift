/// A stretch that text and file share: words that are the same, one for one, or code of the same shape.
struct SharedRun: Equatable {
    /// Ordinal in the text of its first word.
    var text: Int
    /// Position in the file of its first word.
    var file: Int
    /// Its length in words of the text.
    var length: Int
    /// Its length in words of the file: the same for words that are the same.
    var fileLength: Int
    /// Whether the words are the same, rather than the shape.
    var isVerbatim: Bool
    /// Whether what follows may still belong to it.
    var isOpen: Bool

    /// The words of the text.
    var textRange: Range<Int> { text..<(text + length) }
    /// The words of the file.
    var fileRange: Range<Int> { file..<(file + fileLength) }
}

/// Hits of one file that lie near each other in text and file.
struct Cluster {
    /// The file's ordinal.
    var file = 0
    /// The stretches that are shared.
    var runs: [SharedRun] = []
    /// The score, once it has passed the threshold: the highest it had.
    var score: Double?
    /// How far the numbers of the text's lines are the file's.
    var lines = LineAgreement()
    /// How much of the file's path the text names.
    var named = 0
    /// What each leaf added to the evidence, in order of appearance.
    var tags: [(tag: Int, evidence: Double)] = []
}

/// A stretch of the text's words, by ordinal: what can be compared with files.
struct TextWindow {
    /// The hashes of the words.
    let words: [UInt64]
    /// The number of `words` that are in use.
    let count: Int
    /// The ordinal of the first; below zero where the text is shorter.
    let first: Int

    /// The ordinal after the last word.
    var end: Int { first + count }

    /// The hash of a word; nil outside.
    @inline(__always)
    func word(_ ordinal: Int) -> UInt64? {
        ordinal >= max(first, 0) && ordinal < end ? words[ordinal - first] : nil
    }
}
