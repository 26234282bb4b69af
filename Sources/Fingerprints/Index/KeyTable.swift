/// Stored values in ascending order, in little more than the bits that tell them apart.
///
/// Their high bits choose among as many buckets as there are values, or half as many. Of each bucket one bit a value is set
/// and one clear bit ends it, so that a bucket's place follows from counting (Elias, 1974; Fano, 1971); where each 128th bucket
/// begins is written down. The low bits stand by themselves. Two memory accesses find a value, or a third at a boundary.
struct KeyTable: Sendable {
    /// log2 of the buckets whose place is written down together.
    static let groupShift = 7
    /// Words that are looked through for one bucket; chance needs a dozen.
    private static let scanLimit = 4096

    /// The number of values.
    let count: Int
    /// High bits that choose a bucket.
    let bucketBits: Int
    /// The first words of the three sections.
    let groups: Int
    let buckets: Int
    let rests: Int

    /// Low bits, written for each value.
    var restBits: Int { IndexFormat.storedBits - bucketBits }

    /// The high bits that `count` values are told apart by.
    static func bucketBits(count: Int) -> Int { max(0, Int.bitWidth - 1 - max(count, 1).leadingZeroBitCount) }
    /// The number of buckets whose place is written down.
    static func groupCount(bucketBits: Int) -> Int { ((1 << bucketBits) + (1 << groupShift) - 1) >> groupShift }

    /// The ordinal of a value; nil when it is not there.
    func ordinal(of value: UInt64, _ blocks: IndexBlocks, in words: Span<UInt64>) -> Int? {
        guard count > 0, value >> UInt64(IndexFormat.storedBits) == 0 else { return nil }
        let bucket = Int(truncatingIfNeeded: value &>> UInt64(truncatingIfNeeded: restBits))
        let rest = value & (UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- restBits))
        guard let begin = begin(of: bucket, blocks, in: words) else { return nil }
        var bit = begin
        let last = min(count, begin - bucket + Self.scanLimit)
        for ordinal in (begin - bucket)..<max(begin - bucket, last) {
            guard isSet(bit, blocks, in: words),
                let found = blocks.field(ordinal, of: restBits, from: rests, in: words), found <= rest
            else { return nil }
            if found == rest { return ordinal }
            bit += 1
        }
        return nil
    }

    /// The place of the first bit of a bucket, which is the number of values and buckets before it.
    private func begin(of bucket: Int, _ blocks: IndexBlocks, in words: Span<UInt64>) -> Int? {
        let group = bucket >> Self.groupShift
        guard let first = blocks.field(group, of: IndexFormat.guideBits, from: groups, in: words), first <= count else {
            return nil
        }
        var wanted = bucket & (1 << Self.groupShift - 1)
        let start = Int(first) + group << Self.groupShift
        guard wanted > 0 else { return start < bits ? start : nil }
        var place = start >> 6
        let last = min((bits + 63) >> 6, place + Self.scanLimit)
        var cut = UInt64.max &<< UInt64(truncatingIfNeeded: start & 63)
        while place < last, let word = blocks.word(buckets + place, in: words) {
            let clear = ~word & cut
            let found = clear.nonzeroBitCount
            if found >= wanted {
                let bit = place << 6 + Self.position(of: wanted, in: clear) + 1
                return bit < bits ? bit : nil
            }
            wanted -= found
            place += 1
            cut = .max
        }
        return nil
    }

    /// The number of bits of all buckets.
    var bits: Int { count + 1 << bucketBits }

    @inline(__always)
    private func isSet(_ bit: Int, _ blocks: IndexBlocks, in words: Span<UInt64>) -> Bool {
        guard bit < bits, let word = blocks.word(buckets + bit >> 6, in: words) else { return false }
        return word &>> UInt64(truncatingIfNeeded: bit & 63) & 1 != 0
    }

    /// The place of the set bit of `word` that is the `ordinal`-th from below, counted from 1.
    private static func position(of ordinal: Int, in word: UInt64) -> Int {
        var (wanted, place, rest) = (ordinal, 0, word)
        var half = 32
        while half > 0 {
            let below = rest & (1 &<< UInt64(truncatingIfNeeded: half) &- 1)
            let count = below.nonzeroBitCount
            if count < wanted {
                wanted -= count
                place += half
                rest >>= UInt64(truncatingIfNeeded: half)
            } else {
                rest = below
            }
            half /= 2
        }
        return place
    }
}

/// Goes over the values of a `KeyTable`, in order.
struct KeyCursor {
    private let table: KeyTable
    private var bit = 0
    private var bucket = 0
    /// The number of values given.
    private(set) var ordinal = 0

    /// Stands before the first.
    init(_ table: KeyTable) {
        self.table = table
    }

    /// The next value; nil at the end, or when what comes is damaged or no table.
    mutating func next(_ blocks: IndexBlocks, in words: Span<UInt64>) -> UInt64? {
        while bit < table.bits, ordinal < table.count,
            let word = blocks.word(table.buckets + bit >> 6, in: words)
        {
            let isValue = word &>> UInt64(truncatingIfNeeded: bit & 63) & 1 != 0
            bit += 1
            guard isValue else {
                bucket += 1
                continue
            }
            guard bucket >> table.bucketBits == 0,
                let rest = blocks.field(ordinal, of: table.restBits, from: table.rests, in: words)
            else { return nil }
            ordinal += 1
            return UInt64(truncatingIfNeeded: bucket) << UInt64(truncatingIfNeeded: table.restBits) | rest
        }
        return nil
    }
}
