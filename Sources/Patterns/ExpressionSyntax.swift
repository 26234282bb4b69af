/// Walks an expression octet by octet and knows which octets have a meaning of their own.
///
/// No parser: enough to tell an escape, a `\Q…\E` quote and a character class from the rest.
struct ExpressionSyntax {
    private var isEscaped = false
    private var isQuoted = false
    private var classStart: Int?

    /// Passes the octet at `index`; indices must come in order.
    ///
    /// - Returns: whether the octet is neither escaped nor quoted nor within a class.
    mutating func pass(_ octets: [UInt8], at index: Int) -> Bool {
        let octet = octets[index]
        if isEscaped {
            isEscaped = false
            if isQuoted {
                if octet == UInt8(ascii: "E") { isQuoted = false }
            } else if octet == UInt8(ascii: "Q"), classStart == nil {
                isQuoted = true
            }
            return false
        }
        if octet == UInt8(ascii: "\\") {
            isEscaped = true
            return false
        }
        if isQuoted { return false }
        if let start = classStart {
            let isFirst = index == start + 1 || (index == start + 2 && octets[start + 1] == UInt8(ascii: "^"))
            if octet == UInt8(ascii: "]"), !isFirst { classStart = nil }
            return false
        }
        if octet == UInt8(ascii: "[") { classStart = index }
        return true
    }

    /// Whether every single character that the expression can match is one octet, whatever text it is given.
    ///
    /// Then Vectorscan may read octets, which is faster and holds for text that is not UTF-8. A `.`, a negated class,
    /// `\S`, `\W`, `\D`, `\p` or anything written beyond ASCII can match a longer scalar.
    /// - Note: Case folding can, too: `(?i)k` matches the Kelvin sign. That alone is let go.
    static func matchesSingleOctets(_ pattern: String) -> Bool {
        let octets = Array(pattern.utf8)
        var syntax = ExpressionSyntax()
        for index in octets.indices {
            let octet = octets[index]
            let before = syntax
            let isPlain = syntax.pass(octets, at: index)
            if octet >= 0x80 { return false }
            if before.isEscaped, !before.isQuoted {
                // `\2…` and `\3…` may be octal for scalars from U+0080.
                if "SWDpPCX23".utf8.contains(octet) { return false }
                if octet == UInt8(ascii: "x"), !isSmallHex(octets, after: index) { return false }
            }
            if isPlain, octet == UInt8(ascii: ".") { return false }
            guard octet == UInt8(ascii: "^"), index > 0 else { continue }
            // `[^…]`, and `[[:^alpha:]]`, which is a negated class within one.
            if before.classStart == index - 1 { return false }
            if before.classStart != nil, octets[index - 1] == UInt8(ascii: ":") { return false }
        }
        return true
    }

    /// Whether `\x` is followed by two digits that say less than 0x80.
    private static func isSmallHex(_ octets: [UInt8], after index: Int) -> Bool {
        guard index + 2 < octets.count else { return false }
        return (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(octets[index + 1])
            && octets[index + 2] != UInt8(ascii: "}")
    }
}
