/// What a build did.
package struct IndexSummary: Sendable, Equatable {
    /// The name of the collection.
    package var collection: String
    /// Files indexed.
    package var files: Int
    /// Lines of the files indexed.
    package var lines: Int
    /// Words of the files indexed.
    package var words: Int
    /// Octets of the files indexed.
    package var octets: Int
    /// Distinct fingerprints in the index.
    package var fingerprints: Int
    /// Places at which they stand.
    package var postings: Int
    /// Fingerprints taken out because they occur in public code, by source.
    package var subtracted: [IndexInfo.Subtraction]
    /// Fingerprints taken out because more than `IndexBuilder.commonLimit` of the files hold them.
    package var common: Int
    /// What was not indexed, and why.
    package var skipped: SkippedFiles
    /// The length of the index in octets.
    package var indexOctets: Int
}
