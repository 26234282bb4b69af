internal import Wire

/// One line of a key log in NSS's format.
///
///     label SP client_random(64 hexadecimal digits) SP secret(64 or 96 hexadecimal digits)
///
/// - Note: What a logger puts before it (a priority, a time, a host, a program) is passed over, and a line may hold several,
///   since proxies such as HAProxy have no other way to write them than their log. `-` for a secret is what they write
///   where there is none.
struct KeyLogLine {
    /// Secrets that were taken.
    private(set) var secrets = 0
    /// Those of them that were known already.
    private(set) var repeated = 0
    /// Those of them in whose place another was known.
    private(set) var replaced = 0
    /// Whether something is wrong with it: it is neither a secret nor known to be none.
    private(set) var isBad = false

    /// Octets before the first label that are looked through.
    private static let longestPrefix = 512

    /// Reads a line without its end, into a store; blanks around and between the words do not count, and digits may be of
    /// either case.
    ///
    /// - Note: Other labels are passed over, since programs log secrets of their own with theirs, such as
    ///   `CLIENT_TRAFFIC_SECRET_N` after a key update, which follows from the first.
    init(_ line: Span<UInt8>, into store: KeyStore) {
        // Of a line with which anything is wrong nothing is taken.
        read(line, into: nil)
        let isWhole = !isBad && secrets > 0
        secrets = 0
        if isWhole { read(line, into: store) }
    }

    private mutating func read(_ line: Span<UInt8>, into store: KeyStore?) {
        var at = 0
        let first = KeyLogLine.word(line, &at)
        guard !first.isEmpty, line[first.lowerBound] != UInt8(ascii: "#") else { return }
        guard let label = KeyLogLine.label(line.extracting(first)) else {
            if !readBehindPrefix(line, from: at, into: store) { isBad = !KeyLogLine.isOther(line, first, &at) }
            return
        }
        read(line, label, &at, into: store)
    }

    /// Reads what stands behind the first word that is a label, if it stands near the beginning.
    private mutating func readBehindPrefix(_ line: Span<UInt8>, from start: Int, into store: KeyStore?) -> Bool {
        var at = start
        while at < KeyLogLine.longestPrefix {
            let word = KeyLogLine.word(line, &at)
            if word.isEmpty { return false }
            guard let label = KeyLogLine.label(line.extracting(word)) else { continue }
            read(line, label, &at, into: store)
            return true
        }
        return false
    }

    /// Reads a secret behind its label, and others behind it.
    private mutating func read(_ line: Span<UInt8>, _ first: KeyLogLabel, _ at: inout Int, into store: KeyStore?) {
        var label = first
        while true {
            let random = KeyLogLine.word(line, &at)
            let secret = KeyLogLine.word(line, &at)
            guard let session = KeyLogLine.session(line.extracting(random)) else { return isBad = true }
            if !KeyLogLine.isNone(line.extracting(secret)) {
                guard KeyStore.isSecret(digits: line.extracting(secret), label) else { return isBad = true }
                switch store?.add(digits: line.extracting(secret), label, of: session) {
                case .new, nil: break
                case .repeated: repeated += 1
                case .replaced: replaced += 1
                }
                secrets += 1
            }
            let next = KeyLogLine.word(line, &at)
            guard !next.isEmpty else { return }
            guard let following = KeyLogLine.label(line.extracting(next)) else { return isBad = true }
            label = following
        }
    }

    /// Whether the line holds a secret under a label that is not known here: three words, of which the first may be one.
    private static func isOther(_ line: Span<UInt8>, _ first: Range<Int>, _ at: inout Int) -> Bool {
        guard isLabel(line.extracting(first)) else { return false }
        let (random, secret) = (word(line, &at), word(line, &at))
        return !random.isEmpty && !secret.isEmpty && word(line, &at).isEmpty
    }

    private static func word(_ line: Span<UInt8>, _ at: inout Int) -> Range<Int> {
        var blank = gap(line, at)
        while blank > 0 {
            at += blank
            blank = gap(line, at)
        }
        let start = at
        while at < line.count, gap(line, at) == 0 { at += 1 }
        return start..<at
    }

    /// Octets at a place that separate words: a blank, or `#012`, as which rsyslog writes an end of line within a message.
    private static func gap(_ line: Span<UInt8>, _ at: Int) -> Int {
        guard at < line.count else { return 0 }
        switch line[at] {
        case UInt8(ascii: " "), UInt8(ascii: "\t"): return 1
        case UInt8(ascii: "#"):
            guard line.count - at >= 4, line[at + 1] == UInt8(ascii: "0"), line[at + 2] == UInt8(ascii: "1") else {
                return 0
            }
            return line[at + 3] == UInt8(ascii: "2") ? 4 : 0
        default: return 0
        }
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

    /// The label that a word is, a mark of UTF-8 before it left out (RFC 5424 § 6.4, MSG).
    private static func label(_ word: Span<UInt8>) -> KeyLogLabel? {
        let isMarked = word.count > 3 && word[0] == 0xEF && word[1] == 0xBB && word[2] == 0xBF
        let start = isMarked ? 3 : 0
        return KeyLogLabel.allCases.first { label in
            let text = label.text.utf8
            guard text.count == word.count - start else { return false }
            return zip(text, start..<word.count).allSatisfy { $0 == word[$1] }
        }
    }

    private static func isNone(_ word: Span<UInt8>) -> Bool { word.count == 1 && word[0] == UInt8(ascii: "-") }

    private static func session(_ digits: Span<UInt8>) -> SessionRandom? {
        guard digits.count == 64 else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(32)
        for index in 0..<32 {
            guard let octet = ASCII.hexOctet(digits, at: 2 * index) else { return nil }
            octets.append(octet)
        }
        return SessionRandom(octets.span)
    }
}
