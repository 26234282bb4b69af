/// What `weir index info` tells of an index.
package struct IndexInfo: Sendable, Equatable {
    /// Fingerprints taken out on behalf of one source of public code.
    package struct Subtraction: Sendable, Equatable {
        /// The path given for that code.
        package var source: String
        /// The number of distinct fingerprints.
        package var fingerprints: Int
    }

    /// The path the index was opened at.
    package var path: String
    /// The version of its format.
    package var version: Int
    /// The hash of its contents, sixteen hexadecimal digits.
    package var generation: String
    /// Whether it is keyed.
    package var isKeyed: Bool
    /// The names of its collections.
    package var collections: [String]
    /// What it knows of each.
    package var about: [CollectionInfo]
    /// The number of its files.
    package var files: Int
    /// The number of lines of all its files.
    package var lines: Int
    /// The number of words of all its files.
    package var words: Int
    /// The number of distinct fingerprints.
    package var fingerprints: Int
    /// The number of places at which fingerprints stand.
    package var postings: Int
    /// The length of the file in octets.
    package var octets: Int
    /// Words in a gram.
    package var gramLength: Int
    /// Grams in a window.
    package var window: Int
    /// Fingerprints taken out because they occur in public code, by source.
    package var subtracted: [Subtraction]
    /// Fingerprints taken out because they occur in too many of the indexed files.
    package var common: Int
    /// Fingerprints taken out because their files have been made public.
    package var madePublic: Int
}
