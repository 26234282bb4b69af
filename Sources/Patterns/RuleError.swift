package import TOMLSource

/// What is wrong with a rule file, and where.
package struct RuleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name as it was given.
    package let name: String

    /// The 1-based line; 0 when the file, or the set, as a whole is meant.
    package let line: Int

    /// What is wrong and, where it can be said, what would be right; one line.
    package let message: String

    /// The kind of failure, from which a command chooses its exit status.
    package let kind: TOMLError.Kind

    private let column: Int?

    /// An error at a line of a file.
    package init(name: String, line: Int, message: String, kind: TOMLError.Kind = .malformed) {
        self.name = name
        self.line = line
        self.message = message
        self.kind = kind
        column = nil
    }

    /// The error of a file that could not be read as TOML or has a value of a wrong type.
    package init(_ error: TOMLError) {
        name = error.name
        line = error.line
        message = error.message
        kind = error.kind
        column = error.column
    }

    /// `rules.toml:12: message`, as ``TOMLError`` writes it.
    package var description: String {
        TOMLError(name: name, line: line, column: column, message: message, kind: kind).description
    }
}
