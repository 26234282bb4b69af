/// The arithmetic that turns octets into words and words into grams, one place for builder and matcher.
///
/// Changing any constant here changes every index: the format's version must change with it.
enum HashMixing {
    /// The state a word's hash starts from.
    static let wordSeed: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// A word's hash with one more octet.
    @inline(__always)
    static func extend(_ hash: UInt64, _ octet: UInt8) -> UInt64 {
        (hash ^ UInt64(octet)) &* 0xD6E8_FEB8_6659_FD93
    }

    /// The final form of a word's hash, its high bits folded into the low ones.
    @inline(__always)
    static func finish(_ hash: UInt64) -> UInt64 {
        let folded = (hash ^ (hash >> 32)) &* 0xFF51_AFD7_ED55_8CCD
        return folded ^ (folded >> 29)
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
        rotate(state, 9) ^ rotate(leaving, 8) ^ entering
    }

    /// The hash of a gram: the rolling state, scrambled so that its order is that of chance.
    @inline(__always)
    static func gram(_ state: UInt64) -> UInt64 {
        let first = (state ^ (state >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        let second = (first ^ (first >> 29)) &* 0x9FB2_1C65_1E98_DF25
        return second ^ (second >> 32)
    }

    /// What is stored of a gram when there is no key: chosen grams are the least of many, and this spreads them evenly.
    @inline(__always)
    static func spread(_ gram: UInt64) -> UInt64 {
        let first = (gram ^ (gram >> 31)) &* 0xBF58_476D_1CE4_E5B9
        return first ^ (first >> 29)
    }
}
