/// The arithmetic of the filter in front of an index, which answers "surely not" or "perhaps".
///
/// Two Bloom filters of 64-bit words, one behind the other, each with eight bits a key: of a key four bits are set in one
/// word of each. The near one says no to 97 in a hundred, so the far one is seldom touched and leaves the caches to the
/// near one, of which a question needs one word; both say no to all but one in a thousand. A wrong "perhaps" costs a search
/// in memory that no cache holds.
enum GramFilter {
    /// Keys for each word of a filter.
    private static let keysPerWord = 8

    /// Where a key stands in both filters.
    struct Address {
        /// Chooses the near filter's word.
        var near: UInt64
        /// Chooses, by its high bits, the far filter's word, by its low bits what is set in both.
        var bits: UInt64
    }

    /// The number of 64-bit words that both filters for `keys` values have; a multiple of eight, never zero.
    static func wordCount(keys: Int) -> Int {
        max(1, (keys + 4 * keysPerWord - 1) / (4 * keysPerWord)) * 8
    }

    /// The word that a number chooses among `count`.
    @inline(__always)
    static func word(_ number: UInt64, of count: Int) -> Int {
        Int(truncatingIfNeeded: number.multipliedFullWidth(by: UInt64(truncatingIfNeeded: count)).high)
    }

    /// Which mask is set in the near word.
    @inline(__always)
    static func nearMask(_ bits: UInt64) -> Int { Int(truncatingIfNeeded: bits &>> 10 & 1_023) }

    /// Which mask is set in the far word.
    @inline(__always)
    static func farMask(_ bits: UInt64) -> Int { Int(truncatingIfNeeded: bits & 1_023) }

    /// Adds a key to the filters held in `words`.
    static func insert(_ address: Address, into words: inout [UInt64]) {
        let half = words.count / 2
        guard half > 0 else { return }
        words[word(address.near, of: half)] |= masks[nearMask(address.bits)]
        words[half + word(address.bits, of: half)] |= masks[farMask(address.bits)]
    }

    /// Whether a key may have been added to the filters held in `words`.
    static func mayContain(_ address: Address, in words: Span<UInt64>) -> Bool {
        let half = words.count / 2
        guard half > 0 else { return false }
        let (near, far) = (masks[nearMask(address.bits)], masks[farMask(address.bits)])
        return words[word(address.near, of: half)] & near == near
            && words[half + word(address.bits, of: half)] & far == far
    }

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
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The key of a filter in an index keyed by `key`; nil stands for none.
    init(_ key: IndexKey?) {
        let word = { (ordinal: UInt64) in key?.seal(0x5745_4952_4649_4C00 | ordinal) ?? HashMixing.gram(ordinal) }
        words = (word(1), word(2) | 1, word(3), word(4) | 1)
    }

    /// What tells the gram of this rolling state from others: `IndexFormat.storedBits` bits, see `GramSeal`.
    @inline(__always)
    func identity(of state: UInt64) -> UInt64 {
        let first = (state ^ words.0).multipliedFullWidth(by: words.1)
        return (first.high ^ first.low) & Self.identityMask
    }

    /// Where the gram of this identity stands.
    @inline(__always)
    func address(ofIdentity identity: UInt64) -> GramFilter.Address {
        let second = (identity ^ words.2).multipliedFullWidth(by: words.3)
        // The low half is as even as what was multiplied; the high one is below the multiplier, so it only adds.
        return GramFilter.Address(near: second.low, bits: second.high ^ HashMixing.rotate(second.low, 32))
    }

    /// Where the gram of this rolling state stands.
    @inline(__always)
    func address(of state: UInt64) -> GramFilter.Address { address(ofIdentity: identity(of: state)) }

    private static let identityMask = (1 << IndexFormat.storedBits) - 1 as UInt64

    static func == (one: Self, other: Self) -> Bool { one.words == other.words }
}
