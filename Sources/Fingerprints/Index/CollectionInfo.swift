/// What an index knows of one of its collections.
package struct CollectionInfo: Sendable, Equatable {
    /// The name under which matches are reported.
    package var name: String
    /// Whose it is; may be empty.
    package var owner = ""
    /// How secret it is, in the house's own words; may be empty.
    package var classification = ""
    /// Patterns of the paths that belong to it; none stands for all.
    package var included: [String] = []
    /// Patterns of the paths that do not.
    package var excluded: [String] = []
    /// What the collection was made of, such as the commits of a repository; may be empty.
    package var revision = ""

    /// A collection of which only the name is known.
    package init(name: String) {
        self.name = name
    }
}
