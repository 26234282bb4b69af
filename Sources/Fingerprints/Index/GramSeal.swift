/// What an index stores of a gram: 40 bits that say nothing without the key, and from which the filter can be made anew.
///
/// The filter's cheap keyed mixing makes 40 bits of a gram, its identity, which decides where in the filter it stands. What
/// is stored is the identity enciphered: six rounds of a Feistel network (Luby and Rackoff, 1988) whose round function is
/// SipHash-1-3 under the key. So a stolen index shows no more than a cipher does, and yet who has the key can merge indexes:
/// the stored values give back the identities, and those the filter.
struct GramSeal: Sendable, Equatable {
    private static let half = UInt64(IndexFormat.storedBits / 2)
    private static let mask = (1 << half) - 1 as UInt64
    private static let rounds: UInt64 = 6

    /// What scatters grams over the filter.
    let filterKey: FilterKey
    private let key: IndexKey?

    /// The seal of an index keyed by `key`; nil stands for none, and stores identities as they are.
    init(_ key: IndexKey?) {
        self.key = key
        filterKey = FilterKey(key)
    }

    /// The stored value of a gram.
    func stored(gram: UInt64) -> UInt64 {
        stored(identity: filterKey.identity(of: HashMixing.state(ofGram: gram)))
    }

    /// The stored value of an identity.
    func stored(identity: UInt64) -> UInt64 {
        guard let key else { return identity }
        var (left, right) = (identity >> Self.half & Self.mask, identity & Self.mask)
        for round in 0..<Self.rounds {
            (left, right) = (right, left ^ key.seal(Self.message(right, round)) & Self.mask)
        }
        return left << Self.half | right
    }

    /// The identity of which this is the stored value.
    func identity(ofStored stored: UInt64) -> UInt64 {
        guard let key else { return stored }
        var (left, right) = (stored >> Self.half & Self.mask, stored & Self.mask)
        for round in (0..<Self.rounds).reversed() {
            (left, right) = (right ^ key.seal(Self.message(left, round)) & Self.mask, left)
        }
        return left << Self.half | right
    }

    /// Where in the filter the gram stands that has this stored value.
    func address(ofStored stored: UInt64) -> GramFilter.Address {
        filterKey.address(ofIdentity: identity(ofStored: stored))
    }

    private static func message(_ half: UInt64, _ round: UInt64) -> UInt64 {
        0x5345_414C << 32 | round << 24 | half
    }
}
