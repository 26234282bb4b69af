/// Streams base64 and base64url (RFC 4648 §§ 4, 5) out; white space is passed over, padding is optional.
struct Base64Decoder {
    private var bits: UInt32 = 0
    private var digits = 0

    /// Decodes from `index` until the input ends, `output` is full, or an octet comes that is no part of base64.
    ///
    /// `count` is the number of octets in `output` and grows. False when the octet at `index` is foreign.
    mutating func decode(_ input: Span<UInt8>, _ index: inout Int, into output: inout [UInt8], _ count: inout Int)
        -> Bool
    {
        let values = Self.values
        let table = values.span
        var room = output.mutableSpan
        while index < input.count, count + 3 <= room.count {
            let value = table[Int(input[index])]
            if value < 64 {
                bits = bits << 6 | UInt32(value)
                digits += 1
                if digits == 4 {
                    room[count] = UInt8(truncatingIfNeeded: bits >> 16)
                    room[count + 1] = UInt8(truncatingIfNeeded: bits >> 8)
                    room[count + 2] = UInt8(truncatingIfNeeded: bits)
                    count += 3
                    digits = 0
                }
            } else if value == Self.padding {
                count = put(&room, count)
            } else if value == Self.foreign {
                return false
            }
            index += 1
        }
        return true
    }

    /// Decodes the last, incomplete digits, if they hold an octet.
    mutating func finish(into output: inout [UInt8], _ count: inout Int) {
        var room = output.mutableSpan
        guard count + 3 <= room.count else { return }
        count = put(&room, count)
    }

    /// Passes over digits that were never seen, and whatever they leave of a group of four.
    mutating func gap(_ octets: Int) {
        digits = -((4 - (digits &+ octets) & 3) & 3)
        bits = 0
    }

    private mutating func put(_ room: inout MutableSpan<UInt8>, _ start: Int) -> Int {
        var count = start
        if digits == 2 {
            room[count] = UInt8(truncatingIfNeeded: bits >> 4)
            count += 1
        } else if digits == 3 {
            room[count] = UInt8(truncatingIfNeeded: bits >> 10)
            room[count + 1] = UInt8(truncatingIfNeeded: bits >> 2)
            count += 2
        }
        digits = 0
        bits = 0
        return count
    }

    /// Whether an octet is a digit of base64 or base64url.
    static func isDigit(_ octet: UInt8) -> Bool {
        let letter = octet | 0x20
        return letter &- 0x61 < 26 || octet &- 0x30 < 10 || octet == UInt8(ascii: "+") || octet == UInt8(ascii: "/")
            || octet == UInt8(ascii: "-") || octet == UInt8(ascii: "_")
    }

    private static let space: UInt8 = 64
    private static let padding: UInt8 = 65
    private static let foreign: UInt8 = 66

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: foreign, count: 256)
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        values[0x2d] = 62
        values[0x5f] = 63
        for octet in [0x20, 0x09, 0x0a, 0x0d] { values[octet] = space }
        values[0x3d] = padding
        return values
    }()
}
