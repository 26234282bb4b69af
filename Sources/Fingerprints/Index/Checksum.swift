/// XXH64 (Collet, xxHash specification 0.1.1, § XXH64) with seed 0, over whole stripes of four 64-bit words.
struct Checksum {
    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63

    private var lanes: (UInt64, UInt64, UInt64, UInt64)
    private var stripes: UInt64 = 0

    /// Starts over no words.
    init() {
        lanes = (Self.prime1 &+ Self.prime2, Self.prime2, 0, 0 &- Self.prime1)
    }

    /// Takes four words.
    @inline(__always)
    mutating func add(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
        lanes.0 = Self.round(lanes.0, first)
        lanes.1 = Self.round(lanes.1, second)
        lanes.2 = Self.round(lanes.2, third)
        lanes.3 = Self.round(lanes.3, fourth)
        stripes &+= 1
    }

    /// Takes the words of `words` from `range`, whose length must be a multiple of four.
    mutating func add(_ words: Span<UInt64>, from start: Int) {
        var index = start
        while index + 3 < words.count {
            add(words[index], words[index + 1], words[index + 2], words[index + 3])
            index += 4
        }
    }

    /// The checksum of all words so far.
    var value: UInt64 {
        var hash = HashMixing.rotate(lanes.0, 1) &+ HashMixing.rotate(lanes.1, 7)
        hash = hash &+ HashMixing.rotate(lanes.2, 12) &+ HashMixing.rotate(lanes.3, 18)
        for lane in [lanes.0, lanes.1, lanes.2, lanes.3] {
            hash = (hash ^ Self.round(0, lane)) &* Self.prime1 &+ Self.prime4
        }
        hash = hash &+ stripes &* 32
        hash = (hash ^ hash >> 33) &* Self.prime2
        hash = (hash ^ hash >> 29) &* Self.prime3
        return hash ^ hash >> 32
    }

    @inline(__always)
    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        HashMixing.rotate(lane &+ word &* prime2, 31) &* prime1
    }
}
