/// Holds a line against the contract: one JSON object, keys sorted and distinct, no white space, no bare control.
enum JSONCheck {
    /// What is wrong with a line, which ends with a line feed; nil when nothing is.
    static func fault(inLine line: [UInt8]) -> String? {
        guard line.last == UInt8(ascii: "\n"), !line.dropLast().contains(UInt8(ascii: "\n")) else {
            return "not a line"
        }
        var cursor = Cursor(octets: Array(line.dropLast()))
        guard cursor.octets.first == UInt8(ascii: "{") else { return "not an object" }
        guard cursor.value() else { return "malformed at octet \(cursor.position)" }
        return cursor.position == cursor.octets.count ? nil : "more than one value"
    }

    private struct Cursor {
        let octets: [UInt8]
        var position = 0

        mutating func take(_ octet: Character) -> Bool {
            guard position < octets.count, octets[position] == octet.asciiValue else { return false }
            position += 1
            return true
        }

        mutating func value() -> Bool {
            if take("{") { return object() }
            if take("[") { return array() }
            if position < octets.count, octets[position] == UInt8(ascii: "\"") { return string() != nil }
            let rest = octets[position...]
            for word in ["true", "false", "null"] where rest.starts(with: Array(word.utf8)) {
                position += word.utf8.count
                return true
            }
            return number()
        }

        private mutating func object() -> Bool {
            if take("}") { return true }
            var last: [UInt8]?
            repeat {
                guard let key = string(), take(":"), value() else { return false }
                if let last, !last.lexicographicallyPrecedes(key) { return false }
                last = key
            } while take(",")
            return take("}")
        }

        private mutating func array() -> Bool {
            if take("]") { return true }
            repeat { guard value() else { return false } } while take(",")
            return take("]")
        }

        private mutating func string() -> [UInt8]? {
            guard take("\"") else { return nil }
            var text: [UInt8] = []
            while position < octets.count {
                let octet = octets[position]
                position += 1
                if octet == UInt8(ascii: "\"") { return text }
                guard octet >= 0x20, octet != 0x7F else { return nil }
                guard octet == UInt8(ascii: "\\") else {
                    text.append(octet)
                    continue
                }
                guard position < octets.count else { return nil }
                let kind = octets[position]
                position += 1
                switch kind {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(kind)
                case UInt8(ascii: "n"): text.append(10)
                case UInt8(ascii: "r"): text.append(13)
                case UInt8(ascii: "t"): text.append(9)
                case UInt8(ascii: "u"):
                    guard octets.count - position >= 4,
                        let unit = UInt16(String(decoding: octets[position..<position + 4], as: UTF8.self), radix: 16)
                    else { return nil }
                    position += 4
                    text += unit < 0x80 ? [UInt8(unit)] : escapedUnit(unit)
                default: return nil
                }
            }
            return nil
        }

        /// UTF-8 of a unit; halves of a pair keep their order, which is all that sorting needs here.
        private func escapedUnit(_ unit: UInt16) -> [UInt8] {
            if unit >= 0xD800, unit < 0xE000 { return [0xF3, UInt8(unit >> 8), UInt8(unit & 0xFF)] }
            return Unicode.Scalar(unit).map { Array(UTF8.encode($0) ?? UTF8.encodedReplacementCharacter) } ?? []
        }

        private mutating func number() -> Bool {
            _ = take("-")
            let start = position
            while position < octets.count, (0x30...0x39).contains(octets[position]) { position += 1 }
            guard position > start, position == start + 1 || octets[start] != 0x30 else { return false }
            guard take(".") else { return true }
            let fraction = position
            while position < octets.count, (0x30...0x39).contains(octets[position]) { position += 1 }
            return position > fraction
        }
    }
}
