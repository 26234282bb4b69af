internal import AppProtocols
internal import BasicContainers
internal import FlowTracking
internal import SecureTransport
internal import Wire

/// What one flow has said so far: which protocol it speaks, and the parsers of both directions.
///
/// A tunnel's content starts over: when a proxy has opened one, its parsers go and the octets that follow are probed
/// anew, so a session holds the innermost protocol only.
package struct Session: ~Copyable {
    var phase = Phase.probing
    /// Whether what is unread is TLS.
    var isEncrypted = false
    /// Whether the stream was joined after its beginning, and no request has been found in it yet.
    var isMidway = false
    /// Whether client and server are the other way round than the flow table guessed.
    var isReversed = false
    /// The client's octets while they show no protocol yet.
    var probed: [UInt8] = []
    /// Octets of the server's that were read in the present phase.
    var serverOctets = 0
    var http1: HTTP1Parser?
    /// Requests after which it was seen to that answers are read, or not.
    var followedRequests = 0
    /// Layers of TLS that are decrypted, outermost first; nil while one is being read.
    var secured = UniqueArray<TLSSession?>()
    /// Which of them, by their bits, need octets of the server's.
    var layersNeedingServer: UInt8 = 0
    /// Why octets of the client were missing last.
    var holeLoss = BodyLoss.gap
    /// What few sessions need, and none for long.
    var parts: SessionParts?
    var context: SessionContext

    init(facts: FlowFacts) {
        context = SessionContext(facts: facts)
    }

    /// Forgets every parser of the client's direction, so that what follows is probed as a stream of its own.
    ///
    /// What reads the server's answers stays, since they may be under way.
    mutating func startOver() {
        phase = .probing
        isMidway = false
        probed = []
        serverOctets = 0
        http1 = nil
        http2 = nil
        http3 = nil
        webSocket = nil
        hello = nil
        serverHello = nil
        earlyGreeting = nil
        context.startOver()
    }

    /// Whether this is DNS: UDP of its port, or TCP of its port that speaks nothing else which is known here.
    var isNameService: Bool {
        guard let facts = context.facts, facts.server.port == NameReader.port, context.connectionSlot == nil else {
            return false
        }
        return facts.transport == .udp || (phase == .unread && !isEncrypted && context.chargedOctets == 0)
    }

    /// What the flow table still has to deliver of this flow.
    var interest: Interest {
        let isWanted =
            context.requestSlot != nil || context.connectionSlot != nil || webSocket != nil
            || (http2?.streams.count ?? 0) > 0 || (http3?.streams.count ?? 0) > 0
            || (phase == .quic && quic?.isWatched == true)
        let needsServer: Bool
        switch phase {
        case .probing, .socks: needsServer = serverOctets < SessionLimits.serverPatience
        case .tls: needsServer = pending == nil && serverOctets < SessionLimits.serverPatience
        case .http1: needsServer = responses != nil || mayBeReversed
        // What a server allows or agrees to shows in what its client sends.
        case .http2, .webSocket: needsServer = false
        case .quic: needsServer = quic?.needsServer ?? false
        case .unread:
            guard serverHello != nil || quic != nil else { return isWanted ? Interest.none.wanted : .none }
            needsServer = true
        }
        // The table knows the directions by its own guess only.
        let reading: Interest = needsServer || isReversed || needsServerForTLS ? .both : .toServerOnly
        return isWanted ? reading.wanted : reading
    }

    enum Phase {
        /// The first octets are being gathered until they show a protocol.
        case probing
        /// Requests are read.
        case http1
        /// Frames of HTTP/2 are read.
        case http2
        /// Frames of a WebSocket are read.
        case webSocket
        /// A TLS greeting is read.
        case tls
        /// QUIC is read: its greeting, then its streams.
        case quic
        /// A SOCKS request is read.
        case socks
        /// Nothing more is read; octets are counted.
        case unread
    }
}
