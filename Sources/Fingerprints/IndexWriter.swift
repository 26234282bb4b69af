/// Lays the sections of an index end to end and writes them with header and checksum.
struct IndexWriter {
    private var header = [UInt64](repeating: 0, count: IndexFormat.headerWords)
    private var sections: [[UInt64]] = []
    private var octets = IndexFormat.headerWords * 8

    /// An index without sections.
    init(key: IndexKey?) {
        header[0] = IndexFormat.magic
        header[1] = UInt64(IndexFormat.version) | UInt64(IndexFormat.headerWords) << 32
        header[4] = key?.seal(IndexFormat.parameters) ?? 0
        header[5] = key == nil ? 0 : IndexFormat.keyedFlag
        header[6] = IndexFormat.parameters
        header[7] = UInt64(IndexFormat.Section.allCases.count)
    }

    /// Adds the next section; they must come in the order of `IndexFormat.Section`.
    mutating func add(_ contents: [UInt8], as section: IndexFormat.Section) {
        var words = [UInt64](repeating: 0, count: (contents.count + 7) / 8)
        for (index, octet) in contents.enumerated() {
            words[index / 8] |= UInt64(octet) << UInt64(index % 8 * 8)
        }
        add(words, octets: contents.count, as: section)
    }

    /// Adds the next section; they must come in the order of `IndexFormat.Section`.
    mutating func add(_ words: [UInt64], as section: IndexFormat.Section) {
        add(words, octets: words.count * 8, as: section)
    }

    /// Writes the file and gives its length in octets.
    func write(to path: String) throws(IndexError) -> Int {
        var header = header
        header[2] = UInt64(octets)
        var checksum = Checksum()
        checksum.add(header.span, from: 0)
        for words in sections { checksum.add(words.span, from: 0) }
        header[3] = checksum.value
        let file = try AtomicFile(path: path)
        for words in [header] + sections {
            for start in stride(from: 0, to: words.count, by: 1 << 15) {
                try file.write(Self.octets(words[start..<min(start + 1 << 15, words.count)]))
            }
        }
        try file.commit()
        return octets
    }

    private mutating func add(_ words: [UInt64], octets count: Int, as section: IndexFormat.Section) {
        header[8 + section.rawValue * 2] = UInt64(octets)
        header[9 + section.rawValue * 2] = UInt64(count)
        let padding = IndexFormat.padded(count) / 8 - words.count
        sections.append(words + [UInt64](repeating: 0, count: padding))
        octets += IndexFormat.padded(count)
    }

    private static func octets(_ words: ArraySlice<UInt64>) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(words.count * 8)
        for word in words {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                octets.append(UInt8(truncatingIfNeeded: word &>> shift))
            }
        }
        return octets
    }
}
