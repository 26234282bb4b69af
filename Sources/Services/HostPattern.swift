import Wire

/// A host's name, a name with all below it, or a family of names.
package struct HostPattern: Hashable, Sendable, CustomStringConvertible {
    /// How the text is meant.
    package let form: Form

    /// The name, or the name with `*` in some labels, in lower case.
    package let text: String

    /// How a pattern's text is meant.
    package enum Form: String, CaseIterable, Sendable {
        /// The name itself.
        case exact
        /// The name itself and every name below it.
        case suffix
        /// Names of as many labels, where `*` is one or more octets of a label.
        case glob
    }

    /// Nil when the text is no name in lower case, or has `*` where the form has none, or none where it needs one.
    package init?(_ text: String, form: Form) {
        let hasWildcard = text.utf8.contains(UInt8(ascii: "*"))
        guard hasWildcard == (form == .glob), !text.contains("**") else { return nil }
        let sample = text.replacing("*", with: "x")
        guard let name = Hostname(sample), name.description == sample, !name.isAddress, !sample.contains("..") else {
            return nil
        }
        self.form = form
        self.text = text
    }

    /// `.example.com` for a suffix, the text itself otherwise.
    package var description: String { form == .suffix ? "." + text : text }

    /// The labels from the right, as the trie reads them.
    var labels: [Substring] { text.split(separator: ".", omittingEmptySubsequences: false).reversed() }
}
