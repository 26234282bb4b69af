/// The hashes of the grams of a sequence of tokens, in which a name counts only by how far back it stood last.
///
/// Parameterised matching (Baker, 1996): in a gram a name is its distance to its last occurrence in that gram, none being
/// zero, so that a copy with other names has the same grams. As the gram moves on, a name whose last occurrence leaves it
/// becomes a zero. All tokens of a gram are hashed by one rolling state; each step takes constant time. Matchers have the same
/// of `ShapeStates`, for many tokens at once.
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
    /// Lists of names by their low bits; a power of two, behind which is one for marks, which nobody reads.
    private static let lists = 256

    private let length: Int
    private var state: UInt64 = 0
    private var count = 0
    /// Of the tokens last seen: the token, and before and after how many tokens the same name stood last and stands next, zero
    /// for not in the same gram.
    private var tokens = InlineArray<32, UInt64>(repeating: 0)
    private var lasts = InlineArray<32, UInt8>(repeating: 0)
    private var nexts = InlineArray<32, UInt8>(repeating: 0)
    /// What goes out of the state with each of them; zero where there was none.
    private var leaving = InlineArray<32, UInt64>(repeating: 0)
    /// What a name counts for by its distance, and what its becoming a zero changes in the state when the other leaves.
    ///
    /// Never changed, but constants would be copied for each token.
    private(set) var distances = InlineArray<32, UInt64> { HashMixing.gram(UInt64($0) &+ 0x4E41_4D45_0000) }
    private(set) var changes = InlineArray<32, UInt64>(repeating: 0)
    /// The ordinals of the last tokens whose names have these low bits, and for each token that of the one before it.
    private var heads = InlineArray<257, UInt32>(repeating: 1 << 31)
    private var befores = InlineArray<32, UInt32>(repeating: 1 << 31)

    /// Starts without tokens; `length` is 1…31.
    init(length: Int = gramLength) {
        self.length = min(max(length, 1), Self.room - 1)
        for distance in 1..<Self.room {
            changes[distance] = Self.turn(distances[distance] ^ distances[0], self.length - distance)
        }
    }

    /// Takes the next token; gives the state of the gram that it ends, once there are tokens enough.
    @inline(__always)
    mutating func push(_ token: UInt64) -> UInt64? {
        state = HashMixing.rotate(state, 9) ^ enter(token, count)
        count &+= 1
        return count < length ? nil : state
    }

    /// What a token changes in the state, with what leaves the gram as it enters.
    ///
    /// A name that leaves has become a zero; where the same name stands in the gram, that becomes a zero now. Which token is a
    /// name, and which name is new, is anyone's guess: so there is no branch for it.
    @inline(__always)
    private mutating func enter(_ token: UInt64, _ count: Int) -> UInt64 {
        let slot = count & (Self.room &- 1)
        let isName = UInt64(bitPattern: Int64(bitPattern: token) &>> 63)
        let distance = link(token, isName, count, slot)
        tokens[slot] = token
        // With no distance this is the token's own place, which has no next yet.
        nexts[(slot &- distance) & (Self.room &- 1)] = UInt8(truncatingIfNeeded: distance)
        nexts[slot] = 0
        let value = token ^ (token ^ distances[distance]) & isName
        lasts[slot] = UInt8(truncatingIfNeeded: distance)
        let gone = (slot &- length) & (Self.room &- 1)
        let change = leaving[gone] ^ changes[Int(nexts[gone]) & (Self.room &- 1)]
        leaving[slot] = Self.turn(token ^ (token ^ distances[0]) & isName, length)
        return value ^ change
    }

    /// Finds the last occurrence of a name in the gram and gives its distance; 0 when there is none.
    @inline(__always)
    private mutating func link(_ token: UInt64, _ isName: UInt64, _ count: Int, _ slot: Int) -> Int {
        let ordinal = UInt32(truncatingIfNeeded: count)
        let list = isName == 0 ? Self.lists : Int(truncatingIfNeeded: token) & (Self.lists &- 1)
        let before = heads[list]
        befores[slot] = before
        heads[list] = ordinal
        var distance = Int(ordinal &- before)
        let isNear = distance < length
        let isSame = tokens[Int(before) & (Self.room &- 1)] == token
        if isName != 0 && isNear && !isSame { distance = search(token, count, distance) }
        let kept = isName != 0 && distance < length ? -1 : 0
        return distance & kept & (Self.room &- 1)
    }

    /// Goes back in a list to a name behind another one, which is seldom; gives its distance, or the length where there is none.
    @inline(never)
    private mutating func search(_ name: UInt64, _ count: Int, _ distance: Int) -> Int {
        let ordinal = UInt32(truncatingIfNeeded: count)
        var last = distance
        while true {
            let place = (count &- last) & (Self.room &- 1)
            let distance = Int(ordinal &- befores[place])
            // What is older than the gram may have been written over.
            guard distance > last, distance < length else { return length }
            if tokens[(count &- distance) & (Self.room &- 1)] == name { return distance }
            last = distance
        }
    }

    /// Whether the gram given last has different trigrams enough to be more than a table.
    var isRich: Bool {
        var seen = InlineArray<32, UInt64>(repeating: 0)
        var different = 0
        var index = count &- length
        while index &+ 2 < count {
            let trigram = value(index) ^ Self.turn(value(index &+ 1), 1) ^ Self.turn(value(index &+ 2), 2)
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

    /// What a token counts for in the gram given last: a name is a zero where it stood last before the gram.
    private func value(_ ordinal: Int) -> UInt64 {
        let slot = ordinal & (Self.room &- 1)
        guard tokens[slot] & ShapeToken.nameBit != 0 else { return tokens[slot] }
        let distance = Int(lasts[slot]) & (Self.room &- 1)
        return distances[ordinal &- distance < count &- length ? 0 : distance]
    }

    /// Different trigrams that a gram must have to be chosen: 0.55 of all.
    static let leastDiversity = 10

    @inline(__always)
    private static func turn(_ value: UInt64, _ steps: Int) -> UInt64 {
        let turns = UInt64(truncatingIfNeeded: steps &* 9) & 63
        return (value &<< turns) | (value &>> (64 &- turns))
    }
}
