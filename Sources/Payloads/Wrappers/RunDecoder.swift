internal import Wire

/// Decodes a run of digits of base64 or base16 that stands inside text, over the ends of its lines.
struct RunDecoder {
    /// Digits that a run must have before it is looked at.
    static let leastDigits = 64

    private let isHex: Bool
    private var base64 = Base64Decoder()
    private var base16 = HexDecoder()
    private var room: [UInt8] = []
    /// Digits of a whole line; a shorter one is the last.
    private var width = 0
    private var isLast = false

    /// Starts before a run's first digit.
    init(isHex: Bool = false) {
        self.isHex = isHex
    }

    /// The first run of a line that decodes to text: where it begins, and of what base it is.
    static func find(in line: Span<UInt8>) -> (start: Int, isHex: Bool)? {
        var start = 0
        var index = 0
        while index < line.count {
            guard Base64Decoder.isDigit(line[index]) else {
                start = index + 1
                index = start
                continue
            }
            index += 1
            guard index - start == leastDigits else { continue }
            let digits = line.extracting(start..<index)
            if isText(digits, isHex: true) { return (start, true) }
            if isText(digits, isHex: false) { return (start, false) }
            while index < line.count, Base64Decoder.isDigit(line[index]) { index += 1 }
        }
        return nil
    }

    /// Whether digits decode to text: lines of words, not chance.
    private static func isText(_ digits: Span<UInt8>, isHex: Bool) -> Bool {
        var decoded = [UInt8](repeating: 0, count: leastDigits)
        var (index, count) = (0, 0)
        if isHex {
            var decoder = HexDecoder()
            guard decoder.decode(digits, &index, into: &decoded, &count) else { return false }
        } else {
            var decoder = Base64Decoder()
            guard decoder.decode(digits, &index, into: &decoded, &count) else { return false }
        }
        var plain = 0
        for place in 0..<count where 0x20...0x7E ~= decoded[place] || 0x09...0x0D ~= decoded[place] { plain += 1 }
        return plain * 10 >= count * 9 && PayloadSniff.isText(decoded.span.extracting(0..<count))
    }

    /// Decodes the first of octets that go on where digits did; gives where digits end.
    mutating func decode(_ octets: Span<UInt8>, into output: inout [UInt8]) -> Int {
        var end = 0
        while end < octets.count, isDigit(octets[end]) { end += 1 }
        let digits = octets.extracting(0..<end)
        if room.isEmpty { room = [UInt8](repeating: 0, count: 768) }
        var place = 0
        while place < digits.count {
            var count = 0
            _ =
                isHex
                ? base16.decode(digits, &place, into: &room, &count)
                : base64.decode(digits, &place, into: &room, &count)
            output.append(contentsOf: room[..<count])
        }
        width += end
        return end
    }

    /// Decodes a line that is nothing but digits, no more than the line before and behind a whole one; false when it is not.
    mutating func decode(line: Span<UInt8>, into output: inout [UInt8]) -> Bool {
        var start = 0
        while start < line.count, line[start] == 0x20 || line[start] == 0x09 || line[start] == UInt8(ascii: ">") {
            start += 1
        }
        guard !isLast, 1...width ~= line.count - start else { return false }
        for index in start..<line.count where !isDigit(line[index]) { return false }
        isLast = line.count - start < width
        let known = width
        _ = decode(line.extracting(start..<line.count), into: &output)
        width = known
        return true
    }

    /// Decodes the last digits.
    mutating func finish(into output: inout [UInt8]) {
        guard !isHex else { return }
        if room.isEmpty { room = [UInt8](repeating: 0, count: 768) }
        var count = 0
        base64.finish(into: &room, &count)
        output.append(contentsOf: room[..<count])
    }

    private func isDigit(_ octet: UInt8) -> Bool {
        isHex ? ASCII.hexValue(octet) != nil : Base64Decoder.isDigit(octet) || octet == UInt8(ascii: "=")
    }
}
