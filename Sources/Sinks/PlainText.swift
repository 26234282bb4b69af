/// Makes text of strangers safe to show on a terminal.
package enum PlainText {
    /// Whether a terminal, a pager or a reader's eye would act on the scalar instead of seeing it.
    ///
    /// Controls (C0, DEL, C1), line and paragraph separators, bidirectional controls (UAX #9), invisible format
    /// characters that hide text, and language tags.
    package static func isHazardous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        case 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
        case 0xE0000...0xE0FFF: true
        default: false
        }
    }

    /// `text` with each hazardous scalar written as `\u{…}`, cut at `limit` scalars with an ellipsis.
    package static func neutralised(_ text: String, limit: Int = 512) -> String {
        var result = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else {
                result.append("…")
                break
            }
            count += 1
            if isHazardous(scalar) {
                result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}
