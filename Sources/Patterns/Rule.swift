/// A pattern rule as its file gives it, without what the scanner made of it.
package struct Rule: Sendable {
    /// The rule's name in records, such as `aws-access-token`.
    package let id: String

    /// What it finds, in words; may be empty.
    package let description: String

    /// How bad a match is.
    package let severity: Severity

    /// The incident class that a match belongs to.
    package let category: Category

    /// How much of what matched may be shown.
    package let reveal: Reveal

    /// Words of the rule's author.
    package let tags: [String]

    /// The expression in Go's (RE2's) syntax; nil for a rule that only looks at names of files.
    package let regex: String?

    /// Words of which one must stand near a match, in lower case; empty asks for none.
    package let keywords: [String]

    /// What Vectorscan looks for.
    package let prefilter: Prefilter

    /// The Shannon entropy in bits a character that the secret must exceed; 0 asks for none.
    package let entropy: Double

    /// The capturing group that holds the secret; 0 means the first that is not empty, else the whole match.
    package let secretGroup: Int

    /// Texts that must match, for `weir rules test`.
    package let positives: [Example]

    /// Texts that must not match.
    package let negatives: [Example]

    /// Where the rule stands.
    package let place: Place

    /// How bad a match is, in the contract's words.
    package enum Severity: String, CaseIterable, Comparable, Sendable {
        case low, medium, high, critical

        /// Orders from `low` to `critical`.
        package static func < (one: Self, other: Self) -> Bool { one.rank < other.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// The incident classes of the contract that a pattern rule can raise.
    package enum Category: String, CaseIterable, Sendable {
        /// A private key.
        case privateKey = "secret.private_key"
        /// A password, token or key of a service.
        case credential = "secret.credential"
        /// A text that carries a confidentiality marking.
        case markedDocument = "document.marked"
        /// A text that was planted to be found.
        case canary
    }

    /// How much of a match may leave the scanner.
    package enum Reveal: String, CaseIterable, Sendable {
        /// The ends of the secret, as ``Redactor`` cuts them.
        case ends
        /// Nothing but the rule's id.
        case nothing
    }

    /// What Vectorscan looks for, before RE2 confirms.
    package enum Prefilter: String, CaseIterable, Sendable {
        /// The expression itself, the best for all but large ones.
        case regex
        /// The keywords; each match must hold one, and reach at most 4 KiB to either side of it.
        case keywords
    }

    /// A text beside a rule, and its line in the file.
    package struct Example: Sendable {
        /// The text to scan.
        package let text: String
        /// The 1-based line on which it begins.
        package let line: Int
    }

    /// A place in a rule file.
    package struct Place: Hashable, Sendable {
        /// The file's name as it was given.
        package let name: String
        /// The 1-based line.
        package let line: Int
    }
}
