/// The 32 random octets of a ClientHello, by which key logs name a session.
package struct SessionRandom: Hashable, Sendable {
    private let words: [4 of UInt64]

    /// Takes exactly 32 octets; nil of any other number.
    package init?(_ octets: Span<UInt8>) {
        guard octets.count == 32 else { return nil }
        var words: [4 of UInt64] = .init(repeating: 0)
        for index in octets.indices { words[index / 8] = words[index / 8] << 8 | UInt64(octets[index]) }
        self.words = words
    }

    /// Whether both are the same octets.
    package static func == (left: SessionRandom, right: SessionRandom) -> Bool {
        for index in left.words.indices where left.words[index] != right.words[index] { return false }
        return true
    }

    /// Hashes all of them; they come from the network, and the hasher is seeded.
    package func hash(into hasher: inout Hasher) {
        for index in words.indices { hasher.combine(words[index]) }
    }
}
