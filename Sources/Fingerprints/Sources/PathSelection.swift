/// Which files of a tree belong to a collection: those that a pattern takes in, less those that one leaves out.
///
/// Patterns are gitignore's (gitignore(5)), against the path that a file is indexed under: one without `/` matches a name at
/// any depth, one that names a folder all below it.
package struct PathSelection: Sendable {
    /// The patterns that take in; none take in everything.
    package let include: [String]
    /// The patterns that leave out.
    package let exclude: [String]

    private let included: IgnoreRules?
    private let excluded: IgnoreRules?

    /// Takes everything in.
    package static var everything: PathSelection { PathSelection(include: [], exclude: []) }

    /// Reads patterns.
    package init(include: [String], exclude: [String]) {
        self.include = include
        self.exclude = exclude
        let rules = { (patterns: [String]) in
            patterns.isEmpty ? nil : IgnoreRules(Array(patterns.joined(separator: "\n").utf8))
        }
        included = rules(include)
        excluded = rules(exclude)
    }

    /// Whether the file indexed under `name` belongs to the collection.
    func takes(_ name: [UInt8]) -> Bool {
        guard included != nil || excluded != nil else { return true }
        let parts = name.split(separator: 0x2F).map(Array.init)
        if let excluded, Self.speaks(excluded, of: parts) { return false }
        return included.map { Self.speaks($0, of: parts) } ?? true
    }

    /// Whether rules match the path or a folder above it.
    private static func speaks(_ rules: IgnoreRules, of parts: [[UInt8]]) -> Bool {
        var isMatched = false
        for end in parts.indices {
            if let verdict = rules.verdict(parts[...end], isFolder: end < parts.count - 1) { isMatched = verdict }
        }
        return isMatched
    }
}
