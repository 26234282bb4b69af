/// The words of a text as the matcher sees them, for showing to the one whose text it is.
package struct NormalisedText: Sendable {
    /// The words, as they stand in the text: letters, digits, `_` and `$`.
    package private(set) var words: [String] = []

    /// Finds the words of one leaf; their number and order are the matcher's.
    package init(_ text: [UInt8]) {
        var normalizer = Normalizer()
        var places = WordPlaces()
        var runs = WordRuns()
        normalizer.consume(text.span, &runs, &places)
        normalizer.finish(&places)
        words = places.offsets.map { start in
            var end = start
            while end < text.count, Self.isOfWord(text[end]) { end += 1 }
            return String(decoding: text[start..<max(start, end)], as: UTF8.self).lowercased()
        }
    }

    private static func isOfWord(_ octet: UInt8) -> Bool {
        (octet | 0x20) &- 0x61 < 26 || octet &- 0x30 < 10 || octet == 0x5F || octet == 0x24 || octet >= 0x80
    }
}

/// Collects where words begin.
private struct WordPlaces: WordSink {
    var offsets: [Int] = []

    mutating func word(_ hash: UInt64, at offset: Int) { offsets.append(offset) }

    mutating func mark(_ octet: UInt8, at offset: Int) {}

    mutating func words(_ runs: borrowing WordRuns, of text: Span<UInt8>, base: Int) {
        let starts = runs.foundStarts
        for place in 0..<runs.count { offsets.append(base + Int(starts[place])) }
    }
}
