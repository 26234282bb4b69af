/// The bounds within which sessions are read.
enum SessionLimits {
    /// How deep tunnels may lie in each other.
    static var maximumTunnelDepth: Int { 4 }
    /// How many flows that have closed may wait for secrets.
    static var waitingClosed: Int { 4_096 }
    /// How often, in nanoseconds, it is seen to it that they do not wait too long.
    static var closedReviewInterval: Int64 { 50_000_000 }
    /// How many layers of TLS may lie in each other.
    static var maximumLayers: Int { 2 }
    /// Client octets that a stream joined midway may pass before a request must have been found in it.
    static var midstreamPatience: Int { 8 << 20 }
    /// Octets of a server that are read while its greeting, or the client's first word, is waited for.
    static var serverPatience: Int { 16 << 10 }
    /// Client octets among which a ClientHello must have been found, or after which no ServerHello is waited for.
    static var helloPatience: Int { 128 << 10 }
}
