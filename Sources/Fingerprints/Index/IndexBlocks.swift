/// The checked reading of an index's words: no word is used before its block has been compared with its checksum.
///
/// A checksum tells damage, not malice; what a word says is checked by who reads it. A word of a damaged block reads as absent
/// and is remembered: see `damage`.
struct IndexBlocks: Sendable {
    private let ledger: BlockLedger
    /// log2 of the words in a block.
    private let shift: Int
    /// The words that are cut into blocks.
    private let body: Range<Int>
    /// The first word of the blocks' checksums.
    private let checksums: Int
    /// The blocks that hold words of the filter.
    private let filterBlocks: Range<Int>

    /// Nothing checked yet; `body`, `filter` and the checksums lie in the file.
    init(blockShift: Int, body: Range<Int>, filter: Range<Int>, checksums: Int) {
        shift = blockShift - 3
        self.body = body
        self.checksums = checksums
        let first = (filter.lowerBound - body.lowerBound) >> shift
        filterBlocks = first..<(((filter.upperBound - body.lowerBound) + (1 << shift) - 1) >> shift)
        ledger = BlockLedger(filterBlocks: filterBlocks.count)
    }

    /// The number of blocks.
    var count: Int { Self.count(octets: body.count * 8, shift: shift + 3) }

    /// Whether every block of the filter has been checked.
    @inline(__always)
    var isFilterWhole: Bool { ledger.isFilterWhole }

    /// The offset in octets of the block that was found damaged first; nil as long as none was.
    var damage: Int? { ledger.damagedBlock.map { (body.lowerBound + $0 << shift) * 8 } }

    /// Whether a word of the body lies in a block that is whole.
    @inline(__always)
    func holds(_ word: Int, in words: Span<UInt64>) -> Bool {
        let block = (word &- body.lowerBound) &>> shift
        return ledger.isChecked(block) || check(block, in: words)
    }

    /// Whether all words of a range lie in blocks that are whole.
    func holds(_ range: Range<Int>, in words: Span<UInt64>) -> Bool {
        for word in stride(from: range.lowerBound, to: range.upperBound, by: 1 << shift) where !holds(word, in: words) {
            return false
        }
        return range.isEmpty || holds(range.upperBound - 1, in: words)
    }

    /// The word at `word`; nil when it is damaged.
    @inline(__always)
    func word(_ word: Int, in words: Span<UInt64>) -> UInt64? {
        guard body.contains(word), holds(word, in: words) else { return nil }
        return words[word]
    }

    /// The `width` bits, up to 64, of field `ordinal` of those that begin with word `start`; nil when they are damaged.
    ///
    /// Whoever asks has made sure that the field and a word behind it lie in their section.
    @inline(__always)
    func field(_ ordinal: Int, of width: Int, from start: Int, in words: Span<UInt64>) -> UInt64? {
        let bit = ordinal &* width
        let word = start &+ bit &>> 6
        guard holds(word, in: words), holds(word &+ 1, in: words), word >= 0, word &+ 1 < words.count else {
            return nil
        }
        let offset = UInt64(truncatingIfNeeded: bit & 63)
        let low = words[word] &>> offset
        // A shift by 64 is none in Swift's wrapping operator, so two are made of it.
        let high = (words[word &+ 1] &<< 1) &<< (63 &- offset)
        return (low | high) & (UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- width))
    }

    /// Octets from octet `start` of the file; nil when one is damaged.
    func octets(_ range: Range<Int>, in words: Span<UInt64>) -> [UInt8]? {
        guard range.lowerBound >= body.lowerBound * 8, range.upperBound <= body.upperBound * 8 else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(range.count)
        for offset in range {
            guard let word = word(offset >> 3, in: words) else { return nil }
            octets.append(UInt8(truncatingIfNeeded: word &>> UInt64(truncatingIfNeeded: (offset & 7) * 8)))
        }
        return octets
    }

    /// Checks every block; the first that is damaged is remembered.
    func checkAll(in words: Span<UInt64>) {
        for block in 0..<count where !ledger.isChecked(block) { _ = check(block, in: words) }
    }

    /// How many blocks so many octets make.
    static func count(octets: Int, shift: Int) -> Int { (octets + (1 << shift) - 1) >> shift }

    /// Checks a block for the first time.
    @inline(never)
    private func check(_ block: Int, in words: Span<UInt64>) -> Bool {
        guard block >= 0, block < count else { return false }
        let first = body.lowerBound + block << shift
        let last = min(first + 1 << shift, body.upperBound)
        guard first < last, last <= words.count, checksums + block < words.count else { return false }
        var checksum = Checksum()
        checksum.add(words.extracting(first..<last), from: 0)
        guard checksum.value == words[checksums + block] else {
            ledger.note(damaged: block)
            return false
        }
        ledger.note(whole: block, isFilter: filterBlocks.contains(block))
        return true
    }
}
