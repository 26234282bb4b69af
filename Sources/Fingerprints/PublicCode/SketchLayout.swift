/// Where things stand in a sketch, checked once so that no question can reach past its words.
struct SketchLayout: Sendable {
    /// The greatest gram that is held.
    let gramLimit: UInt64
    /// The grams, and the word at which their filter begins.
    let grams: FuseFilter
    let gramsBase: Int
    /// The parts, and the word at which their filter begins.
    let parts: FuseFilter
    let partsBase: Int
    /// Words in all.
    let wordCount: Int

    /// Lays out a sketch whose metadata has `metadata` octets.
    init(gramLimit: UInt64, metadata: Int, grams: FuseFilter, parts: FuseFilter) {
        self.gramLimit = gramLimit
        self.grams = grams
        self.parts = parts
        gramsBase = SketchFormat.headerWords + (metadata + 7) / 8
        partsBase = gramsBase + grams.wordCount
        wordCount = (partsBase + parts.wordCount + 7) / 8 * 8
    }

    /// The words of a sketch with these contents.
    func words(metadata: [UInt8], grams gramWords: [UInt64], parts partWords: [UInt64]) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: SketchFormat.headerWords)
        words[0] = SketchFormat.magic
        words[1] = UInt64(SketchFormat.version) | UInt64(SketchFormat.headerWords) << 32
        words[2] = UInt64(wordCount * 8)
        words[4] = SketchFormat.dialect
        words[5] = gramLimit
        (words[6], words[7]) = (UInt64(grams.keys), grams.packed)
        (words[8], words[9]) = (UInt64(parts.keys), parts.packed)
        words[10] = UInt64(metadata.count)
        words.reserveCapacity(wordCount)
        for start in stride(from: 0, to: metadata.count, by: 8) {
            let octets = metadata[start..<min(start + 8, metadata.count)]
            words.append(octets.reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
        words += gramWords
        words += partWords
        words += [UInt64](repeating: 0, count: max(0, wordCount - words.count))
        words[3] = Self.checksum(of: words.span)
        return words
    }

    /// Checks header, checksum and extents of the file at `path`, whose length is `octets`.
    static func read(
        _ words: Span<UInt64>,
        octets: Int,
        path: String
    ) throws(IndexError) -> (SketchLayout, SketchMetadata) {
        func damaged(_ word: Int, _ reason: String) -> IndexError {
            .damagedSketch(path: path, offset: word * 8, reason: reason)
        }
        guard words.count >= SketchFormat.headerWords, words[0] == SketchFormat.magic else {
            throw damaged(0, "does not begin with WEIRSKT")
        }
        guard words[1] & 0xFFFF_FFFF == UInt64(SketchFormat.version) else {
            throw .otherSketch(path: path, version: Int(words[1] & 0xFFFF_FFFF))
        }
        guard words[1] >> 32 == UInt64(SketchFormat.headerWords) else { throw damaged(1, "header of another length") }
        guard words[2] == UInt64(octets) else {
            throw damaged(2, "says it has \(words[2]) octets and has \(octets)")
        }
        guard octets % 64 == 0 else { throw damaged(2, "length is no multiple of 64") }
        guard checksum(of: words) == words[3] else {
            throw damaged(3, "checksum does not match the contents")
        }
        guard words[4] == SketchFormat.dialect else { throw .otherSketch(path: path, version: SketchFormat.version) }
        guard let grams = FuseFilter(packed: words[7], keys: words[6]) else { throw damaged(6, "no filter of grams") }
        guard let parts = FuseFilter(packed: words[9], keys: words[8]) else { throw damaged(8, "no filter of parts") }
        guard words[10] <= UInt64(SketchMetadata.octetLimit) else { throw damaged(10, "names of another length") }
        let count = Int(words[10])
        let layout = SketchLayout(gramLimit: words[5], metadata: count, grams: grams, parts: parts)
        guard layout.wordCount == words.count else { throw damaged(6, "filters of another length") }
        let first = SketchFormat.headerWords
        let encoded = (0..<count).map { UInt8(truncatingIfNeeded: words[first + $0 / 8] >> UInt64($0 % 8 * 8)) }
        guard let metadata = SketchMetadata(encoded) else { throw damaged(first, "names and counts are cut") }
        return (layout, metadata)
    }

    /// The checksum of a whole file, its own word counted as zero.
    static func checksum(of words: Span<UInt64>) -> UInt64 {
        var checksum = Checksum()
        guard words.count >= 4 else { return checksum.value }
        checksum.add(words[0], words[1], words[2], 0)
        checksum.add(words, from: 4)
        return checksum.value
    }
}
