/// Tells what the octets of a protobuf field are, whose schema nobody knows: a message, text or neither.
enum ProtobufProbe {
    /// What the content of a length-delimited field is.
    enum Verdict: Equatable {
        case message
        case text
        /// Bytes, packed numbers.
        case other
    }

    /// Octets that decide, but for text that may be a short message.
    static let window = 64

    /// The longest content that is looked at as a whole where its first octets read as text and as a message.
    static let wholeWindow = 512

    private static let largestNumber: UInt64 = 65_535

    /// Looks at the first octets of content that has `length` octets; `window` of them, or all of it, are there, unless
    /// `isLast`.
    ///
    /// Nil when all of it must be there.
    static func verdict(_ octets: Span<UInt8>, length: Int, isLast: Bool) -> Verdict? {
        let isWhole = octets.count >= length
        let isText = isText(octets, isWhole: isWhole)
        guard mayBeMessage(octets, length: length) else { return isText ? .text : .other }
        guard isText else { return .message }
        // Both: letters are tags, and a length may be one. A tag of field 1 is a line break or a tab, and the lengths of
        // one that begins so lead by chance only seldom to the very end; of others the tags are read as part of text.
        guard octets[0] < 0x20 else { return .text }
        if isWhole { return .message }
        return isLast || length > wholeWindow ? .text : nil
    }

    /// Whether octets can be the first of a message that has `length` octets.
    static func mayBeMessage(_ octets: Span<UInt8>, length: Int) -> Bool {
        var position = 0
        while position < min(octets.count, length) {
            guard let field = Field(octets, &position, end: length) else { return false }
            if case .needMore = field { return octets.count < length }
            position += field.length
        }
        return position <= length
    }

    /// Whether octets of any origin are the first of a message beyond doubt: one of its fields holds text.
    static func isLikely(_ octets: Span<UInt8>) -> Bool {
        var position = 0
        while position < octets.count {
            guard let field = Field(octets, &position, end: Int.max) else { return false }
            guard case .content(let length) = field else {
                guard case .number(let length) = field else { return false }
                position += length
                continue
            }
            let known = min(length, octets.count - position)
            if known >= 16, isText(octets.extracting(position..<(position + known)), isWhole: known == length) {
                return true
            }
            // What goes on behind the octets at hand may be a message whose fields are told from here.
            if known == length { position += length }
        }
        return false
    }

    /// A field's tag and what stands before its value.
    private enum Field {
        case number(octets: Int)
        case content(octets: Int)
        case needMore

        /// Reads the tag, and the length of content; nil when it is none.
        ///
        /// `end` is where the message ends.
        init?(_ octets: Span<UInt8>, _ position: inout Int, end: Int) {
            let start = position
            guard let tag = ProtobufProbe.varint(octets, &position) else {
                guard octets.count - start < 5 else { return nil }
                self = .needMore
                return
            }
            guard tag >> 3 > 0, tag >> 3 <= largestNumber else { return nil }
            switch tag & 7 {
            case 0:
                let value = position
                guard ProtobufProbe.varint(octets, &position) != nil else {
                    guard octets.count - value < 10 else { return nil }
                    self = .needMore
                    return
                }
                self = .number(octets: 0)
            case 1: self = .number(octets: 8)
            case 5: self = .number(octets: 4)
            case 2:
                let value = position
                guard let length = ProtobufProbe.varint(octets, &position) else {
                    guard octets.count - value < 10 else { return nil }
                    self = .needMore
                    return
                }
                guard length <= UInt64(clamping: end - position) else { return nil }
                self = .content(octets: Int(clamping: length))
            default: return nil
            }
            guard length <= end - position else { return nil }
        }

        var length: Int {
            switch self {
            case .number(let octets), .content(let octets): octets
            case .needMore: 0
            }
        }
    }

    /// A variable-length integer; nil when it is not whole, or longer than ten octets.
    private static func varint(_ octets: Span<UInt8>, _ position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var index = position
        while index < octets.count, index - position < 10 {
            let octet = octets[index]
            value |= UInt64(octet & 0x7F) << UInt64(7 * (index - position))
            index += 1
            if octet & 0x80 == 0 {
                position = index
                return value
            }
        }
        return nil
    }

    /// Whether octets are UTF-8 without controls that text has not; the last character may be cut unless `isWhole`.
    static func isText(_ octets: Span<UInt8>, isWhole: Bool) -> Bool {
        var following = 0
        for index in octets.indices {
            let octet = octets[index]
            if following > 0 {
                guard octet & 0xC0 == 0x80 else { return false }
                following -= 1
            } else if octet < 0x80 {
                guard octet >= 0x20 && octet != 0x7F || (0x09...0x0D).contains(octet) && octet != 0x0B || octet == 0x1B
                else { return false }
            } else {
                switch octet {
                case 0xC2...0xDF: following = 1
                case 0xE0...0xEF: following = 2
                case 0xF0...0xF4: following = 3
                default: return false
                }
            }
        }
        return !isWhole || following == 0
    }
}
