/// Cuts secrets down to what may be shown: the only way out for what a rule matched.
package enum Redactor {
    /// What stands for the characters that are left out.
    package static let ellipsis = "…"

    /// The ends of a secret: at most its first 4 and last 2 characters, and together at most a quarter of it.
    ///
    /// So 20 characters give 4 and 1, 24 give 4 and 2, 8 give 2 and none, and fewer than 4 nothing but the ellipsis.
    /// Characters are Unicode scalars, and invisible or controlling ones are shown as U+FFFD, for the result goes to
    /// terminals.
    package static func ends(of secret: Span<UInt8>) -> String {
        let scalars = Array(Entropy.text(secret).unicodeScalars)
        let budget = scalars.count / 4
        let first = min(4, budget)
        let last = min(2, budget - first)
        var shown = ""
        for scalar in scalars.prefix(first) { shown.unicodeScalars.append(visible(scalar)) }
        shown += ellipsis
        for scalar in scalars.suffix(last) { shown.unicodeScalars.append(visible(scalar)) }
        return shown
    }

    private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
        default: scalar
        }
    }
}
