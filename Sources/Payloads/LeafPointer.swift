/// A leaf's place in the body, inline up to 48 octets.
package struct LeafPointer: Sendable, Hashable {
    private var short: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)
    private var count: UInt8 = 0
    private var long: String?

    /// The empty place: the whole body.
    package init() {}

    /// Copies `octets`; those beyond 48 cost an allocation.
    package init(_ octets: Span<UInt8>) {
        guard octets.count <= 48 else {
            long = String(copying: octets)
            return
        }
        count = UInt8(octets.count)
        var words: InlineArray<6, UInt64> = .init(repeating: 0)
        var index = 0
        while index < octets.count {
            var word: UInt64 = 0
            let end = min(octets.count, index + 8)
            var place = end
            while place > index {
                place -= 1
                word = word << 8 | UInt64(octets[place])
            }
            words[index >> 3] = word
            index = end
        }
        short = (words[0], words[1], words[2], words[3], words[4], words[5])
    }

    /// Whether this is the whole body.
    var isEmpty: Bool { count == 0 && long == nil }

    /// The beginning of the name of the body's member that the place lies in: seven octets at most, the first lowest.
    package var member: UInt64 {
        guard let long else { return Self.member(short.0 >> 8) }
        var word: UInt64 = 0
        for octet in long.utf8.dropFirst().prefix(7).reversed() { word = word << 8 | UInt64(octet) }
        return Self.member(word)
    }

    private static func member(_ word: UInt64) -> UInt64 {
        var count: UInt64 = 0
        while count < 7, word >> (8 * count) & 0xFF != UInt64(UInt8(ascii: "/")) { count += 1 }
        return word & (1 << (8 * count) - 1)
    }

    /// The place as text; ill-formed UTF-8 is repaired.
    package var text: String {
        if let long { return long }
        let words: InlineArray<6, UInt64> = [short.0, short.1, short.2, short.3, short.4, short.5]
        let octets = (0..<Int(count)).map { UInt8(truncatingIfNeeded: words[$0 >> 3] >> UInt64(($0 & 7) * 8)) }
        return String(decoding: octets, as: UTF8.self)
    }

    /// Whether both lead to the same place.
    package static func == (left: LeafPointer, right: LeafPointer) -> Bool {
        left.count == right.count && left.short == right.short && left.long == right.long
    }

    /// Feeds the pointer's text.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }
}

extension String {
    /// Copies octets into a string, repairing ill-formed UTF-8.
    init(copying octets: Span<UInt8>) {
        var copy: [UInt8] = []
        copy.reserveCapacity(octets.count)
        for index in octets.indices { copy.append(octets[index]) }
        self = String(decoding: copy, as: UTF8.self)
    }
}
