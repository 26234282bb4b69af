/// Octets written as hexadecimal digits, for vectors copied out of standards.
package enum Hex {
    /// The octets of `text`, white space between digits ignored; nil when a digit is odd or no digit.
    package static func octets(_ text: String) -> [UInt8]? {
        var octets: [UInt8] = []
        var high: UInt8?
        for character in text where !character.isWhitespace {
            guard let value = character.hexDigitValue else { return nil }
            if let upper = high {
                octets.append(upper << 4 | UInt8(value))
                high = nil
            } else {
                high = UInt8(value)
            }
        }
        return high == nil ? octets : nil
    }

    /// Lower-case digits, two an octet, without separators.
    package static func text(_ octets: [UInt8]) -> String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
