/// A gram chosen to stand for the text around it.
struct Fingerprint {
    /// The gram's hash.
    var gram: UInt64
    /// The position of its first word.
    var position: Int
    /// Words from its first to its last, both counted.
    var span: Int
    /// Whether it is a gram of tokens rather than of words.
    var isShape = false
    /// The hashes of the shorter grams within it, by which its rarity is told: of a gram of words the first
    /// `GramRoller.parts`, of one of tokens all.
    var parts = InlineArray<11, UInt32>(repeating: 0)
}

/// Grams and winnowing of one sequence of words, whose positions may have gaps.
struct FingerprintSelection {
    /// Different words that a gram must have to be chosen.
    static let leastDiversity = 4

    private var roller = GramRoller()
    private var winnower = Winnower()
    /// The grams pushed last, and the positions of the words pushed last.
    private var grams = InlineArray<8, UInt64>(repeating: 0)
    private var positions = InlineArray<16, Int>(repeating: 0)
    private var parts = InlineArray<16, UInt32>(repeating: 0)
    private var count = 0

    /// Takes the next word; gives the fingerprint that it completes, if any.
    mutating func push(_ word: UInt64, _ position: Int) -> Fingerprint? {
        positions[count % 16] = position
        let gram = roller.push(word)
        parts[count % 16] = roller.part ?? 0
        count += 1
        guard let gram else { return nil }
        let ordinal = count - Winnower.gramLength
        grams[ordinal % 8] = gram
        let isPoor = roller.diversity < Self.leastDiversity
        let isWide = position - positions[ordinal % 16] + 1 >= IndexFormat.spanLimit
        return fingerprint(winnower.push(isPoor || isWide ? Winnower.excluded : gram, ordinal))
    }

    /// Ends the sequence and begins another; gives the fingerprint of one too short to fill a window.
    mutating func end() -> Fingerprint? {
        defer {
            roller = GramRoller()
            count = 0
        }
        return fingerprint(winnower.finish())
    }

    /// The gram of this ordinal: one of the last eight, so its words are among the last fifteen.
    private func fingerprint(_ ordinal: Int?) -> Fingerprint? {
        guard let ordinal else { return nil }
        let first = positions[ordinal % 16]
        let last = positions[(ordinal + Winnower.gramLength - 1) % 16]
        let end = ordinal + Winnower.gramLength - 1
        var chosen = Fingerprint(gram: grams[ordinal % 8], position: first, span: last - first + 1)
        for part in 0..<GramRoller.parts { chosen.parts[part] = parts[(end - part) % 16] }
        return chosen
    }
}

/// The hashes of the grams of a sequence of words.
struct GramRoller {
    /// Words in one of the grams by which rarity is told.
    static let partLength = 4
    /// Such grams in a gram.
    static let parts = Winnower.gramLength - partLength + 1

    private var state: UInt64 = 0
    private var recent = InlineArray<8, UInt64>(repeating: 0)
    private var count = 0

    /// Takes the next word; gives the gram that it ends, once there are words enough.
    mutating func push(_ word: UInt64) -> UInt64? {
        let slot = count % Winnower.gramLength
        state = HashMixing.roll(state, entering: word, leaving: recent[slot])
        recent[slot] = word
        count += 1
        return count < Winnower.gramLength ? nil : HashMixing.gram(state)
    }

    /// What stands for the last four words; nil before there are so many.
    var part: UInt32? {
        guard count >= Self.partLength else { return nil }
        var state: UInt64 = 0
        for back in 1...Self.partLength {
            state = HashMixing.rotate(state, 9) ^ recent[(count - back) % Winnower.gramLength]
        }
        return UInt32(truncatingIfNeeded: HashMixing.gram(state) >> 32)
    }

    /// The number of different words in the gram given last.
    var diversity: Int {
        var different = 0
        for index in 0..<Winnower.gramLength {
            var isNew = true
            for earlier in 0..<index where recent[earlier] == recent[index] { isNew = false }
            if isNew { different += 1 }
        }
        return different
    }
}
