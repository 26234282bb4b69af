/// The arithmetic of the filter in front of an index, which answers "surely not" or "perhaps".
///
/// Two Bloom filters of 64-bit words, one behind the other: of a key four bits are set in one word of each. The near one says
/// no to nearly all, so the far one is seldom touched and leaves the caches to the near one, of which a question needs one
/// word; both say no to all but one in eight hundred. A wrong "perhaps" costs a search in memory that no cache holds.
///
/// Each is cut into bands by the rank of grams, see `FilterBands`.
enum GramFilter {
    /// Where a key stands in both filters.
    struct Address {
        /// Chooses the near filter's word in the band.
        var near: UInt64
        /// Chooses, by its high bits, the far filter's word in the band, by its low bits what is set in both, and by the lowest
        /// two the band.
        var bits: UInt64

        /// The band.
        @inline(__always)
        var rank: Int { Int(truncatingIfNeeded: bits & 3) }
    }

    /// Which mask is set in the near word.
    @inline(__always)
    static func nearMask(_ bits: UInt64) -> Int { Int(truncatingIfNeeded: bits &>> 12 & 1_023) }

    /// Which mask is set in the far word.
    @inline(__always)
    static func farMask(_ bits: UInt64) -> Int { Int(truncatingIfNeeded: bits &>> 2 & 1_023) }

    /// Adds a key to the filters held in `words`, which have the words that `bands` say.
    static func insert(_ address: Address, _ bands: FilterBands, into words: inout [UInt64]) {
        guard words.count == bands.words else { return }
        words[bands.near(address)] |= masks[nearMask(address.bits)]
        words[bands.far(address)] |= masks[farMask(address.bits)]
    }

    /// Whether a key may have been added to the filters held in `words`.
    static func mayContain(_ address: Address, _ bands: FilterBands, in words: Span<UInt64>) -> Bool {
        guard words.count == bands.words else { return false }
        let (near, far) = (masks[nearMask(address.bits)], masks[farMask(address.bits)])
        return words[bands.near(address)] & near == near && words[bands.far(address)] & far == far
    }

    /// The rank of a gram among all: 0 for the greater half, 1 for the greater half of the rest, and so on, 3 for the least eighth.
    @inline(__always)
    static func rank(ofGram gram: UInt64) -> UInt64 { UInt64(truncatingIfNeeded: min(gram.leadingZeroBitCount, 3)) }

    /// The masks to choose from: of 64 bits any four, drawn once for all, since making one takes as long as all else.
    static let masks: [UInt64] = (1...UInt64(1_024)).map { ordinal in
        var mask: UInt64 = 0
        var draw = HashMixing.gram(ordinal)
        while mask.nonzeroBitCount < 4 {
            mask |= 1 &<< (draw & 63)
            draw = HashMixing.gram(draw)
        }
        return mask
    }
}

/// What scatters grams over a filter: secret where the index is keyed.
///
/// Two rounds of folded multiplication by words that SipHash makes of the key: a few cycles, where SipHash itself would
/// take as long as all else that is done for a word. It is no proven pseudo-random function, and need not be one: a word
/// holds the bits of eight keys on top of each other, so that a filter shows of no single gram where it fell; whoever would
/// recover the words must solve for all four at once.
struct FilterKey: Sendable, Equatable {
    /// What is added to and multiplied by, in both rounds.
    let words: (UInt64, UInt64, UInt64, UInt64)

    /// The key of a filter in an index keyed by `key`; nil stands for none.
    init(_ key: IndexKey?) {
        let word = { (ordinal: UInt64) in key?.seal(0x5745_4952_4649_4C00 | ordinal) ?? HashMixing.gram(ordinal) }
        words = (word(1), word(2) | 1, word(3), word(4) | 1)
    }

    /// What tells the gram of this rolling state from others: `IndexFormat.storedBits` bits, see `GramSeal`, of which the two
    /// lowest are its rank.
    @inline(__always)
    func identity(of state: UInt64) -> UInt64 {
        let first = (state ^ words.0).multipliedFullWidth(by: words.1)
        return (first.high ^ first.low) & Self.keyedMask | GramFilter.rank(ofGram: HashMixing.gram(state))
    }

    /// Where the gram of this identity stands.
    @inline(__always)
    func address(ofIdentity identity: UInt64) -> GramFilter.Address {
        let second = (identity ^ words.2).multipliedFullWidth(by: words.3)
        // The low half is as even as what was multiplied; the high one is below the multiplier, so it only adds.
        let bits = second.high ^ HashMixing.rotate(second.low, 32)
        return GramFilter.Address(near: second.low, bits: bits & ~3 | identity & 3)
    }

    /// Where the gram of this rolling state stands.
    @inline(__always)
    func address(of state: UInt64) -> GramFilter.Address { address(ofIdentity: identity(of: state)) }

    private static let keyedMask = (1 << IndexFormat.storedBits) - 4 as UInt64

    static func == (one: Self, other: Self) -> Bool { one.words == other.words }
}
