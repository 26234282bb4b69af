/// The arithmetic that turns octets into words and words into grams, one place for builder and matcher.
///
/// Changing any constant here changes every index: the format's version must change with it.
enum HashMixing {
    /// The state a word's hash starts from.
    static let wordSeed: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// What the first eight octets of sixteen are multiplied by, but for the others.
    static let wordMultiplier: UInt64 = 0xD6E8_FEB8_6659_FD93

    /// A word's hash with its next sixteen octets, least significant first, zero past the word's end.
    @inline(__always)
    static func word(_ hash: UInt64, _ low: UInt64, _ high: UInt64) -> UInt64 {
        let product = (low ^ hash).multipliedFullWidth(by: high ^ wordMultiplier)
        return product.high ^ product.low
    }

    /// `value` with its bits turned `count` places to the left; `count` must be 1…63.
    @inline(__always)
    static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        (value &<< count) | (value &>> (64 &- count))
    }

    /// The rolling state with `entering` added and `leaving`, which entered `gramLength` words ago, taken out.
    ///
    /// Each word is turned by nine bits a step, so that it has been turned by 72, which is eight, when it leaves.
    @inline(__always)
    static func roll(_ state: UInt64, entering: UInt64, leaving: UInt64) -> UInt64 {
        // Only one operation after another waits for the state before.
        rotate(state, 9) ^ (rotate(leaving, 8) ^ entering)
    }

    /// The hash of a gram: the rolling state, scrambled so that its order is that of chance.
    @inline(__always)
    static func gram(_ state: UInt64) -> UInt64 {
        let first = (state ^ (state >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        let second = (first ^ (first >> 29)) &* 0x9FB2_1C65_1E98_DF25
        return second ^ (second >> 32)
    }

    /// The rolling state whose `gram` this is.
    static func state(ofGram gram: UInt64) -> UInt64 {
        let second = (gram ^ (gram >> 32)) &* inverse(0x9FB2_1C65_1E98_DF25)
        let first = (second ^ (second >> 29) ^ (second >> 58)) &* inverse(0xC4CE_B9FE_1A85_EC53)
        return first ^ (first >> 33)
    }

    /// What an odd number is multiplied by to make 1.
    private static func inverse(_ odd: UInt64) -> UInt64 {
        var inverse = odd
        // Each step doubles the number of low bits that are right, of which the number itself has three.
        for _ in 0..<5 { inverse = inverse &* (2 &- odd &* inverse) }
        return inverse
    }

    /// What is stored of a gram when there is no key: chosen grams are the least of many, and this spreads them evenly.
    @inline(__always)
    static func spread(_ gram: UInt64) -> UInt64 {
        let first = (gram ^ (gram >> 31)) &* 0xBF58_476D_1CE4_E5B9
        return first ^ (first >> 29)
    }
}

/// The hash of one word that comes octet by octet.
///
/// The octets are taken sixteen at a time, so that most words are hashed by one multiplication where they stand.
struct WordHash {
    private var hash = HashMixing.wordSeed
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private var octets = 0

    /// The hash of what has come.
    var value: UInt64 { HashMixing.word(hash, low, high) }

    /// Takes the next octet, which must not be zero; of ASCII letters the small ones, and `_` as 0x7F: what
    /// the bit 0x20 makes of them.
    @inline(__always)
    mutating func append(_ octet: UInt8) {
        if octets == 16 {
            hash = value
            (low, high, octets) = (0, 0, 0)
        }
        let shift = UInt64(truncatingIfNeeded: octets & 7) &* 8
        if octets < 8 { low |= UInt64(octet) &<< shift } else { high |= UInt64(octet) &<< shift }
        octets &+= 1
    }
}
