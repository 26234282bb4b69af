/// The header of an index file: how much there is of everything, and where.
struct IndexHeader: Sendable, Equatable {
    /// Whether the index is keyed.
    var isKeyed = false
    /// The seal of the format's parameters.
    var keyCheck: UInt64 = 0
    /// log2 of the octets in a block.
    var blockShift = IndexFormat.leastBlockShift
    /// The number of files.
    var files = 0
    /// The number of positions of all files.
    var words = 0
    /// The number of keys.
    var keys = 0
    /// The number of slots.
    var slots = 0
    /// The number of keys that were taken out.
    var out = 0
    /// Bits of a position.
    var positionBits = 1
    /// High bits that choose a bucket of keys, and of keys that were taken out.
    var keyBucketBits = 0
    var outBucketBits = 0
    /// Bits of a reason.
    var reasonBits = 1
    /// log2 of the positions for each of which the files are guided to.
    var guideShift = 0
    /// How the filter is cut.
    var bands = FilterBands(keys: SIMD4())
    private var sections = [Range<Int>](repeating: 0..<0, count: IndexFormat.Section.allCases.count)

    /// Of nothing.
    init() {}

    /// Where a section lies, in octets of the file.
    @inline(__always)
    func section(_ section: IndexFormat.Section) -> Range<Int> { sections[section.rawValue] }

    /// The entries of the guide to files: for each stretch of positions, and one behind.
    var guideCount: Int { words >> guideShift + 2 }

    /// The octets that a section has; nil for one whose length the header's numbers do not tell.
    func octets(of section: IndexFormat.Section) -> Int? {
        let place = IndexFormat.spanBits + positionBits
        let groups = { (bits: Int) in
            IndexFormat.octets(KeyTable.groupCount(bucketBits: bits), of: IndexFormat.guideBits)
        }
        return switch section {
        case .metadata, .paths, .lines, .origins, .checksums: nil
        case .filter: bands.words * 8
        case .files: (files + 1) * IndexFormat.fileWords * 8
        case .guide: IndexFormat.octets(guideCount, of: IndexFormat.guideBits)
        case .checks: IndexFormat.octets(words, of: 4)
        case .keyGroups: groups(keyBucketBits)
        case .keyBuckets: IndexFormat.octets(keys + 1 << keyBucketBits, of: 1)
        case .keyRests: IndexFormat.octets(keys, of: IndexFormat.storedBits - keyBucketBits)
        case .details: IndexFormat.octets(keys, of: IndexFormat.kindBits + place)
        case .slots: IndexFormat.octets(slots, of: IndexFormat.slotBits + place)
        case .outGroups: groups(outBucketBits)
        case .outBuckets: IndexFormat.octets(out + 1 << outBucketBits, of: 1)
        case .outRests: IndexFormat.octets(out, of: IndexFormat.storedBits - outBucketBits)
        case .outReasons: IndexFormat.octets(out, of: reasonBits)
        }
    }

    /// Lays the sections end to end; those whose lengths the numbers do not tell have the `lengths` given.
    ///
    /// - Returns: The length of the file.
    mutating func lay(_ lengths: [IndexFormat.Section: Int]) -> Int {
        var place = IndexFormat.headerWords * 8
        for section in IndexFormat.Section.allCases {
            var length = octets(of: section) ?? lengths[section] ?? 0
            if section == .checksums {
                while IndexBlocks.count(octets: place - IndexFormat.headerWords * 8, shift: blockShift)
                    > IndexFormat.blockLimit
                { blockShift += 1 }
                length = IndexBlocks.count(octets: place - IndexFormat.headerWords * 8, shift: blockShift) * 8
            }
            sections[section.rawValue] = place..<(place + length)
            place += IndexFormat.padded(length)
        }
        return place
    }

    /// The header's words, for a file of `octets` octets whose blocks' checksums have the checksum `blocks`.
    func packed(octets: Int, blocks: UInt64) -> [UInt64] {
        var packed = [UInt64](repeating: 0, count: IndexFormat.headerWords)
        packed[0] = IndexFormat.magic
        packed[1] = UInt64(IndexFormat.version) | UInt64(IndexFormat.headerWords) << 32
        packed[2] = UInt64(octets)
        packed[4] = blocks
        packed[5] = isKeyed ? IndexFormat.keyedFlag : 0
        packed[6] = IndexFormat.parameters
        packed[7] = keyCheck
        for (place, number) in [blockShift, files, words, keys, slots, out].enumerated() {
            packed[8 + place] = UInt64(number)
        }
        let widths = [positionBits, keyBucketBits, outBucketBits, reasonBits]
        packed[14] = widths.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        packed[15] = UInt64(guideShift)
        packed[16] = UInt64(sections.count)
        for (place, section) in sections.enumerated() {
            packed[17 + place * 2] = UInt64(section.lowerBound)
            packed[18 + place * 2] = UInt64(section.count)
        }
        for rank in 0..<FilterBands.count { packed[IndexFormat.bandsWord + rank] = UInt64(bands.sizes[rank]) }
        packed[3] = Self.checksum(of: packed.span)
        return packed
    }

    /// The checksum of a header, its own word counted as zero.
    static func checksum(of words: Span<UInt64>) -> UInt64 {
        var checksum = Checksum()
        guard words.count >= IndexFormat.headerWords else { return checksum.value }
        checksum.add(words[0], words[1], words[2], 0)
        checksum.add(words.extracting(4..<IndexFormat.headerWords), from: 0)
        return checksum.value
    }

    /// Reads and checks the header of the file at `path`, whose length is `octets`, and the checksums of its blocks.
    init(_ words: Span<UInt64>, octets: Int, path: String) throws(IndexError) {
        func damaged(_ word: Int, _ reason: String) -> IndexError {
            .damaged(path: path, offset: word * 8, reason: reason)
        }
        guard words.count >= 2, words[0] == IndexFormat.magic else { throw damaged(0, "does not begin with WEIRIDX") }
        guard words[1] & 0xFFFF_FFFF == UInt64(IndexFormat.version) else {
            throw .wrongVersion(path: path, version: Int(words[1] & 0xFFFF_FFFF))
        }
        guard words[1] >> 32 == UInt64(IndexFormat.headerWords) else { throw damaged(1, "header of another length") }
        guard words.count >= IndexFormat.headerWords else {
            throw damaged(words.count, "ends within the header, \(octets) octets in all")
        }
        guard words[2] == UInt64(octets) else {
            throw damaged(2, "says it has \(words[2]) octets and has \(octets)")
        }
        guard octets % IndexFormat.alignment == 0 else { throw damaged(2, "length is no multiple of 64") }
        guard Self.checksum(of: words) == words[3] else { throw damaged(3, "checksum does not match the header") }
        guard words[6] == IndexFormat.parameters else { throw damaged(6, "grams of another length") }
        guard words[16] == UInt64(IndexFormat.Section.allCases.count) else { throw damaged(16, "other sections") }
        isKeyed = words[5] & IndexFormat.keyedFlag != 0
        keyCheck = words[7]
        let limits = [
            40, IndexFormat.fileLimit, IndexFormat.positionLimit, IndexFormat.keyLimit, 1 << 36, IndexFormat.keyLimit,
        ]
        for (place, limit) in limits.enumerated() where words[8 + place] > UInt64(limit) {
            throw damaged(8 + place, "a number beyond what the format has")
        }
        blockShift = Int(words[8])
        files = Int(words[9])
        self.words = Int(words[10])
        keys = Int(words[11])
        slots = Int(words[12])
        out = Int(words[13])
        let width = { (place: Int, word: UInt64) in Int(word >> UInt64(8 * place) & 0xFF) }
        positionBits = width(0, words[14])
        keyBucketBits = width(1, words[14])
        outBucketBits = width(2, words[14])
        reasonBits = width(3, words[14])
        guideShift = Int(truncatingIfNeeded: min(words[15], 64))
        guard blockShift >= IndexFormat.leastBlockShift, (1...40).contains(positionBits),
            keyBucketBits <= 32, outBucketBits <= 32, (1...16).contains(reasonBits), guideShift <= 40
        else { throw damaged(14, "widths beyond what the format has") }
        let sizes = (0..<FilterBands.count).map { words[IndexFormat.bandsWord + $0] }
        guard let bands = FilterBands(sizes) else {
            throw damaged(IndexFormat.bandsWord, "filter cut into bands that there are not")
        }
        self.bands = bands
        for section in IndexFormat.Section.allCases {
            let place = 17 + section.rawValue * 2
            let (start, length) = (words[place], words[place + 1])
            guard start % UInt64(IndexFormat.alignment) == 0, start >= UInt64(IndexFormat.headerWords * 8),
                start <= UInt64(octets), length <= UInt64(octets) - start
            else { throw damaged(place, "section \(section) lies outside the file") }
            guard self.octets(of: section).map({ UInt64($0) == length }) ?? true else {
                throw damaged(place + 1, "section \(section) has another length than its contents")
            }
            sections[section.rawValue] = Int(start)..<(Int(start) + Int(length))
        }
        try check(words, octets: octets, path: path)
    }

    /// Checks what sections have to do with each other, and the checksums.
    private func check(_ words: Span<UInt64>, octets: Int, path: String) throws(IndexError) {
        func damaged(_ section: IndexFormat.Section, _ reason: String) -> IndexError {
            .damaged(path: path, offset: (17 + section.rawValue * 2) * 8, reason: reason)
        }
        let checksums = section(.checksums)
        for section in IndexFormat.Section.allCases.dropLast()
        where self.section(section).upperBound > checksums.lowerBound {
            throw damaged(section, "section \(section) overlaps the checksums")
        }
        let blocks = IndexBlocks.count(octets: checksums.lowerBound - IndexFormat.headerWords * 8, shift: blockShift)
        guard blocks <= IndexFormat.blockLimit, checksums.count == blocks * 8,
            checksums.lowerBound + IndexFormat.padded(checksums.count) == octets
        else { throw damaged(.checksums, "checksums of other blocks") }
        var checksum = Checksum()
        checksum.add(words.extracting((checksums.lowerBound / 8)..<(octets / 8)), from: 0)
        guard checksum.value == words[4] else {
            throw .damaged(path: path, offset: checksums.lowerBound, reason: "checksums do not match the header's")
        }
    }
}
