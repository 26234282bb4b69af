/// A remark of `weir rules lint` about a rule file that loads.
package struct RuleNote: Hashable, Sendable, CustomStringConvertible {
    /// Where it applies.
    package let place: Rule.Place

    /// The rule that is meant; nil for a file as a whole.
    package let rule: String?

    /// What is remarkable, and what it means for matching.
    package let message: String

    /// How grave it is.
    package let kind: Kind

    /// `rules.toml:12: aws-access-token: message`.
    package var description: String {
        "\(place.name):\(place.line): \(rule.map { "\($0): " } ?? "")\(message)"
    }

    /// How grave a remark is.
    package enum Kind: String, Sendable {
        /// The rule may not do what its author meant.
        case warning
        /// Good to know.
        case note
    }
}
