/// The secret that keys an index, so that a stolen index confirms nothing without it.
///
/// Grams are chosen by an unkeyed hash; what is stored of each is SipHash-1-3 of that hash under the key (Aumasson and
/// Bernstein, 2012). The key lies in a file of its own, mode 0600: 32 hexadecimal digits.
package struct IndexKey: Sendable, Equatable {
    private let low: UInt64
    private let high: UInt64

    /// A key from its sixteen octets; nil when there are more or fewer.
    package init?(octets: [UInt8]) {
        guard octets.count == 16 else { return nil }
        low = octets[0..<8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        high = octets[8..<16].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Reads a key from a file that only its owner may read.
    ///
    /// - Throws: `IndexError` when the file cannot be read, others may read it, or it holds no key.
    package init(path: String) throws(IndexError) {
        let status = try FileTree.status(of: path, followingLinks: true)
        guard status.kind == .file else { throw .keyMalformed(path: path) }
        guard status.permissions & 0o077 == 0 else { throw .keyTooOpen(path: path, mode: status.permissions) }
        let octets = try FileTree.read(path, limit: 64)
        guard let key = IndexKey(octets: octets) ?? IndexKey(text: octets) else { throw .keyMalformed(path: path) }
        self = key
    }

    /// A new key, made of the kernel's chance.
    package static func random() -> IndexKey {
        var generator = SystemRandomNumberGenerator()
        return IndexKey(low: generator.next(), high: generator.next())
    }

    /// Writes the key to a new file of mode 0600, which must not exist.
    package func write(to path: String) throws(IndexError) {
        var octets: [UInt8] = []
        for word in [low, high] {
            for shift in stride(from: 0, to: 64, by: 8) {
                let octet = UInt8(truncatingIfNeeded: word >> UInt64(shift))
                for digit in [octet >> 4, octet & 15] { octets.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
            }
        }
        try FileTree.writeNew(octets + [0x0A], to: path, permissions: 0o600)
    }

    /// The path at which the key of the index at `path` is made and looked for when none is named.
    package static func path(beside path: String) -> String { path + ".key" }

    /// The stored value of `value`.
    @inline(__always)
    func seal(_ value: UInt64) -> UInt64 { sipHash(value, compressions: 1, finalizations: 3) }

    /// SipHash of the eight octets of `value`, least significant first.
    @inline(__always)
    func sipHash(_ value: UInt64, compressions: Int, finalizations: Int) -> UInt64 {
        var state = SipState(low: low, high: high)
        state.compress(value, rounds: compressions)
        state.compress(8 << 56, rounds: compressions)
        return state.finish(rounds: finalizations)
    }

    /// SipHash-1-3 of octets: under the key a name that contents have, which says nothing of them without it.
    func digest(of octets: [UInt8]) -> UInt64 {
        var state = SipState(low: low, high: high)
        let span = octets.span
        var place = 0
        while place + 8 <= span.count {
            var word: UInt64 = 0
            for index in 0..<8 { word |= UInt64(span[place &+ index]) &<< UInt64(truncatingIfNeeded: index &* 8) }
            state.compress(word, rounds: 1)
            place += 8
        }
        var last = UInt64(truncatingIfNeeded: span.count) << 56
        for index in place..<span.count { last |= UInt64(span[index]) << UInt64((index - place) * 8) }
        state.compress(last, rounds: 1)
        return state.finish(rounds: 3)
    }

    /// The key of what is not keyed.
    static let none = IndexKey(low: 0, high: 0)

    private init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    private init?(text: [UInt8]) {
        var digits = text[...]
        while let last = digits.last, last == 0x0A || last == 0x0D || last == 0x20 { digits.removeLast() }
        guard digits.count == 32 else { return nil }
        var octets: [UInt8] = []
        for index in stride(from: digits.startIndex, to: digits.endIndex, by: 2) {
            guard let upper = Self.hexValue(digits[index]), let lower = Self.hexValue(digits[index + 1]) else {
                return nil
            }
            octets.append(upper << 4 | lower)
        }
        self.init(octets: octets)
    }

    private static func hexValue(_ octet: UInt8) -> UInt8? {
        if octet &- 0x30 < 10 { return octet &- 0x30 }
        let letter = octet | 0x20
        return letter &- 0x61 < 6 ? letter &- 0x61 &+ 10 : nil
    }
}

/// The four words of SipHash's state.
private struct SipState {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64

    @inline(__always)
    init(low: UInt64, high: UInt64) {
        v0 = low ^ 0x736F_6D65_7073_6575
        v1 = high ^ 0x646F_7261_6E64_6F6D
        v2 = low ^ 0x6C79_6765_6E65_7261
        v3 = high ^ 0x7465_6462_7974_6573
    }

    @inline(__always)
    mutating func compress(_ word: UInt64, rounds: Int) {
        v3 ^= word
        for _ in 0..<rounds { round() }
        v0 ^= word
    }

    @inline(__always)
    mutating func finish(rounds: Int) -> UInt64 {
        v2 ^= 0xFF
        for _ in 0..<rounds { round() }
        return v0 ^ v1 ^ v2 ^ v3
    }

    @inline(__always)
    private mutating func round() {
        v0 &+= v1
        v1 = HashMixing.rotate(v1, 13) ^ v0
        v0 = HashMixing.rotate(v0, 32)
        v2 &+= v3
        v3 = HashMixing.rotate(v3, 16) ^ v2
        v0 &+= v3
        v3 = HashMixing.rotate(v3, 21) ^ v0
        v2 &+= v1
        v1 = HashMixing.rotate(v1, 17) ^ v2
        v2 = HashMixing.rotate(v2, 32)
    }
}

extension IndexKey {
    /// The key that lies beside the index at `path`, made if there is none.
    ///
    /// - Throws: `IndexError` when it cannot be read or written.
    package static func beside(_ path: String) throws(IndexError) -> IndexKey {
        let beside = self.path(beside: path)
        do throws(IndexError) {
            return try IndexKey(path: beside)
        } catch .noInput {
            let key = IndexKey.random()
            try key.write(to: beside)
            return key
        }
    }
}

extension FingerprintIndex {
    /// Puts the index's key beside the index at `path`, unless one is there or it has none.
    ///
    /// - Throws: `IndexError` when another key lies there, or it cannot be written.
    package func writeKey(beside path: String) throws(IndexError) {
        guard let key else { return }
        let beside = IndexKey.path(beside: path)
        do throws(IndexError) {
            guard try IndexKey(path: beside) == key else { throw .wrongKey(path: beside) }
        } catch .noInput {
            try key.write(to: beside)
        }
    }
}
