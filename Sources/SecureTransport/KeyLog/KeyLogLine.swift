internal import Wire

/// One line of a key log in NSS's format.
///
///     label SP client_random(64 hexadecimal digits) SP secret(64 or 96 hexadecimal digits)
package enum KeyLogLine: Sendable {
    /// A secret, and of which session.
    case secret(KeyLogLabel, SessionRandom, [UInt8])
    /// Nothing: a comment, an empty line, or a label of something else.
    case nothing
    /// It is none of these, or a number of digits is wrong.
    case bad

    /// Reads a line without its end; blanks around and between the words do not count, and digits may be of either case.
    ///
    /// - Note: Other labels are passed over, since programs log secrets of their own with theirs, such as
    ///   `CLIENT_TRAFFIC_SECRET_N` after a key update, which follows from the first.
    package init(_ line: Span<UInt8>) {
        var at = 0
        let label = KeyLogLine.word(line, &at)
        guard !label.isEmpty, line[label.lowerBound] != UInt8(ascii: "#") else {
            self = .nothing
            return
        }
        let random = KeyLogLine.word(line, &at)
        let secret = KeyLogLine.word(line, &at)
        guard KeyLogLine.isLabel(line.extracting(label)), KeyLogLine.word(line, &at).isEmpty, !secret.isEmpty else {
            self = .bad
            return
        }
        guard let known = KeyLogLine.label(line.extracting(label)) else {
            self = .nothing
            return
        }
        let name = KeyLogLine.octets(line.extracting(random))
        let octets = KeyLogLine.octets(line.extracting(secret))
        guard let name, let octets, let session = SessionRandom(name.span), known.fits(octets: octets.count) else {
            self = .bad
            return
        }
        self = .secret(known, session, octets)
    }

    private static func word(_ line: Span<UInt8>, _ at: inout Int) -> Range<Int> {
        while at < line.count, line[at] == UInt8(ascii: " ") || line[at] == UInt8(ascii: "\t") { at += 1 }
        let start = at
        while at < line.count, line[at] != UInt8(ascii: " "), line[at] != UInt8(ascii: "\t") { at += 1 }
        return start..<at
    }

    /// Whether this may be a label: capital letters, digits, `_` and, in those of old, `-` and `:`.
    private static func isLabel(_ word: Span<UInt8>) -> Bool {
        for index in word.indices {
            switch word[index] {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                UInt8(ascii: "-"), UInt8(ascii: ":"):
                break
            default: return false
            }
        }
        return true
    }

    private static func label(_ word: Span<UInt8>) -> KeyLogLabel? {
        KeyLogLabel.allCases.first { label in
            let text = label.text.utf8
            guard text.count == word.count else { return false }
            return zip(text, word.indices).allSatisfy { $0 == word[$1] }
        }
    }

    private static func octets(_ digits: Span<UInt8>) -> [UInt8]? {
        guard digits.count % 2 == 0 else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(digits.count / 2)
        var index = 0
        while index < digits.count {
            guard let high = ASCII.hexValue(digits[index]), let low = ASCII.hexValue(digits[index + 1]) else {
                return nil
            }
            octets.append(high << 4 | low)
            index += 2
        }
        return octets
    }
}
