internal import Wire

/// A token of PDF's syntax (ISO 32000-2 § 7.2, Lexical conventions); ranges are places in the octets that were read.
enum PDFToken: Equatable {
    case number(Double)
    /// Without its solidus.
    case name(Range<Int>)
    /// Without its parentheses, escapes not undone.
    case string(Range<Int>)
    /// Without its angle brackets.
    case hex(Range<Int>)
    case dictionaryBegin, dictionaryEnd, arrayBegin, arrayEnd
    /// An operator or a keyword.
    case word(Range<Int>)
    case end
}

/// Reads tokens; everything is a token of some kind, so that damaged octets are passed over.
enum PDFLexer {
    /// The token at or after `position`, which moves behind it.
    ///
    /// Unless `isWhole`, nil when the token may go on behind the octets; `position` is then its first octet.
    static func next(_ octets: Span<UInt8>, _ position: inout Int, isWhole: Bool = true) -> PDFToken? {
        skipSpace(octets, &position, isWhole)
        guard position < octets.count else { return isWhole ? .end : nil }
        let start = position
        let token = read(octets, &position)
        // What the octets' end cut might be longer; brackets and closed strings are not.
        if !isWhole, position >= octets.count, !isClosed(token, octets) {
            position = start
            return nil
        }
        return token
    }

    private static func isClosed(_ token: PDFToken, _ octets: Span<UInt8>) -> Bool {
        switch token {
        case .string(let range), .hex(let range): range.upperBound < octets.count
        case .dictionaryBegin, .arrayBegin, .arrayEnd, .dictionaryEnd: true
        case .number, .name, .word, .end: false
        }
    }

    private static func skipSpace(_ octets: Span<UInt8>, _ position: inout Int, _ isWhole: Bool) {
        while position < octets.count {
            if isSpace(octets[position]) {
                position += 1
            } else if octets[position] == UInt8(ascii: "%") {
                var end = position + 1
                while end < octets.count, octets[end] != 0x0a, octets[end] != 0x0d { end += 1 }
                if end == octets.count, !isWhole, end - position < PDFLimits.token { return }
                position = end
            } else {
                return
            }
        }
    }

    private static func read(_ octets: Span<UInt8>, _ position: inout Int) -> PDFToken {
        let first = octets[position]
        let hasSecond = position + 1 < octets.count
        switch first {
        case UInt8(ascii: "("): return string(octets, &position)
        case UInt8(ascii: "<"):
            guard hasSecond, octets[position + 1] == first else { return hex(octets, &position) }
            position += 2
            return .dictionaryBegin
        case UInt8(ascii: ">"):
            position += hasSecond && octets[position + 1] == first ? 2 : 1
            return .dictionaryEnd
        case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ")"):
            position += 1
            return first == UInt8(ascii: "[") ? .arrayBegin : .arrayEnd
        default: break
        }
        let start = position
        position += 1
        while position < octets.count, position - start < PDFLimits.token, isRegular(octets[position]) { position += 1 }
        if first == UInt8(ascii: "/") { return .name(start + 1..<position) }
        if let number = number(octets.extracting(start..<position)) { return .number(number) }
        return .word(start..<position)
    }

    private static func string(_ octets: Span<UInt8>, _ position: inout Int) -> PDFToken {
        position += 1
        let start = position
        var depth = 1
        while position < octets.count, position - start < PDFLimits.token {
            switch octets[position] {
            case UInt8(ascii: "\\"): position += 1
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 {
                    position += 1
                    return .string(start..<position - 1)
                }
            default: break
            }
            position += 1
        }
        position = min(position, octets.count)
        return .string(start..<position)
    }

    private static func hex(_ octets: Span<UInt8>, _ position: inout Int) -> PDFToken {
        position += 1
        let start = position
        while position < octets.count, position - start < PDFLimits.token, octets[position] != UInt8(ascii: ">") {
            position += 1
        }
        let end = position
        if position < octets.count, octets[position] == UInt8(ascii: ">") { position += 1 }
        return .hex(start..<end)
    }

    /// A number without an exponent; of its digits those beyond 15 do not count.
    private static func number(_ octets: Span<UInt8>) -> Double? {
        var index = 0
        var isNegative = false
        if octets[0] == UInt8(ascii: "-") || octets[0] == UInt8(ascii: "+") {
            isNegative = octets[0] == UInt8(ascii: "-")
            index = 1
        }
        guard index < octets.count, octets.count <= 64 else { return nil }
        var value = 0.0
        var scale = 1.0
        var hasPoint = false
        while index < octets.count {
            let octet = octets[index]
            index += 1
            if octet == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if ASCII.isDigit(octet) {
                if hasPoint { scale /= 10 }
                value = hasPoint ? value + Double(octet - 48) * scale : value * 10 + Double(octet - 48)
            } else {
                return nil
            }
        }
        return isNegative ? -value : value
    }

    static func isSpace(_ octet: UInt8) -> Bool {
        octet == 0x20 || octet == 0x0a || octet == 0x0d || octet == 0x09 || octet == 0x0c || octet == 0
    }

    private static func isRegular(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "/"), UInt8(ascii: "%"):
            false
        default: !isSpace(octet)
        }
    }
}
