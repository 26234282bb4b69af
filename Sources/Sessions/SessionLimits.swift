/// The bounds within which sessions are read.
enum SessionLimits {
    /// How deep tunnels may lie in each other.
    static var maximumTunnelDepth: Int { 4 }
    /// How many flows that have closed may wait for secrets.
    static var waitingClosed: Int { 4_096 }
    /// How many flows that are open are looked at again when secrets come; what more there are wait for a packet.
    static var waitingOpen: Int { 65_536 }
    /// How often, in nanoseconds, it is seen to it that neither waits too long.
    static var waitingReviewInterval: Int64 { 50_000_000 }
    /// How often, in nanoseconds, they are looked at, at most, while secrets keep coming.
    static var newSecretsInterval: Int64 { 5_000_000 }
    /// How many layers of TLS may lie in each other.
    static var maximumLayers: Int { 2 }
    /// Client octets that a stream joined midway may pass before a request must have been found in it.
    static var midstreamPatience: Int { 8 << 20 }
    /// Octets of a server that are read while its greeting, or the client's first word, is waited for.
    static var serverPatience: Int { 16 << 10 }
    /// Client octets among which a ClientHello must have been found, or after which no ServerHello is waited for.
    static var helloPatience: Int { 128 << 10 }
    /// Datagrams among which the whole greeting of a client must have been found.
    static var ungreetedDatagrams: Int { 64 }
    /// Datagrams that are kept until one shows who the client is and what it says.
    static var earlyDatagrams: Int { 16 }
    /// Octets of them.
    static var earlyOctets: Int { 24 << 10 }
    /// Octets of a server's datagrams that wait with its client's.
    static var heldServerOctets: Int { 16 << 10 }
    /// Datagrams of a server among which its greeting must have been found.
    static var greetingDatagrams: Int { 16 }
    /// Ids of QUIC that are kept until they are taken, which is after each packet.
    static let issuedIDs = 64
}
