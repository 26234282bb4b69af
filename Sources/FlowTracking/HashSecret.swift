/// What the keys of flows and of fragmented packets are mixed with, made once from the seed of their table.
///
/// A key is mixed by multiplying two factors, and a factor of zero would hide the other: whoever could choose an address
/// that cancels a factor could choose who collides. So both are secrets; their highest bits are set, so that no IPv4
/// address cancels them even by chance.
@usableFromInline
package struct HashSecret: Hashable, Sendable {
    /// What the first factor is combined with.
    let first: UInt64
    /// What the second factor is combined with.
    let second: UInt64

    /// The secret that follows from a seed: random and secret live, fixed when a file is read.
    package init(seed: UInt64) {
        let mixed = HashSecret.fold(seed ^ 0x9E37_79B9_7F4A_7C15, 0x8EBC_6AF0_9C88_C6E3)
        first = mixed | 1 << 63
        second = HashSecret.fold(seed ^ 0xA076_1D64_78BD_642F, first ^ 0x5899_65CC_7537_4CC3) | 1 << 63
    }

    /// Multiplies to 128 bits and folds the halves, the mixing step of wyhash.
    @inline(__always)
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
