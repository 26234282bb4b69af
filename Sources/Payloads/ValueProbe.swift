internal import Wire

/// Tells from the first octets of a string value whether it is text, JSON in a string, or base64.
enum ValueProbe {
    /// How far a value's place vouches for it.
    enum Trust {
        /// Any string: only long base64 that decodes to something known is taken for it.
        case none
        /// A place where APIs expect base64.
        case base64
        /// Text right after a hole, which may be the middle of base64.
        case resumed
        /// Text, whatever it looks like.
        case never
    }

    /// What a value is.
    enum Verdict: Equatable {
        case text
        case json
        /// Digits start at `start`; `skip` of them belong to a group whose beginning was not seen. A data URL's media type
        /// ends at `typeEnd`, after the scheme's five octets.
        case base64(start: Int, skip: Int, typeEnd: Int)
        /// Base16 from `start` on.
        case hex(start: Int)
    }

    /// Octets that decide: with this many, every question is answered.
    static let window = 320

    /// Digits that decide whether a value is base16.
    private static let hexDigits = 128

    private static let spaceLimit = 32
    private static let headerLimit = 256

    /// Whether a short value may be more than text, by its first two octets.
    @inline(__always)
    static func isSpecial(_ octets: Span<UInt8>) -> Bool {
        let first = octets[0]
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || isSpace(first) { return true }
        return first | 0x20 == UInt8(ascii: "d") && octets.count > 1 && octets[1] | 0x20 == UInt8(ascii: "a")
    }

    /// Looks at the first octets of a value; nil when more are needed, never nil when `isWhole` or a window is given.
    static func verdict(_ octets: Span<UInt8>, trust: Trust, isWhole: Bool) -> Verdict? {
        if trust == .never { return .text }
        let isEnough = isWhole || octets.count >= window
        var start = 0
        while start < octets.count, start < spaceLimit, isSpace(octets[start]) { start += 1 }
        guard start < octets.count else { return isEnough || start >= spaceLimit ? .text : nil }
        if trust == .resumed { return resumed(octets, start, isEnough: isEnough) }
        let first = octets[start]
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            return json(octets.extracting(start..<octets.count), isEnough: isEnough)
        }
        if first == UInt8(ascii: "d") || first == UInt8(ascii: "D") {
            switch dataURL(octets.extracting(start..<octets.count), isEnough: isEnough) {
            case .no: break
            case .needMore: return nil
            case .text: return .text
            case .base64(let comma): return .base64(start: start + comma + 1, skip: 0, typeEnd: start + comma)
            }
        }
        let verdict = base64(octets, start, trust: trust, isEnough: isEnough)
        return verdict == .text && trust == .none ? hex(octets, start) : verdict
    }

    /// Long base16 that decodes to something known; else text.
    private static func hex(_ octets: Span<UInt8>, _ start: Int) -> Verdict {
        let end = start + hexDigits
        guard octets.count >= end else { return .text }
        for index in start..<end where ASCII.hexValue(octets[index]) == nil { return .text }
        var decoder = HexDecoder()
        var decoded = [UInt8](repeating: 0, count: hexDigits / 2)
        var index = 0
        var count = 0
        _ = decoder.decode(octets.extracting(start..<end), &index, into: &decoded, &count)
        return isKnown(decoded.span) ? .hex(start: start) : .text
    }

    /// Whether decoded octets show what they are.
    private static func isKnown(_ octets: Span<UInt8>) -> Bool {
        PayloadSniff.verdict(octets, isWhole: true) != .binary || ProtobufProbe.isLikely(octets)
    }

    private static func json(_ octets: Span<UInt8>, isEnough: Bool) -> Verdict? {
        var index = 1
        while index < octets.count, index < spaceLimit, isSpace(octets[index]) { index += 1 }
        guard index < octets.count else { return isEnough ? .text : nil }
        // Narrower than what makes a body JSON: prose and code in a string often begin with `[1]` or `{ return`.
        let second = octets[index]
        return second == UInt8(ascii: "\"") || octets[0] == UInt8(ascii: "[") && second == UInt8(ascii: "{")
            ? .json : .text
    }

    private enum DataURL {
        case no, needMore, text
        case base64(comma: Int)
    }

    private static func dataURL(_ octets: Span<UInt8>, isEnough: Bool) -> DataURL {
        let scheme = "data:"
        let known = min(octets.count, 5)
        guard ASCII.hasPrefix(octets.extracting(0..<known), ignoringCase: String(scheme.prefix(known))) else {
            return .no
        }
        guard known == 5 else { return isEnough ? .no : .needMore }
        var comma = 5
        while comma < octets.count, comma < headerLimit, octets[comma] != UInt8(ascii: ",") { comma += 1 }
        guard comma < octets.count else { return isEnough || comma >= headerLimit ? .text : .needMore }
        guard comma < headerLimit, comma >= 12,
            ASCII.equals(octets.extracting((comma - 7)..<comma), ignoringCase: ";base64")
        else { return .text }
        return .base64(comma: comma)
    }

    /// The hole may have taken the beginning of a data URL, whose digits follow a comma.
    private static func resumed(_ octets: Span<UInt8>, _ start: Int, isEnough: Bool) -> Verdict? {
        var comma = start
        while comma < octets.count, comma < start + headerLimit / 2, octets[comma] != UInt8(ascii: ","),
            octets[comma] > 0x20, octets[comma] != UInt8(ascii: "\\")
        {
            comma += 1
        }
        let isComma = comma < octets.count && octets[comma] == UInt8(ascii: ",")
        return base64(octets, isComma ? comma + 1 : start, trust: .resumed, isEnough: isEnough)
    }

    private static func base64(_ octets: Span<UInt8>, _ start: Int, trust: Trust, isEnough: Bool) -> Verdict? {
        let threshold = trust == .none ? 128 : 64
        var index = start
        var digits = 0
        var classes: UInt8 = 0
        while index < octets.count, digits < threshold {
            let octet = octets[index]
            if Base64Decoder.isDigit(octet) {
                digits += 1
                classes |= octet >= 0x61 ? 1 : octet >= 0x41 ? 2 : 4
            } else if octet == UInt8(ascii: "="), digits >= 2 {
                return base64Ended(octets, start, index, trust: trust, isEnough: isEnough)
            } else if digits < 60 || octet != 0x0a && octet != 0x0d {
                // Encoders break lines at 60 digits at the least.
                return .text
            }
            index += 1
        }
        guard digits == threshold else {
            return isEnough ? base64Ended(octets, start, index, trust: trust, isEnough: true) : nil
        }
        let sample = octets.extracting(start..<index)
        switch trust {
        case .base64: return .base64(start: start, skip: 0, typeEnd: 0)
        case .none:
            let decoded = decode(sample, skip: 0)
            return classes == 7 && isKnown(decoded.span) ? .base64(start: start, skip: 0, typeEnd: 0) : .text
        case .resumed:
            for skip in 0..<4 where PayloadSniff.isText(decode(sample, skip: skip).span) {
                return .base64(start: start, skip: skip, typeEnd: 0)
            }
            return .text
        case .never: return .text
        }
    }

    /// Few digits, then padding or the end: base64 only where it is expected and makes text.
    private static func base64Ended(
        _ octets: Span<UInt8>,
        _ start: Int,
        _ end: Int,
        trust: Trust,
        isEnough: Bool
    ) -> Verdict? {
        guard trust == .base64, end - start >= 4 else { return .text }
        var rest = end
        while rest < octets.count, octets[rest] == UInt8(ascii: "=") || isSpace(octets[rest]) { rest += 1 }
        guard rest == octets.count else { return .text }
        guard isEnough else { return nil }
        let decoded = decode(octets.extracting(start..<end), skip: 0)
        return PayloadSniff.verdict(decoded.span, isWhole: true) == .binary
            ? .text : .base64(start: start, skip: 0, typeEnd: 0)
    }

    private static func decode(_ digits: Span<UInt8>, skip: Int) -> [UInt8] {
        var decoder = Base64Decoder()
        decoder.gap(4 - skip)
        var octets = [UInt8](repeating: 0, count: 128)
        var index = 0
        var count = 0
        _ = decoder.decode(digits, &index, into: &octets, &count)
        return Array(octets.prefix(count))
    }

    private static func isSpace(_ octet: UInt8) -> Bool {
        octet == 0x20 || octet == 0x0a || octet == 0x0d || octet == 0x09
    }
}
