internal import SecureTransport
internal import Wire

/// A connection of TLS or QUIC between its ClientHello and the moment from which it is read: when its secrets and the server's
/// greeting are known, or when there is no more hope of them.
struct PendingTLS {
    /// What the client sent meanwhile.
    enum Piece {
        case octets([UInt8])
        case hole(Int, BodyLoss)
        /// A datagram of QUIC; of the server's those that its greeting is in are held, too.
        case datagram(QUICDatagram)
    }

    let hello: ClientHello
    /// Octets of the client's from where TLS began to the end of the hello.
    let helloOctets: Int
    /// Octets that the hello's record has behind it; nil where a hole has cut the hello off.
    let clientSkip: Int?
    let since: Timestamp
    var greeting: ServerHello?
    /// The same of the server's greeting.
    var serverSkip: Int?
    /// Whether the server's greeting will not come any more.
    var isGreetingLost = false
    var hasSecrets = false
    /// Whether secrets are waited for, so that whatever the flow brings is a reason to look again.
    var waitsForSecrets = false
    /// Whether its flow stands among those to be woken.
    var isListed = false
    /// Whether there were too many of them, so that only a packet is a reason to look again.
    var isUnlisted = false
    /// The state of the source when it was asked last.
    var additions = -1
    var pieces: [Piece] = []
    var heldOctets = 0
    /// Whether the connection goes to a service, which is asked once it has to wait for secrets.
    var isWatched: Bool?

    /// Octets that are held at most while only the server's greeting is waited for.
    static var greetingHold: Int { 64 << 10 }
}

extension Session {
    /// Whether the server's octets must be read for a layer of TLS.
    var needsServerForTLS: Bool {
        guard let waiting = parts?.pending else { return layersNeedingServer != 0 }
        return waiting.waitsForSecrets || waiting.greeting == nil && !waiting.isGreetingLost
    }

    /// Notes whether a layer needs octets of the server's.
    mutating func note(_ tls: borrowing TLSSession, level: Int) {
        let bit = UInt8(1) << UInt8(truncatingIfNeeded: level)
        if tls.needsServer { layersNeedingServer |= bit } else { layersNeedingServer &= ~bit }
    }
}
