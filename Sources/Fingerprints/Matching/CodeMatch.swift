/// Indexed code found in a message: one file of one collection.
package struct CodeMatch: Sendable, Equatable {
    /// How the text resembles the file.
    package enum Kind: String, Sendable {
        /// Word for word, comments and layout aside.
        case verbatim
        /// With other names.
        case renamed
    }

    /// The name of the collection.
    package var collection: String
    /// Whose the collection is; nil where the index does not say.
    package var owner: String?
    /// How secret the collection is, in the house's words; nil where the index does not say.
    package var classification: String?
    /// The path of the file, as it was indexed.
    package var path: String
    /// The lines of the indexed file that were found.
    package var lines: LineSet
    /// The number of lines found.
    package var matchedLines: Int
    /// The number of lines of the file.
    package var totalLines: Int
    /// The share of the file's lines that were found, 0…1.
    package var coverage: Double
    /// How the text resembles the file.
    package var kind: Kind
    /// The evidence for the match; no less than the collection's threshold, without upper end.
    package var score: Double
    /// The tag of the leaf that holds the most evidence for the file.
    package var strongestTag: Int
}
