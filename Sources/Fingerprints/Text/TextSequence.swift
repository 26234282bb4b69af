/// Octets that stand for something else than themselves, as far as they have come: references of HTML, percent and
/// quoted-printable escapes, terminal controls, the tags of highlighters.
///
/// At most `limit` octets are held; whatever they are found to be depends on them alone.
struct TextSequence {
    /// What the octets so far are.
    enum Verdict: Equatable {
        /// The beginning of something.
        case more
        /// Nothing but themselves.
        case plain
        /// Something that is not to be seen.
        case nothing
        /// A character that stood there in an escape: what it is part of may be an escape too.
        case escaped(UInt32)
        /// An octet that stood there in an escape: of a character it may be a part.
        case octet(UInt8)
    }

    /// The most octets of a sequence: a highlighter's tag.
    static let limit = 80

    private(set) var octets = InlineArray<80, UInt8>(repeating: 0)
    private(set) var count = 0
    /// Where the first octet stands in the text.
    private(set) var offset = 0

    /// Octets that begin an escape sequence of terminals written as text: of `\e` and of `\033` what follows the backslash.
    static let writtenEscape: UInt8 = 0x65
    static let writtenNumber: UInt8 = 0x30

    private static let escape: UInt8 = 0x1B
    private static let bracket = UInt8(ascii: "[")

    /// Whether what is held is a percent escape.
    var isPercent: Bool { octets[0] == UInt8(ascii: "%") }

    /// Whether nothing is held.
    var isEmpty: Bool { count == 0 }

    /// Whether an octet may begin a sequence.
    static func mayBegin(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "&"), UInt8(ascii: "%"), UInt8(ascii: "="), UInt8(ascii: "<"), escape: true
        default: false
        }
    }

    /// Starts with an octet that `mayBegin`, or with one of the two that are told.
    mutating func begin(_ octet: UInt8, at offset: Int) {
        octets[0] = octet
        count = 1
        self.offset = offset
    }

    /// Forgets what is held.
    mutating func end() { count = 0 }

    /// Takes the next octet.
    mutating func append(_ octet: UInt8) -> Verdict {
        guard count < Self.limit else { return .plain }
        octets[count] = octet
        count += 1
        switch octets[0] {
        case UInt8(ascii: "&"): return reference()
        case UInt8(ascii: "%"): return percent()
        case UInt8(ascii: "="): return quotedPrintable()
        case UInt8(ascii: "<"): return tag()
        case Self.escape: return control(after: 1)
        case Self.writtenEscape: return control(after: 1)
        case Self.writtenNumber:
            if count <= 3 { return octet == 0x33 ? .more : .plain }
            return control(after: 3)
        default: return .plain
        }
    }

    // MARK: - References of HTML

    private static let names: [(name: [UInt8], scalar: UInt32)] = [
        (Array("lt".utf8), 0x3C), (Array("gt".utf8), 0x3E), (Array("amp".utf8), 0x26), (Array("quot".utf8), 0x22),
        (Array("apos".utf8), 0x27), (Array("nbsp".utf8), 0x20), (Array("shy".utf8), 0xAD),
    ]

    private func reference() -> Verdict {
        let last = octets[count - 1]
        if octets[1] == UInt8(ascii: "#") { return numericReference() }
        guard count <= 6 else { return .plain }
        for (name, scalar) in Self.names where name.count >= count - 2 {
            if last == UInt8(ascii: ";"), name.count == count - 2, matches(name, count - 2) { return .escaped(scalar) }
            if name.count >= count - 1, matches(name, count - 1) { return .more }
        }
        return .plain
    }

    /// Whether the first octets after the first are the name's.
    private func matches(_ name: [UInt8], _ length: Int) -> Bool {
        for place in 0..<length where octets[place + 1] != name[place] { return false }
        return true
    }

    private func numericReference() -> Verdict {
        guard count > 2 else { return .more }
        let isHex = octets[2] | 0x20 == 0x78
        let first = isHex ? 3 : 2
        guard count > first else { return .more }
        let isEnded = octets[count - 1] == UInt8(ascii: ";")
        let end = isEnded ? count - 1 : count
        guard end - first <= 7 else { return .plain }
        var value: UInt32 = 0
        for place in first..<end {
            guard let digit = Self.hexValue(octets[place]), isHex || digit < 10 else { return .plain }
            value = value &* (isHex ? 16 : 10) &+ UInt32(digit)
        }
        guard isEnded else { return .more }
        guard end > first, value > 0, value < 0x11_0000, value & 0x1F_F800 != 0xD800 else { return .plain }
        return .escaped(value)
    }

    // MARK: - Escapes

    private func percent() -> Verdict {
        guard let high = Self.hexValue(octets[1]) else { return .plain }
        guard count > 2 else { return .more }
        guard let low = Self.hexValue(octets[2]) else { return .plain }
        let octet = high << 4 | low
        // Other controls are no text: in `%02x` and its like the octets stand for themselves.
        return octet >= 0x20 && octet != 0x7F || 0x09...0x0A ~= octet || octet == 0x0D ? .octet(octet) : .plain
    }

    /// RFC 2045 § 6.7: of ASCII only what encoders must escape, and line ends, which they write where text is binary.
    private func quotedPrintable() -> Verdict {
        guard let high = Self.hexValue(octets[1]), octets[1] < 0x60 else { return .plain }
        guard count > 2 else { return .more }
        guard let low = Self.hexValue(octets[2]), octets[2] < 0x60 else { return .plain }
        switch high << 4 | low {
        case 0x09, 0x0A, 0x0D, 0x20, 0x3D, 0xA0: return .escaped(UInt32(high << 4 | low))
        case 0x80...0xF4: return .octet(high << 4 | low)
        default: return .plain
        }
    }

    // MARK: - Terminals

    /// A control sequence of ECMA-48 § 5.4: `[`, parameters, intermediate octets, a final one.
    private func control(after introducer: Int) -> Verdict {
        let last = octets[count - 1]
        if count == introducer + 1 { return last == Self.bracket ? .more : .plain }
        guard count <= introducer + 25 else { return .plain }
        switch last {
        case 0x20...0x3F: return .more
        case 0x40...0x7E: return .nothing
        default: return .plain
        }
    }

    // MARK: - Highlighters

    private static let breaks = ["<br>", "<br/>", "<br />"].map { Array($0.utf8) }
    private static let closing = Array("</span>".utf8)
    private static let opening = ["<span>", "<span class=\"", "<span style=\""].map { Array($0.utf8) }

    private func tag() -> Verdict {
        for form in Self.breaks where isBeginning(of: form) {
            return count == form.count ? .escaped(0x0A) : .more
        }
        if isBeginning(of: Self.closing) { return count == Self.closing.count ? .nothing : .more }
        if isBeginning(of: Self.opening[0]) { return count == Self.opening[0].count ? .nothing : .more }
        for form in Self.opening.dropFirst() {
            if isBeginning(of: form) { return .more }
            guard count > form.count, begins(with: form) else { continue }
            switch octets[count - 1] {
            case UInt8(ascii: ">"): return octets[count - 2] == UInt8(ascii: "\"") ? .nothing : .plain
            case UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "("), UInt8(ascii: ")"),
                UInt8(ascii: ","), UInt8(ascii: "-"), UInt8(ascii: "."), 0x30...0x3B, 0x20, 0x41...0x5A, 0x5F,
                0x61...0x7A:
                return .more
            default: return .plain
            }
        }
        return .plain
    }

    private func isBeginning(of form: [UInt8]) -> Bool {
        guard count <= form.count else { return false }
        for place in 0..<count where octets[place] != form[place] { return false }
        return true
    }

    private func begins(with form: [UInt8]) -> Bool {
        for place in form.indices where octets[place] != form[place] { return false }
        return true
    }

    /// The value of a digit of base sixteen, in either case.
    static func hexValue(_ octet: UInt8) -> UInt8? {
        if octet &- 0x30 < 10 { return octet &- 0x30 }
        let letter = octet | 0x20
        return letter &- 0x61 < 6 ? letter &- 0x61 &+ 10 : nil
    }
}
