/// Where things stand in an index file, checked once, and the readings of them, each checked again.
///
/// A checksum tells damage, not malice: whoever can write an index can make its checksum right. So nothing read from
/// the file is used as a place before it has been compared with what is there, and a wrong one reads as absent.
struct IndexLayout: Sendable {
    /// The checksum of the whole file.
    let checksum: UInt64
    /// Whether the index is keyed.
    let isKeyed: Bool
    /// The number of files.
    let fileCount: Int
    /// The number of distinct fingerprints.
    let keyCount: Int
    /// The number of postings.
    let postingCount: Int
    /// The number of words of the filters, near and far.
    let filterWords: Int
    private let keyCheck: UInt64
    private let sections: [Range<Int>]

    /// Checks header, checksum and sections of the file at `path`, whose length is `octets`.
    init(_ words: Span<UInt64>, octets: Int, path: String) throws(IndexError) {
        func damaged(_ word: Int, _ reason: String) -> IndexError {
            .damaged(path: path, offset: word * 8, reason: reason)
        }
        guard words.count >= IndexFormat.headerWords, words[0] == IndexFormat.magic else {
            throw damaged(0, "does not begin with WEIRIDX")
        }
        guard words[1] & 0xFFFF_FFFF == UInt64(IndexFormat.version) else {
            throw .wrongVersion(path: path, version: Int(words[1] & 0xFFFF_FFFF))
        }
        guard words[1] >> 32 == UInt64(IndexFormat.headerWords) else { throw damaged(1, "header of another length") }
        guard words[2] == UInt64(octets) else {
            throw damaged(2, "says it has \(words[2]) octets and has \(octets)")
        }
        guard octets % IndexFormat.alignment == 0 else { throw damaged(2, "length is no multiple of 64") }
        guard Self.checksum(of: words) == words[3] else { throw damaged(3, "checksum does not match the contents") }
        guard words[6] == IndexFormat.parameters else { throw damaged(6, "grams of another length") }
        guard words[7] == UInt64(IndexFormat.Section.allCases.count) else { throw damaged(7, "other sections") }
        var sections: [Range<Int>] = []
        for section in IndexFormat.Section.allCases {
            let place = 8 + section.rawValue * 2
            let (start, length) = (words[place], words[place + 1])
            guard start % UInt64(IndexFormat.alignment) == 0, start <= UInt64(octets), length <= UInt64(octets) - start
            else { throw damaged(place, "section \(section) lies outside the file") }
            sections.append(Int(start)..<(Int(start) + Int(length)))
        }
        self.sections = sections
        checksum = words[3]
        keyCheck = words[4]
        isKeyed = words[5] & IndexFormat.keyedFlag != 0
        let length = { (section: IndexFormat.Section) in sections[section.rawValue].count }
        fileCount = length(.files) / (IndexFormat.fileWords * 8)
        keyCount = length(.keys) / 8
        postingCount = length(.postings) / 8
        filterWords = length(.filter) / 8
        guard length(.files) % (IndexFormat.fileWords * 8) == 0, fileCount <= IndexFormat.fileLimit else {
            throw damaged(8 + IndexFormat.Section.files.rawValue * 2, "records of files are cut")
        }
        guard length(.keys) % 8 == 0, length(.kinds) == keyCount, length(.starts) == (keyCount + 1) * 4,
            length(.postings) % 8 == 0
        else {
            throw damaged(8 + IndexFormat.Section.keys.rawValue * 2, "keys and postings do not belong together")
        }
        guard length(.filter) % 64 == 0, filterWords > 0 else {
            throw damaged(8 + IndexFormat.Section.filter.rawValue * 2, "filter is cut")
        }
        for ordinal in 0..<fileCount where file(ordinal, in: words) == nil {
            let place = sections[IndexFormat.Section.files.rawValue].lowerBound / 8 + ordinal * IndexFormat.fileWords
            throw damaged(place, "file \(ordinal) points outside its sections")
        }
    }

    /// Whether the index was built with `key`; nil stands for none.
    func matches(_ key: IndexKey?) -> Bool {
        key.map { isKeyed && $0.seal(IndexFormat.parameters) == keyCheck } ?? !isKeyed
    }

    /// The checksum of a whole file, its own field counted as zero.
    static func checksum(of words: Span<UInt64>) -> UInt64 {
        var checksum = Checksum()
        guard words.count >= 4 else { return checksum.value }
        checksum.add(words[0], words[1], words[2], 0)
        checksum.add(words, from: 4)
        return checksum.value
    }

    /// The index of the first word of a section.
    func firstWord(of section: IndexFormat.Section) -> Int { sections[section.rawValue].lowerBound / 8 }

    /// The octets of a section.
    func octets(of section: IndexFormat.Section, in words: Span<UInt64>) -> [UInt8] {
        octets(0..<sections[section.rawValue].count, of: section, in: words)
    }

    /// Octets of a section; empty when `range` does not lie in it.
    func octets(_ range: Range<Int>, of section: IndexFormat.Section, in words: Span<UInt64>) -> [UInt8] {
        let section = sections[section.rawValue]
        guard range.lowerBound >= 0, range.upperBound <= section.count else { return [] }
        return range.map { Self.octet(section.lowerBound + $0, in: words) }
    }

    /// The ordinal of the key equal to `value`; nil when there is none.
    func ordinal(of value: UInt64, in words: Span<UInt64>) -> Int? {
        let first = firstWord(of: .keys)
        return SortedSearch.ordinal(of: value, count: keyCount) { words[first + $0] }
    }

    /// What the fingerprint of a key is made of.
    func kind(of key: Int, in words: Span<UInt64>) -> KeyKind {
        guard key >= 0, key < keyCount else { return KeyKind(packed: 0) }
        return KeyKind(packed: Self.octet(sections[IndexFormat.Section.kinds.rawValue].lowerBound + key, in: words))
    }

    /// The ordinals of a key's postings; empty when the file says nonsense.
    func postings(of key: Int, in words: Span<UInt64>) -> Range<Int> {
        let first = sections[IndexFormat.Section.starts.rawValue].lowerBound
        guard key >= 0, key < keyCount else { return 0..<0 }
        let start = Self.half(first / 4 + key, in: words)
        let end = Self.half(first / 4 + key + 1, in: words)
        guard start <= end, end <= postingCount else { return 0..<0 }
        return start..<end
    }

    /// A posting; nil when it points outside its file.
    func posting(_ ordinal: Int, in words: Span<UInt64>) -> Posting? {
        guard ordinal >= 0, ordinal < postingCount else { return nil }
        let posting = Posting(packed: words[firstWord(of: .postings) + ordinal])
        guard let file = file(posting.file, in: words), posting.span > 0,
            posting.position + posting.span <= file.words
        else { return nil }
        return posting
    }

    /// A file's record; nil when there is none of this ordinal or it points outside its sections.
    func file(_ ordinal: Int, in words: Span<UInt64>) -> FileRecord? {
        guard ordinal >= 0, ordinal < fileCount else { return nil }
        let first = firstWord(of: .files) + ordinal * IndexFormat.fileWords
        let path = words[first]
        let pathLength = words[first + 1] & 0xFFFF_FFFF
        let lines = words[first + 1] >> 32
        let wordCount = words[first + 2] & 0xFFFF_FFFF
        let lineCounts = words[first + 3]
        let lineCountsLength = words[first + 4] & 0xFFFF_FFFF
        let checks = words[first + 5]
        let size = { (section: IndexFormat.Section) in UInt64(sections[section.rawValue].count) }
        guard path <= size(.paths), pathLength <= size(.paths) - path,
            lineCounts <= size(.lines), lineCountsLength <= size(.lines) - lineCounts, lines <= lineCountsLength,
            wordCount < UInt64(IndexFormat.wordLimit),
            checks <= size(.checks), (wordCount + 1) / 2 <= size(.checks) - checks
        else { return nil }
        return FileRecord(
            path: Int(path)..<Int(path + pathLength),
            lines: Int(lines),
            words: Int(wordCount),
            lineCounts: Int(lineCounts)..<Int(lineCounts + lineCountsLength),
            checks: Int(checks),
            salt: UInt32(truncatingIfNeeded: words[first + 2] >> 32),
            collection: Int(words[first + 4] >> 32)
        )
    }

    /// The check bits of the word at `position` of `file`; nil past its end.
    @inline(__always)
    func check(_ position: Int, of file: FileRecord, in words: Span<UInt64>) -> UInt8? {
        guard position >= 0, position < file.words else { return nil }
        let start = sections[IndexFormat.Section.checks.rawValue].lowerBound + file.checks
        let octet = Self.octet(start + position / 2, in: words)
        return position & 1 == 0 ? octet & 15 : octet >> 4
    }

    @inline(__always)
    private static func octet(_ offset: Int, in words: Span<UInt64>) -> UInt8 {
        UInt8(truncatingIfNeeded: words[offset >> 3] &>> UInt64(truncatingIfNeeded: (offset & 7) * 8))
    }

    private static func half(_ index: Int, in words: Span<UInt64>) -> Int {
        Int(truncatingIfNeeded: (words[index >> 1] >> UInt64((index & 1) * 32)) & 0xFFFF_FFFF)
    }
}
