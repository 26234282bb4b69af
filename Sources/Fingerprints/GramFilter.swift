/// The arithmetic of the filter in front of an index: a blocked Bloom filter that answers "surely not" or "perhaps".
///
/// Blocks of eight 64-bit words, twelve bits a key, one bit a word: one cache line a question, about one wrong
/// "perhaps" in two hundred. Values must already be as good as random.
enum GramFilter {
    /// 64-bit words in a block.
    static let blockWords = 8
    private static let bitsPerKey = 12

    /// The number of 64-bit words that a filter for `keys` values has; a multiple of eight, never zero.
    static func wordCount(keys: Int) -> Int {
        max(1, (keys * bitsPerKey + 511) / 512) * blockWords
    }

    /// The index of the first word of the block that `value` falls into; less than eight times `blocks`.
    @inline(__always)
    static func block(of value: UInt64, blocks: Int) -> Int {
        Int(truncatingIfNeeded: value.multipliedFullWidth(by: UInt64(truncatingIfNeeded: blocks)).high)
            &* blockWords
    }

    /// The 48 bits of which each six choose a bit in one word of the block.
    @inline(__always)
    static func selectors(of value: UInt64) -> UInt64 {
        (value &* 0xA24B_AED4_963E_E407) &>> 16
    }

    /// Adds `value` to the filter held in `words`.
    static func insert(_ value: UInt64, into words: inout [UInt64]) {
        let first = block(of: value, blocks: words.count / blockWords)
        var bits = selectors(of: value)
        for index in first..<(first + blockWords) where index < words.count {
            words[index] |= 1 &<< (bits & 63)
            bits &>>= 6
        }
    }

    /// Whether `value` may have been added to the filter of `blocks` blocks held in `words`.
    ///
    /// `words` must hold at least eight words a block. Half of the bits are set, so each half of the block is judged
    /// without a branch between its words.
    @inline(__always)
    static func mayContain(_ value: UInt64, in words: Span<UInt64>, blocks: Int) -> Bool {
        let first = block(of: value, blocks: blocks)
        let bits = selectors(of: value)
        let half =
            (words[first] &>> (bits & 63)) & (words[first &+ 1] &>> (bits &>> 6 & 63))
            & (words[first &+ 2] &>> (bits &>> 12 & 63)) & (words[first &+ 3] &>> (bits &>> 18 & 63))
        guard half & 1 != 0 else { return false }
        let rest =
            (words[first &+ 4] &>> (bits &>> 24 & 63)) & (words[first &+ 5] &>> (bits &>> 30 & 63))
            & (words[first &+ 6] &>> (bits &>> 36 & 63)) & (words[first &+ 7] &>> (bits &>> 42 & 63))
        return rest & 1 != 0
    }
}
