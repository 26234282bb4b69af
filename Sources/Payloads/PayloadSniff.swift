/// What the first octets of a payload show it to be, whatever it was declared as.
enum PayloadSniff {
    /// Octets that decide: with this many, every question is answered.
    static let window = 64

    /// What a payload is.
    enum Verdict: Equatable {
        case text
        case json
        case gzip
        case zstd
        case pdf
        case utf16(isBigEndian: Bool)
        case opaque(OpaqueReason)
        /// Not text and no format known by its magic.
        case binary
    }

    /// Looks at the first octets; nil when more are needed, never nil when `isWhole` or a full window is given.
    ///
    /// An answer given for some octets is given for every longer beginning too, so that it does not depend on how the
    /// stream was cut.
    static func verdict(_ octets: Span<UInt8>, isWhole: Bool) -> Verdict? {
        let octets = octets.extracting(0..<min(octets.count, window))
        let isEnough = isWhole || octets.count == window
        switch json(octets) {
        case true?: return .json
        case nil where !isEnough: return nil
        default: break
        }
        // Magic numbers are at most 12 octets long.
        guard isEnough || octets.count >= 12 else { return nil }
        if let known = magic(octets) { return known }
        guard isEnough else { return nil }
        if let isBigEndian = utf16(octets) { return .utf16(isBigEndian: isBigEndian) }
        return isText(octets) ? .text : .binary
    }

    /// Whether the octets begin a JSON object or array; nil when they could yet.
    static func json(_ octets: Span<UInt8>) -> Bool? {
        var index = 0
        if octets.count >= 3, octets[0] == 0xef, octets[1] == 0xbb, octets[2] == 0xbf { index = 3 }
        guard let first = nextOctet(octets, &index) else { return nil }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
            // A byte order mark may still be incomplete.
            return index == 1 && first == 0xef && octets.count < 3 ? nil : false
        }
        guard let second = nextOctet(octets, &index) else { return nil }
        if first == UInt8(ascii: "{") { return second == UInt8(ascii: "\"") || second == UInt8(ascii: "}") }
        switch second {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\""): return true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return isNumber(octets, index - 1)
        default: return word(octets, index - 1)
        }
    }

    /// Whether a number is followed by what may follow one in an array, so that `[12:30] started` is text.
    private static func isNumber(_ octets: Span<UInt8>, _ start: Int) -> Bool? {
        for index in start..<octets.count {
            switch octets[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                continue
            case UInt8(ascii: ","), 0x20, 0x0a, 0x0d, 0x09: return true
            case UInt8(ascii: "]"): return followsArray(octets, index + 1)
            default: return false
            }
        }
        return nil
    }

    /// `[1]` alone is an array, `[1] See the paper` is text.
    private static func followsArray(_ octets: Span<UInt8>, _ start: Int) -> Bool? {
        var index = start
        guard let next = nextOctet(octets, &index) else { return nil }
        return next == UInt8(ascii: "[") || next == UInt8(ascii: "{")
    }

    private static func word(_ octets: Span<UInt8>, _ start: Int) -> Bool? {
        for word in ["true", "false", "null"] {
            let units = word.utf8.span
            var matched = 0
            while matched < units.count, start + matched < octets.count, octets[start + matched] == units[matched] {
                matched += 1
            }
            if matched == units.count { return true }
            if matched > 0, start + matched == octets.count { return nil }
        }
        return false
    }

    private static func nextOctet(_ octets: Span<UInt8>, _ index: inout Int) -> UInt8? {
        while index < octets.count {
            let octet = octets[index]
            index += 1
            if octet != 0x20, octet != 0x0a, octet != 0x0d, octet != 0x09 { return octet }
        }
        return nil
    }

    private static func magic(_ octets: Span<UInt8>) -> Verdict? {
        if begins(octets, [0x1f, 0x8b, 0x08]) { return .gzip }
        if begins(octets, [0xff, 0xfe]) || begins(octets, [0xfe, 0xff]) {
            return .utf16(isBigEndian: octets[0] == 0xfe)
        }
        for magic in media where begins(octets, magic) { return .opaque(.media) }
        if begins(octets, pdf) { return .pdf }
        for magic in documents where begins(octets, magic) { return .opaque(.document) }
        if CodingProbe.beginsZstd(octets) == true { return .zstd }
        // ISO media: a box length, then `ftyp`. RIFF: a length, then what it holds.
        if octets.count >= 12, begins(octets.extracting(4..<8), [0x66, 0x74, 0x79, 0x70]) { return .opaque(.media) }
        return nil
    }

    private static let media: [[UInt8]] = [
        [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a],
        [0xff, 0xd8, 0xff],
        Array("GIF87a".utf8), Array("GIF89a".utf8), Array("RIFF".utf8), Array("OggS".utf8), Array("fLaC".utf8),
        Array("ID3".utf8) + [2], Array("ID3".utf8) + [3], Array("ID3".utf8) + [4],
        [0xff, 0xfb], [0xff, 0xf3], [0xff, 0xf1],
        [0x1a, 0x45, 0xdf, 0xa3],
        [0x49, 0x49, 0x2a, 0x00], [0x4d, 0x4d, 0x00, 0x2a],
        [0x00, 0x00, 0x01, 0xba], [0x00, 0x00, 0x01, 0xb3],
    ]

    private static let pdf = Array("%PDF-".utf8)

    private static let documents: [[UInt8]] = [
        Array("PK".utf8) + [3, 4], Array("PK".utf8) + [5, 6],
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
        [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], Array("Rar!".utf8) + [0x1a],
        [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], Array("BZh".utf8) + [0x39, 0x31, 0x41],
        Array("SQLite format 3".utf8) + [0], [0x7f, 0x45, 0x4c, 0x46],
    ]

    private static func begins(_ octets: Span<UInt8>, _ magic: [UInt8]) -> Bool {
        guard octets.count >= magic.count else { return false }
        for index in magic.indices where octets[index] != magic[index] { return false }
        return true
    }

    /// Whether every second octet is zero, as in UTF-16 text of ASCII characters; true is big endian.
    private static func utf16(_ octets: Span<UInt8>) -> Bool? {
        guard octets.count >= 8 else { return nil }
        var zeros = (0, 0)
        for index in octets.indices where octets[index] == 0 {
            if index & 1 == 0 { zeros.0 += 1 } else { zeros.1 += 1 }
        }
        let half = octets.count / 2
        if zeros.0 * 10 <= half, zeros.1 * 10 >= half * 8 { return false }
        if zeros.1 * 10 <= half, zeros.0 * 10 >= half * 8 { return true }
        return nil
    }

    /// Whether the octets read as text in UTF-8 or an eight-bit character set.
    static func isText(_ octets: Span<UInt8>) -> Bool {
        var controls = 0
        var broken = 0
        var following = 0
        for index in octets.indices {
            let octet = octets[index]
            if octet == 0 { return false }
            if octet < 0x20 && !(0x08...0x0d).contains(octet) && octet != 0x1b && octet != 0x1e || octet == 0x7f {
                controls += 1
            }
            if octet & 0xc0 == 0x80 {
                if following == 0 { broken += 1 } else { following -= 1 }
            } else {
                if following > 0 { broken += 1 }
                following = octet >= 0xf8 ? 0 : octet >= 0xf0 ? 3 : octet >= 0xe0 ? 2 : octet >= 0xc2 ? 1 : 0
                if octet >= 0xf8 || octet == 0xc0 || octet == 0xc1 { broken += 1 }
            }
        }
        return controls * 20 <= octets.count && broken * 4 <= octets.count
    }
}
