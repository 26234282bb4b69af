/// Questions about single ASCII octets, and comparisons that ignore ASCII case.
@usableFromInline
package enum ASCII {
    /// The octet in lower case; octets outside A–Z are unchanged.
    @inlinable
    package static func lowercased(_ octet: UInt8) -> UInt8 { octet &- 0x41 < 26 ? octet | 0x20 : octet }

    /// The value of a hexadecimal digit, 0…15; nil for any other octet.
    @inlinable
    package static func hexValue(_ octet: UInt8) -> UInt8? {
        if octet &- 0x30 < 10 { return octet &- 0x30 }
        let letter = octet | 0x20
        return letter &- 0x61 < 6 ? letter &- 0x61 &+ 10 : nil
    }

    /// The octet that the two hexadecimal digits at `index` stand for; nil where they are not two.
    @inlinable
    package static func hexOctet(_ digits: Span<UInt8>, at index: Int) -> UInt8? {
        guard index >= 0, index < digits.count - 1, let high = hexValue(digits[index]),
            let low = hexValue(digits[index + 1])
        else { return nil }
        return high << 4 | low
    }

    /// Whether the octet is `0`–`9`.
    @inlinable
    package static func isDigit(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 }

    /// Whether the octet is `A`–`Z` or `a`–`z`.
    @inlinable
    package static func isLetter(_ octet: UInt8) -> Bool { (octet | 0x20) &- 0x61 < 26 }

    /// Whether the octets equal `text`, ASCII case ignored.
    @inlinable
    package static func equals(_ octets: Span<UInt8>, ignoringCase text: String) -> Bool {
        guard octets.count == text.utf8.count else { return false }
        return hasPrefix(octets, ignoringCase: text)
    }

    /// Whether the octets begin with `text`, ASCII case ignored.
    @inlinable
    package static func hasPrefix(_ octets: Span<UInt8>, ignoringCase text: String) -> Bool {
        guard octets.count >= text.utf8.count else { return false }
        let units = text.utf8.span
        for index in 0..<units.count where lowercased(octets[index]) != lowercased(units[index]) { return false }
        return true
    }
}
