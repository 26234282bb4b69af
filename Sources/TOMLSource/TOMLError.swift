/// What is wrong with a TOML file, and where.
package struct TOMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name as it was given, or the name of a text that came from elsewhere.
    package let name: String

    /// The 1-based line; 0 when the file as a whole is meant.
    package let line: Int

    /// The 1-based column of a syntax error; nil for errors of meaning, which concern a key or a value.
    package let column: Int?

    /// What is wrong and, where it can be said, what would be right; without a final full stop.
    package let message: String

    /// The kind of failure, from which a command chooses its exit status.
    package let kind: Kind

    /// An error at a place in the file called `name`.
    package init(name: String, line: Int, column: Int? = nil, message: String, kind: Kind = .malformed) {
        self.name = name
        self.line = line
        self.column = column
        self.message = message
        self.kind = kind
    }

    /// `weir.toml:12: message`, with a column after the line for syntax errors and no line for whole files.
    package var description: String {
        guard line > 0 else { return "\(name): \(message)" }
        guard let column else { return "\(name):\(line): \(message)" }
        return "\(name):\(line):\(column): \(message)"
    }

    /// Why a file gave no values.
    package enum Kind: Sendable {
        /// The file does not exist.
        case missing
        /// The file may not be read by this user.
        case permission
        /// The file exists but reading it failed, or it is a folder.
        case unreadable
        /// The file was read and says something that it must not.
        case malformed
    }
}
