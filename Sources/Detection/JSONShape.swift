/// Tells whether text is, as a whole, one JSON object or array, and which keys stand at its top.
///
/// RFC 8259's grammar, held to exactly: text that only begins like JSON is a person's text. Depth is bounded by the text's
/// length and costs one bit a level; nothing recurses.
struct JSONShape {
    /// The keys of the outermost object, at most 64, escapes not undone.
    private(set) var topKeys: Set<String> = []

    private var position = 0
    private var depth = 0
    /// One bit a level: 1 for an object, 0 for an array.
    private var objects: [UInt64] = []

    /// Nil when the text is not, as a whole, an object or an array.
    init?(_ text: Span<UInt8>) {
        skipSpace(text)
        guard position < text.count, text[position] == UInt8(ascii: "{") || text[position] == UInt8(ascii: "[") else {
            return nil
        }
        guard parse(text) else { return nil }
        skipSpace(text)
        guard position == text.count else { return nil }
    }

    /// Reads one value and everything in it.
    private mutating func parse(_ text: Span<UInt8>) -> Bool {
        while true {
            guard position < text.count else { return false }
            let octet = text[position]
            if octet == UInt8(ascii: "{") || octet == UInt8(ascii: "[") {
                let isObject = octet == UInt8(ascii: "{")
                position += 1
                push(isObject)
                skipSpace(text)
                guard position < text.count else { return false }
                guard text[position] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    if isObject, !key(text) { return false }
                    continue
                }
                position += 1
                depth -= 1
            } else if octet == UInt8(ascii: "\"") {
                guard string(text) != nil else { return false }
            } else if !scalar(text) {
                return false
            }
            guard let again = afterValue(text) else { return false }
            if !again { return true }
        }
    }

    /// Passes separators and closing brackets; true when another value follows, false at the end, nil when malformed.
    private mutating func afterValue(_ text: Span<UInt8>) -> Bool? {
        while depth > 0 {
            skipSpace(text)
            guard position < text.count else { return nil }
            let octet = text[position]
            position += 1
            if octet == UInt8(ascii: ",") {
                skipSpace(text)
                if isInObject { return key(text) ? true : nil }
                return true
            }
            guard octet == (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return nil }
            depth -= 1
        }
        return false
    }

    private mutating func key(_ text: Span<UInt8>) -> Bool {
        guard let range = string(text) else { return false }
        if depth == 1, range.count <= 64, topKeys.count < 64 {
            var octets: [UInt8] = []
            for index in range { octets.append(text[index]) }
            topKeys.insert(String(decoding: octets, as: UTF8.self))
        }
        skipSpace(text)
        guard position < text.count, text[position] == UInt8(ascii: ":") else { return false }
        position += 1
        skipSpace(text)
        return true
    }

    /// Reads a string and gives the range between its quotation marks.
    private mutating func string(_ text: Span<UInt8>) -> Range<Int>? {
        guard position < text.count, text[position] == UInt8(ascii: "\"") else { return nil }
        position += 1
        let start = position
        while position < text.count {
            let octet = text[position]
            if octet == UInt8(ascii: "\"") {
                position += 1
                return start..<(position - 1)
            }
            guard octet >= 0x20 else { return nil }
            guard octet == UInt8(ascii: "\\") else {
                position += 1
                continue
            }
            guard position + 1 < text.count else { return nil }
            switch text[position + 1] {
            case UInt8(ascii: "u"):
                guard text.count - position >= 6 else { return nil }
                for place in 2..<6 where !JSONShape.isHex(text[position + place]) { return nil }
                position += 6
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
                UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                position += 2
            default: return nil
            }
        }
        return nil
    }

    private mutating func scalar(_ text: Span<UInt8>) -> Bool {
        for word in ["true", "false", "null"] where word.utf8.first == text[position] {
            guard text.count - position >= word.utf8.count else { return false }
            for octet in word.utf8 {
                guard text[position] == octet else { return false }
                position += 1
            }
            return true
        }
        return number(text)
    }

    private mutating func number(_ text: Span<UInt8>) -> Bool {
        if text[position] == UInt8(ascii: "-") { position += 1 }
        if position < text.count, text[position] == UInt8(ascii: "0") {
            position += 1
        } else if digits(text) == 0 {
            return false
        }
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            guard digits(text) > 0 else { return false }
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < text.count, text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") {
                position += 1
            }
            guard digits(text) > 0 else { return false }
        }
        return true
    }

    private mutating func digits(_ text: Span<UInt8>) -> Int {
        let start = position
        while position < text.count, text[position] &- 0x30 < 10 { position += 1 }
        return position - start
    }

    private mutating func skipSpace(_ text: Span<UInt8>) {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private var isInObject: Bool { objects[(depth - 1) / 64] >> UInt64((depth - 1) % 64) & 1 == 1 }

    private mutating func push(_ isObject: Bool) {
        if depth / 64 == objects.count { objects.append(0) }
        let bit: UInt64 = 1 << UInt64(depth % 64)
        objects[depth / 64] = isObject ? objects[depth / 64] | bit : objects[depth / 64] & ~bit
        depth += 1
    }

    private static func isHex(_ octet: UInt8) -> Bool {
        octet &- 0x30 < 10 || (octet | 0x20) &- 0x61 < 6
    }
}
