/// Cuts text to a number of octets.
package enum BoundedText {
    /// The longest prefix of whole characters that has at most `octets` octets, with an ellipsis where it was cut.
    package static func prefix(_ text: String, octets: Int) -> String {
        guard text.utf8.count > octets else { return text }
        var result = String.UnicodeScalarView()
        var room = octets - "…".utf8.count
        for scalar in text.unicodeScalars {
            room -= UTF8.width(scalar)
            if room < 0 { break }
            result.append(scalar)
        }
        return String(result) + "…"
    }
}
