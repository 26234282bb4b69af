/// Where things stand in an index file, checked once, and the readings of them, each checked again.
///
/// Checksums tell damage, not malice: whoever can write an index can make them right. So nothing read from the file is used
/// as a place before it has been compared with what is there, and a wrong one reads as absent, as does what is damaged.
struct IndexLayout: Sendable {
    /// The checksum of the header, which holds that of all else.
    let checksum: UInt64
    /// The numbers of the header.
    let header: IndexHeader
    /// The checked reading of the file.
    let blocks: IndexBlocks
    /// The fingerprints.
    let keys: KeyTable
    /// Those that were taken out.
    let out: KeyTable

    /// Whether the index is keyed.
    var isKeyed: Bool { header.isKeyed }
    /// The number of files.
    var fileCount: Int { header.files }
    /// The number of distinct fingerprints.
    var keyCount: Int { header.keys }
    /// The number of words of the filters, near and far.
    var filterWords: Int { header.section(.filter).count / 8 }

    /// Checks header and sections of the file at `path`, whose length is `octets`; all else is checked when it is read.
    init(_ words: Span<UInt64>, octets: Int, path: String) throws(IndexError) {
        let header = try IndexHeader(words, octets: octets, path: path)
        self.header = header
        checksum = words[3]
        let first = { (section: IndexFormat.Section) in header.section(section).lowerBound / 8 }
        let filter = header.section(.filter)
        blocks = IndexBlocks(
            blockShift: header.blockShift,
            body: IndexFormat.headerWords..<first(.checksums),
            filter: (filter.lowerBound / 8)..<(filter.upperBound / 8),
            checksums: first(.checksums)
        )
        keys = KeyTable(
            count: header.keys,
            bucketBits: header.keyBucketBits,
            groups: first(.keyGroups),
            buckets: first(.keyBuckets),
            rests: first(.keyRests)
        )
        out = KeyTable(
            count: header.out,
            bucketBits: header.outBucketBits,
            groups: first(.outGroups),
            buckets: first(.outBuckets),
            rests: first(.outRests)
        )
    }

    /// Whether the index was built with `key`; nil stands for none.
    func matches(_ key: IndexKey?) -> Bool {
        key.map { isKeyed && $0.seal(IndexFormat.parameters) == header.keyCheck } ?? !isKeyed
    }

    /// The index of the first word of a section.
    func firstWord(of section: IndexFormat.Section) -> Int { header.section(section).lowerBound / 8 }

    /// The octets of a section; empty when they are damaged.
    func octets(of section: IndexFormat.Section, in words: Span<UInt64>) -> [UInt8] {
        octets(0..<header.section(section).count, of: section, in: words)
    }

    /// Octets of a section; empty when `range` does not lie in it, or when they are damaged.
    func octets(_ range: Range<Int>, of section: IndexFormat.Section, in words: Span<UInt64>) -> [UInt8] {
        let section = header.section(section)
        guard range.lowerBound >= 0, range.upperBound <= section.count else { return [] }
        let place = (section.lowerBound + range.lowerBound)..<(section.lowerBound + range.upperBound)
        return blocks.octets(place, in: words) ?? []
    }

    /// The ordinal of a stored value; nil when it is not there.
    func ordinal(of stored: UInt64, in words: Span<UInt64>) -> Int? { keys.ordinal(of: stored, blocks, in: words) }

    /// Why a fingerprint was taken out; nil when the index does not know it, or has it.
    func suppression(of stored: UInt64, in words: Span<UInt64>) -> SuppressionReason? {
        out.ordinal(of: stored, blocks, in: words).flatMap { reason(ofOut: $0, in: words) }
    }

    /// Why the fingerprint of this ordinal among those taken out was taken out.
    func reason(ofOut ordinal: Int, in words: Span<UInt64>) -> SuppressionReason? {
        guard ordinal >= 0, ordinal < out.count else { return nil }
        let start = firstWord(of: .outReasons)
        return blocks.field(ordinal, of: header.reasonBits, from: start, in: words).flatMap(
            SuppressionReason.init(packed:)
        )
    }

    /// What a key is.
    func kind(of key: Int, in words: Span<UInt64>) -> KeyKind {
        KeyKind(packed: (detail(of: key, in: words) ?? 0) & (1 << UInt64(IndexFormat.kindBits) - 1))
    }

    /// The ordinals of a key's postings, in the order of file and position; empty when the file says nonsense.
    ///
    /// An ordinal may turn out to be no posting: one of a great span takes two.
    func postings(of key: Int, in words: Span<UInt64>) -> Range<Int> {
        guard let detail = detail(of: key, in: words) else { return 0..<0 }
        let place = PackedPosting(detail >> UInt64(IndexFormat.kindBits))
        guard place.span == 0 else { return key..<(key + 1) }
        let first = place.position
        guard first < header.slots else { return 0..<0 }
        let limit = min(header.slots, first + Self.slotLimit)
        var last = first
        while last < limit, let slot = slot(last, in: words) {
            last += 1
            if slot.isLast { return (keyCount + first)..<(keyCount + last) }
        }
        return 0..<0
    }

    /// As `postings`, with the number of files that hold the key, without looking them up: one pass for both.
    func spread(of key: Int, in words: Span<UInt64>) -> (places: Range<Int>, files: Int) {
        guard let detail = detail(of: key, in: words) else { return (0..<0, 0) }
        let place = PackedPosting(detail >> UInt64(IndexFormat.kindBits))
        guard place.span == 0 else { return (key..<(key + 1), 1) }
        let first = place.position
        guard first < header.slots else { return (0..<0, 0) }
        let limit = min(header.slots, first + Self.slotLimit)
        var (last, files) = (first, 0)
        while last < limit, let slot = slot(last, in: words) {
            last += 1
            if slot.isFirstInFile { files += 1 }
            if slot.isLast { return ((keyCount + first)..<(keyCount + last), files) }
        }
        return (0..<0, 0)
    }

    /// The number of files that hold a key, without looking them up.
    func fileCount(of postings: Range<Int>, in words: Span<UInt64>) -> Int {
        guard postings.lowerBound >= keyCount else { return postings.count }
        var files = 0
        for ordinal in postings {
            if let slot = slot(ordinal - keyCount, in: words), slot.isFirstInFile { files += 1 }
        }
        return files
    }

    /// A posting; nil when it points outside its file.
    func posting(_ ordinal: Int, in words: Span<UInt64>) -> Posting? { located(ordinal, in: words)?.posting }

    /// A posting and the record of its file; nil when it points outside it.
    func located(_ ordinal: Int, in words: Span<UInt64>) -> (posting: Posting, record: FileRecord)? {
        guard let place = place(ordinal, in: words), place.span > 0,
            let file = fileOrdinal(at: place.position, in: words), let record = self.file(file, in: words)
        else { return nil }
        let position = place.position - record.firstWord
        guard position >= 0, place.span <= record.words, position <= record.words - place.span else { return nil }
        return (Posting(file: file, position: position, span: place.span), record)
    }

    /// A file's record; nil when there is none of this ordinal or it points outside its sections.
    func file(_ ordinal: Int, in words: Span<UInt64>) -> FileRecord? {
        guard ordinal >= 0, ordinal < fileCount else { return nil }
        let first = firstWord(of: .files) + ordinal * IndexFormat.fileWords
        let next = first + IndexFormat.fileWords
        guard let path = blocks.word(first, in: words), let pathEnd = blocks.word(next, in: words),
            let place = blocks.word(first + 1, in: words), let end = blocks.word(next + 1, in: words),
            let counts = blocks.word(first + 2, in: words), let countsEnd = blocks.word(next + 2, in: words),
            let sizes = blocks.word(first + 3, in: words), let digest = blocks.word(first + 4, in: words)
        else { return nil }
        let size = { (section: IndexFormat.Section) in UInt64(header.section(section).count) }
        let firstWord = Self.position(place)
        let odd = Int(place >> 40 & 1)
        let lines = sizes & 0xFFFF_FFFF
        guard path <= pathEnd, pathEnd <= size(.paths), counts <= countsEnd, countsEnd <= size(.lines),
            lines <= 2 * (countsEnd - counts), firstWord & 1 == 0, firstWord + odd <= Self.position(end),
            Self.position(end) <= header.words
        else { return nil }
        return FileRecord(
            path: Int(path)..<Int(pathEnd),
            firstWord: firstWord,
            words: Self.position(end) - firstWord - odd,
            lines: Int(lines),
            lineCounts: Int(counts)..<Int(countsEnd),
            octets: Int(sizes >> 32),
            digest: digest,
            collection: Int(place >> 48),
            isVersion: place >> 41 & 1 != 0
        )
    }

    /// The check bits of the word at `position` of `file`; nil past its end.
    @inline(__always)
    func check(_ position: Int, of file: FileRecord, in words: Span<UInt64>) -> UInt8? {
        guard position >= 0, position < file.words else { return nil }
        let start = firstWord(of: .checks)
        let place = file.firstWord &+ position
        guard place < header.words, let word = blocks.word(start &+ place &>> 4, in: words) else { return nil }
        return UInt8(truncatingIfNeeded: word &>> UInt64(truncatingIfNeeded: (place & 15) * 4) & 15)
    }
}

extension IndexLayout {
    /// Slots looked through for one key: twice as many as a builder writes.
    private static let slotLimit = 4 * IndexBuilder.commonLimit * IndexBuilder.placeLimit

    /// The position in a file record's second word.
    private static func position(_ word: UInt64) -> Int { Int(truncatingIfNeeded: word & 0xFF_FFFF_FFFF) }

    private func detail(of key: Int, in words: Span<UInt64>) -> UInt64? {
        guard key >= 0, key < keyCount else { return nil }
        let width = IndexFormat.kindBits + IndexFormat.spanBits + header.positionBits
        return blocks.field(key, of: width, from: firstWord(of: .details), in: words)
    }

    private func slot(_ ordinal: Int, in words: Span<UInt64>) -> PackedSlot? {
        guard ordinal >= 0, ordinal < header.slots else { return nil }
        let width = IndexFormat.slotBits + IndexFormat.spanBits + header.positionBits
        return blocks.field(ordinal, of: width, from: firstWord(of: .slots), in: words).map(PackedSlot.init)
    }

    /// The position among all words, and the span, of a posting; nil when the ordinal is none's.
    private func place(_ ordinal: Int, in words: Span<UInt64>) -> PackedPosting? {
        if ordinal < keyCount {
            return detail(of: ordinal, in: words).map { PackedPosting($0 >> UInt64(IndexFormat.kindBits)) }
        }
        guard var place = slot(ordinal - keyCount, in: words)?.place else { return nil }
        if place.span == PackedPosting.wide {
            guard let next = slot(ordinal - keyCount + 1, in: words)?.place, next.span == 0,
                next.position < IndexFormat.spanLimit
            else { return nil }
            place.span = next.position
        }
        return place
    }

    /// Whether an ordinal is not a posting's, but holds the span of the one before it.
    func isSpan(_ ordinal: Int, in words: Span<UInt64>) -> Bool {
        guard let place = slot(ordinal - keyCount, in: words)?.place, place.span == 0 else { return false }
        return slot(ordinal - keyCount - 1, in: words)?.place.span == PackedPosting.wide
    }

    /// The file that has the word at a position among all words.
    func fileOrdinal(at position: Int, in words: Span<UInt64>) -> Int? {
        guard position >= 0, position < header.words else { return nil }
        let start = firstWord(of: .guide)
        let stretch = position >> header.guideShift
        guard let first = blocks.field(stretch, of: IndexFormat.guideBits, from: start, in: words),
            let last = blocks.field(stretch + 1, of: IndexFormat.guideBits, from: start, in: words)
        else { return nil }
        var low = min(Int(first), fileCount)
        var high = min(Int(last) + 1, fileCount)
        // The last file that begins at or before the position lies in low..<high.
        while high - low > 1 {
            let middle = (low + high) / 2
            guard let word = blocks.word(firstWord(of: .files) + middle * IndexFormat.fileWords + 1, in: words) else {
                return nil
            }
            if Self.position(word) <= position { low = middle } else { high = middle }
        }
        return low < fileCount ? low : nil
    }

    /// Checks the blocks of the filter in which grams stand, until all have been: what is not in the filter is believed not
    /// to be in the index.
    ///
    /// Of each of the grams there are the word in the first half of the filter, and what chooses the rest.
    @inline(__always)
    func checkFilter(_ nears: Span<UInt32>, _ selectors: Span<UInt64>, in words: Span<UInt64>) {
        if !blocks.isFilterWhole { checkFilterWords(nears, selectors, in: words) }
    }

    @inline(never)
    private func checkFilterWords(_ nears: Span<UInt32>, _ selectors: Span<UInt64>, in words: Span<UInt64>) {
        let start = firstWord(of: .filter)
        for place in 0..<min(nears.count, selectors.count) {
            guard let near = blocks.word(start + Int(nears[place]), in: words) else { continue }
            let mask = GramFilter.masks[GramFilter.nearMask(selectors[place])]
            guard near & mask == mask else { continue }
            let far = header.bands.far(GramFilter.Address(near: 0, bits: selectors[place]))
            _ = blocks.holds(start + far, in: words)
        }
    }
}

/// A position among the words of all files, and a span, as they are stored.
struct PackedPosting: Equatable {
    /// The span that stands for one written in a slot of its own.
    static let wide = 1 << IndexFormat.spanBits - 1

    /// Words spanned; 0 of a key stands for postings in slots, of which `position` is the first.
    var span: Int
    /// The position.
    var position: Int

    /// Words of `span`, which must be no more than fit, from `position`.
    init(span: Int, position: Int) {
        self.span = span
        self.position = position
    }

    /// Reads the stored bits.
    init(_ bits: UInt64) {
        span = Int(truncatingIfNeeded: bits & UInt64(Self.wide))
        position = Int(truncatingIfNeeded: bits >> UInt64(IndexFormat.spanBits))
    }

    /// The stored bits.
    var packed: UInt64 { UInt64(span) | UInt64(position) << UInt64(IndexFormat.spanBits) }
}

/// One of several postings of a key, as it is stored.
struct PackedSlot: Equatable {
    /// Whether it is the key's last.
    var isLast: Bool
    /// Whether the one before it, if any, is of another file.
    var isFirstInFile: Bool
    /// The posting; of a span of 0 none, but the span of the one before it.
    var place: PackedPosting

    /// A slot.
    init(isLast: Bool, isFirstInFile: Bool, place: PackedPosting) {
        self.isLast = isLast
        self.isFirstInFile = isFirstInFile
        self.place = place
    }

    /// Reads the stored bits.
    init(_ bits: UInt64) {
        isLast = bits & 1 != 0
        isFirstInFile = bits & 2 != 0
        place = PackedPosting(bits >> UInt64(IndexFormat.slotBits))
    }

    /// The stored bits.
    var packed: UInt64 { (isLast ? 1 : 0) | (isFirstInFile ? 2 : 0) | place.packed << UInt64(IndexFormat.slotBits) }
}
