/// The fingerprints that each cluster has counted: one table for all clusters, with open addressing.
struct SeenKeys {
    /// Fingerprints remembered for one cluster; further ones count each time.
    static let limit = 128
    /// Bits of a cluster's order that are remembered.
    static let orderMask = 1 << 24 - 1

    /// A fingerprint, above it a place, above that the low bits of an order; zero is none.
    private var entries: [UInt64] = []
    private var used = 0

    /// Nothing counted.
    init() {}

    /// Octets of memory that the table takes.
    var octets: Int { entries.count * MemoryLayout<UInt64>.stride }

    /// Whether room must be made before the next is noted.
    @inline(__always)
    var needsRoom: Bool { (used &+ 1) &* 4 > entries.count &* 3 }

    /// Notes a fingerprint of the cluster at `place`, of which the low bits of the order tell it from others that had the place;
    /// false where it had been noted.
    ///
    /// With `isFull` it is looked for and not noted. There must be room.
    mutating func insert(_ key: Int, of place: Int, order: Int, isFull: Bool) -> Bool {
        guard !entries.isEmpty else { return true }
        let value =
            UInt64(truncatingIfNeeded: key &+ 1) & 0xFFFF_FFFF | UInt64(truncatingIfNeeded: place & 0xFF) &<< 32
            | UInt64(truncatingIfNeeded: order & Self.orderMask) &<< 40
        let slot = Self.slot(of: value, in: entries.span)
        if entries[slot] == value { return false }
        guard !isFull, !needsRoom else { return true }
        entries[slot] = value
        used += 1
        return true
    }

    /// Drops what no cluster needs, whose orders these are by their places, and doubles the table where that is not enough.
    mutating func makeRoom(orders: [Int]) {
        let kept = entries.filter { entry in
            let place = Int(entry >> 32 & 0xFF)
            return entry != 0 && place < orders.count && orders[place] & Self.orderMask == Int(entry >> 40)
        }
        var size = max(64, entries.count)
        while (kept.count + 1) * 2 > size { size *= 2 }
        entries = [UInt64](repeating: 0, count: size)
        for value in kept { entries[Self.slot(of: value, in: entries.span)] = value }
        used = kept.count
    }

    /// Where a value stands, or would; some place is free.
    @inline(__always)
    private static func slot(of value: UInt64, in entries: Span<UInt64>) -> Int {
        let mask = entries.count &- 1
        var slot = Int(truncatingIfNeeded: HashMixing.gram(value)) & mask
        while entries[slot] != 0, entries[slot] != value { slot = (slot &+ 1) & mask }
        return slot
    }
}
