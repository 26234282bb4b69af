/// The hashes of the grams of a sequence of tokens, in which a name counts only by how far back it stood last.
///
/// Parameterised matching (Baker, 1996): in a gram a name is its distance to its last occurrence in that gram, none being
/// zero, so that a copy with other names has the same grams. As the gram moves on, a name whose last occurrence leaves it
/// becomes a zero. All tokens of a gram are hashed by one rolling state; each step takes constant time.
struct ShapeRoller {
    /// Tokens in a gram.
    static let gramLength = 20
    /// Grams in a window.
    static let window = 10
    /// Tokens of which a shared run must consist so that a fingerprint of it is certain to be shared.
    static let guaranteedRun = gramLength + window - 1
    /// Tokens in one of the grams by which rarity is told.
    static let partLength = 10
    /// Such grams in a gram.
    static let parts = gramLength - partLength + 1

    /// Tokens remembered; a power of two above all lengths.
    private static let room = 32
    private static let lists = 128

    private let length: Int
    private var state: UInt64 = 0
    private var count = 0
    /// Of the tokens last seen: the name (zero for what stands for itself), what it counts for, and where the name stands next.
    private var names = InlineArray<32, UInt64>(repeating: 0)
    private var values = InlineArray<32, UInt64>(repeating: 0)
    private var nexts = InlineArray<32, Int>(repeating: -1)
    /// What a name counts for by its distance.
    private let distances = InlineArray<32, UInt64> { HashMixing.gram(UInt64($0) &+ 0x4E41_4D45_0000) }
    /// The last tokens whose names have these low bits, and for each token the one before it.
    private var heads = InlineArray<128, Int>(repeating: -1)
    private var befores = InlineArray<32, Int>(repeating: -1)

    /// Starts without tokens; `length` is 1…31.
    init(length: Int = gramLength) {
        self.length = min(max(length, 1), Self.room - 1)
    }

    /// Takes the next token; gives the state of the gram that it ends, once there are tokens enough.
    @inline(__always)
    mutating func push(_ token: UInt64) -> UInt64? {
        state = HashMixing.rotate(state, 9)
        let slot = count & (Self.room &- 1)
        if count >= length { drop(count &- length) }
        let value: UInt64
        if token & ShapeToken.nameBit == 0 {
            names[slot] = 0
            nexts[slot] = -1
            value = token
        } else {
            value = distances[link(token, slot) & (Self.room &- 1)]
        }
        values[slot] = value
        state ^= value
        count &+= 1
        return count < length ? nil : state
    }

    /// Takes the token out that is no longer in the gram, and what pointed to it.
    @inline(__always)
    private mutating func drop(_ ordinal: Int) {
        let slot = ordinal & (Self.room &- 1)
        state ^= Self.turn(values[slot], length)
        let next = nexts[slot]
        guard next >= 0 else { return }
        let place = next & (Self.room &- 1)
        let alone = distances[0]
        state ^= Self.turn(values[place] ^ alone, count &- next)
        values[place] = alone
    }

    /// Finds the last occurrence of a name in the gram and gives its distance; 0 when there is none.
    @inline(__always)
    private mutating func link(_ name: UInt64, _ slot: Int) -> Int {
        let list = Int(truncatingIfNeeded: name) & (Self.lists &- 1)
        var place = heads[list]
        befores[slot] = place
        heads[list] = count
        names[slot] = name
        nexts[slot] = -1
        while place >= 0, count &- place < length {
            let other = place & (Self.room &- 1)
            if names[other] == name {
                nexts[other] = count
                return count &- place
            }
            place = befores[other]
        }
        return 0
    }

    /// Whether the gram given last has different trigrams enough to be more than a table.
    var isRich: Bool {
        var seen = InlineArray<32, UInt64>(repeating: 0)
        var different = 0
        var index = count &- length
        while index &+ 2 < count {
            let trigram =
                values[index & 31] ^ Self.turn(values[(index &+ 1) & 31], 1) ^ Self.turn(values[(index &+ 2) & 31], 2)
            var isNew = true
            for earlier in 0..<different where seen[earlier] == trigram { isNew = false }
            if isNew {
                seen[different] = trigram
                different &+= 1
                if different >= Self.leastDiversity { return true }
            }
            index &+= 1
        }
        return false
    }

    /// Different trigrams that a gram must have to be chosen: 0.55 of all.
    static let leastDiversity = 10

    @inline(__always)
    private static func turn(_ value: UInt64, _ steps: Int) -> UInt64 {
        let turns = UInt64(truncatingIfNeeded: steps &* 9) & 63
        return (value &<< turns) | (value &>> (64 &- turns))
    }
}
