/// Writes fields of so many bits end to end into a section.
struct FieldWriter {
    private static let bufferSize = 1 << 13

    private var offset: Int
    private var buffer: [UInt64] = []
    private var word: UInt64 = 0
    private var used = 0

    /// Begins at `offset`, in octets of the file.
    init(at offset: Int) {
        self.offset = offset
        buffer.reserveCapacity(Self.bufferSize)
    }

    /// Appends the low `width` bits, 1…64, of `value`, which has no others.
    @inline(__always)
    mutating func append(_ value: UInt64, _ width: Int, to file: borrowing AtomicFile) throws(IndexError) {
        word |= value &<< UInt64(truncatingIfNeeded: used)
        used &+= width
        guard used >= 64 else { return }
        buffer.append(word)
        used &-= 64
        // What did not fit: the high `used` bits, none where all did.
        word = used == 0 ? 0 : value &>> UInt64(truncatingIfNeeded: width &- used)
        if buffer.count == Self.bufferSize { try flush(file) }
    }

    /// Writes what is left.
    mutating func finish(_ file: borrowing AtomicFile) throws(IndexError) {
        if used > 0 { buffer.append(word) }
        try flush(file)
    }

    private mutating func flush(_ file: borrowing AtomicFile) throws(IndexError) {
        try file.write(buffer, at: offset)
        offset += buffer.count * 8
        buffer.removeAll(keepingCapacity: true)
    }
}

/// Writes the three sections of a `KeyTable`.
struct KeyWriter {
    private let bucketBits: Int
    private var groups: FieldWriter
    private var buckets: FieldWriter
    private var rests: FieldWriter
    private var bucket = 0
    private var count = 0

    /// Begins a table whose groups are section `first`; the others follow it.
    init(count: Int, bucketBits: Int, _ header: IndexHeader, _ first: IndexFormat.Section) {
        self.bucketBits = bucketBits
        let sections: (IndexFormat.Section, IndexFormat.Section) =
            first == .keyGroups ? (.keyBuckets, .keyRests) : (.outBuckets, .outRests)
        groups = FieldWriter(at: header.section(first).lowerBound)
        buckets = FieldWriter(at: header.section(sections.0).lowerBound)
        rests = FieldWriter(at: header.section(sections.1).lowerBound)
    }

    /// Appends a stored value above those before it.
    mutating func append(_ stored: UInt64, to file: borrowing AtomicFile) throws(IndexError) {
        let restBits = IndexFormat.storedBits - bucketBits
        try skip(to: Int(truncatingIfNeeded: stored >> UInt64(restBits)), file)
        try buckets.append(1, 1, to: file)
        try rests.append(stored & (1 << UInt64(restBits) - 1), restBits, to: file)
        count += 1
    }

    /// Ends the table.
    mutating func finish(_ file: borrowing AtomicFile) throws(IndexError) {
        try skip(to: 1 << bucketBits, file)
        try groups.finish(file)
        try buckets.finish(file)
        try rests.finish(file)
    }

    /// Ends the buckets before `next`; `bucket` is the one that is being filled.
    private mutating func skip(to next: Int, _ file: borrowing AtomicFile) throws(IndexError) {
        if bucket == 0, count == 0, !hasBegun { try begin(file) }
        while bucket < next {
            try buckets.append(0, 1, to: file)
            bucket += 1
            if bucket & (1 << KeyTable.groupShift - 1) == 0, bucket < 1 << bucketBits { try begin(file) }
        }
    }

    private var hasBegun = false

    /// Writes down where a group of buckets begins.
    private mutating func begin(_ file: borrowing AtomicFile) throws(IndexError) {
        hasBegun = true
        try groups.append(UInt64(count), IndexFormat.guideBits, to: file)
    }
}

/// Writes the postings of keys that have several.
struct SlotWriter {
    private var fields: FieldWriter
    private let width: Int
    /// The number of slots written.
    private(set) var count = 0

    /// Begins the section.
    init(_ header: IndexHeader) {
        fields = FieldWriter(at: header.section(.slots).lowerBound)
        width = IndexFormat.slotBits + IndexFormat.spanBits + header.positionBits
    }

    /// Appends the postings of one key.
    mutating func append(_ group: [IndexEntry], to file: borrowing AtomicFile) throws(IndexError) {
        for (place, entry) in group.enumerated() {
            let isLast = place == group.count - 1
            let isWide = entry.span >= PackedPosting.wide
            try append(
                PackedSlot(
                    isLast: isLast && !isWide,
                    isFirstInFile: entry.isFirstInFile,
                    place: PackedPosting(span: isWide ? PackedPosting.wide : entry.span, position: entry.position)
                ),
                file
            )
            guard isWide else { continue }
            let span = PackedPosting(span: 0, position: entry.span)
            try append(PackedSlot(isLast: isLast, isFirstInFile: false, place: span), file)
        }
    }

    /// Ends the section.
    mutating func finish(_ file: borrowing AtomicFile) throws(IndexError) { try fields.finish(file) }

    private mutating func append(_ slot: PackedSlot, _ file: borrowing AtomicFile) throws(IndexError) {
        try fields.append(slot.packed, width, to: file)
        count += 1
    }
}

/// Gives an index its checksums and its header.
enum IndexSealing {
    /// Words read at once: blocks divide it, or are a multiple of it.
    private static let stretch = 1 << 16

    /// Reads what was written, for the blocks' checksums, and writes them and the header.
    static func seal(_ file: borrowing AtomicFile, header: IndexHeader, octets: Int) throws(IndexError) {
        let checksums = header.section(.checksums)
        var place = IndexFormat.headerWords * 8
        var blocks: [UInt64] = []
        var words: [UInt64] = []
        while place < checksums.lowerBound {
            let end = min(place + 1 << header.blockShift, checksums.lowerBound)
            var checksum = Checksum()
            while place < end {
                let count = min(stretch, (end - place) / 8)
                try file.read(&words, count: count, at: place)
                checksum.add(words.span, from: 0)
                place += count * 8
            }
            blocks.append(checksum.value)
        }
        try file.write(blocks, at: checksums.lowerBound)
        let padding = [UInt64](repeating: 0, count: IndexFormat.padded(checksums.count) / 8 - blocks.count)
        var checksum = Checksum()
        checksum.add((blocks + padding).span, from: 0)
        try file.write(header.packed(octets: octets, blocks: checksum.value), at: 0)
    }
}
