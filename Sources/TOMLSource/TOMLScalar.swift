/// The grammar of bare values: numbers, booleans, dates and times (TOML 1.0.0).
///
/// It is checked here in full because the parser answers some of what merely resembles a number or a date with a
/// failed assertion.
struct TOMLScalar {
    private let octets: ArraySlice<UInt8>
    private var index: Int

    private init(_ octets: ArraySlice<UInt8>) {
        self.octets = octets
        index = octets.startIndex
    }

    /// Whether the octets are one whole bare value.
    static func isValid(_ octets: ArraySlice<UInt8>) -> Bool {
        guard octets.count <= 64 else { return false }
        switch String(decoding: octets, as: UTF8.self) {
        case "true", "false", "inf", "+inf", "-inf", "nan", "+nan", "-nan": return true
        default: break
        }
        var number = TOMLScalar(octets)
        if number.readNumber() { return true }
        var moment = TOMLScalar(octets)
        return moment.readMoment()
    }

    private mutating func readNumber() -> Bool {
        if take("0x") { return readDigits { Self.isHexadecimal($0) } && isAtEnd }
        if take("0o") { return readDigits { $0 &- 0x30 < 8 } && isAtEnd }
        if take("0b") { return readDigits { $0 &- 0x30 < 2 } && isAtEnd }
        if !take("+") { _ = take("-") }
        guard readDigits(leadingZero: false) else { return false }
        if take(".") {
            guard readDigits() else { return false }
        }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard readDigits() else { return false }
        }
        return isAtEnd
    }

    /// A date, a time, or both with an offset or without.
    private mutating func readMoment() -> Bool {
        if readFixed(4, then: "-") {
            guard readFixed(2, then: "-"), readFixed(2) else { return false }
            if isAtEnd { return true }
            guard take("T") || take("t") || take(" "), readTime() else { return false }
            if isAtEnd || take("Z") || take("z") { return isAtEnd }
            guard take("+") || take("-") else { return false }
            return readFixed(2, then: ":") && readFixed(2) && isAtEnd
        }
        return readTime() && isAtEnd
    }

    private mutating func readTime() -> Bool {
        guard readFixed(2, then: ":"), readFixed(2, then: ":"), readFixed(2) else { return false }
        guard take(".") else { return true }
        let start = index
        while let octet = peek, Self.isDecimal(octet) { index += 1 }
        return index > start
    }

    /// Digits with single underscores between them.
    private mutating func readDigits(
        leadingZero: Bool = true,
        _ isDigit: (UInt8) -> Bool = { TOMLScalar.isDecimal($0) }
    ) -> Bool {
        let start = index
        while let octet = peek {
            if isDigit(octet) {
                index += 1
            } else if octet == UInt8(ascii: "_"), index > start, octets[index - 1] != octet {
                index += 1
            } else {
                break
            }
        }
        guard index > start, octets[index - 1] != UInt8(ascii: "_") else { return false }
        return leadingZero || octets[start] != UInt8(ascii: "0") || index == start + 1
    }

    /// Exactly `count` decimal digits and then `mark`; reads nothing when they are not there.
    private mutating func readFixed(_ count: Int, then mark: String = "") -> Bool {
        let start = index
        for _ in 0..<count {
            guard let octet = peek, Self.isDecimal(octet) else {
                index = start
                return false
            }
            index += 1
        }
        if take(mark) { return true }
        index = start
        return false
    }

    private mutating func take(_ text: String) -> Bool {
        guard octets[index...].starts(with: text.utf8) else { return false }
        index += text.utf8.count
        return true
    }

    private var isAtEnd: Bool { index == octets.endIndex }

    private var peek: UInt8? { index < octets.endIndex ? octets[index] : nil }

    private static func isDecimal(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }

    private static func isHexadecimal(_ octet: UInt8) -> Bool { isDecimal(octet) || (octet | 0x20) &- 0x61 < 6 }
}
