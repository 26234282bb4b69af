/// The places in a message from which the scanner can go on: many near its end, where the next turn will differ, few before.
struct PrefixPlaces {
    /// Octets of text from one place to the next, at least.
    static let nearest = 8 << 10
    /// The same at most, where leaves end often enough.
    static let farthest = 128 << 10
    /// From one place to the next is so small a part of the way from there to the end.
    private static let part = 4

    private var places: [(value: PrefixDigest.Value, octets: Int)] = []

    /// None.
    init() {}

    /// Whether there is none near before a message's first `octets`.
    func isWanted(at octets: Int) -> Bool { octets - (places.last?.octets ?? 0) >= Self.nearest }

    /// Adds the place behind the first `octets`, and has the cache forget those that are near others.
    mutating func add(_ value: PrefixDigest.Value, at octets: Int, _ cache: PrefixCache) {
        places.append((value, octets))
        var kept = 0
        for place in places.indices {
            let isLast = place + 1 >= places.count
            let next = isLast ? octets : places[place + 1].octets
            let gap = next - (kept > 0 ? places[kept - 1].octets : 0)
            if !isLast, gap <= min(Self.farthest, (octets - next) / Self.part) {
                cache.forgetPosition(places[place].value)
            } else {
                places[kept] = places[place]
                kept += 1
            }
        }
        places.removeLast(places.count - kept)
    }
}
