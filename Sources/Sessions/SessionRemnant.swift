/// What is left of a session whose flow is no longer read: enough to charge the octets that are still to come.
///
/// ```text
/// octets charged already 60 bits, signed | reversed 1 bit | kind 3 bits
/// ```
struct SessionRemnant {
    /// What the octets are that are still to come.
    enum Kind: UInt64 {
        /// Payload of UDP.
        case datagrams = 0
        /// Of an HTTP stream, neither head nor body.
        case unreadable = 1
        /// TLS to no service.
        case encrypted = 2
        /// Of no protocol that is known here.
        case unrecognised = 3
        /// DNS, in both directions.
        case names = 4
    }

    /// The word that the flow table keeps.
    let rawValue: UInt64

    /// Takes a word that a remnant was.
    init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Notes how many of the client's octets stand in a counter, or are no more than a guess of a hole's size.
    init(settledOctets: Int, isReversed: Bool, kind: Kind) {
        rawValue = UInt64(bitPattern: Int64(settledOctets) << 4) | (isReversed ? 8 : 0) | kind.rawValue
    }

    /// The client's octets that need not be charged any more.
    var settledOctets: Int { Int(Int64(bitPattern: rawValue) >> 4) }

    /// Whether client and server are the other way round than the flow table guessed.
    var isReversed: Bool { rawValue & 8 != 0 }

    /// What the other octets are.
    var kind: Kind { Kind(rawValue: rawValue & 7) ?? .unrecognised }
}
