internal import AppProtocols
internal import FlowTracking
internal import Wire

/// The part of a session that callbacks of its parsers need; it moves into the tracker while they run.
struct SessionContext {
    /// Who speaks with whom; nil only while the context is elsewhere.
    var facts: FlowFacts?
    /// The innermost tunnel whose target is known.
    var tunnel: Tunnel?
    /// Tunnels opened one inside the other.
    var tunnelDepth = 0
    /// Whose connection a proxy says that it passes on, at the stream's beginning; nil where none says.
    var proxied: IPAddress?
    /// Whether the stream began with a proxy's head, and whether it is known that it did not.
    var hasProxyHead = false
    var hasNoProxyHead = false
    /// Octets of that head that have not come yet.
    var proxyRest = 0
    /// The layers of TLS that are decrypted, outermost first.
    var layers: [SecureLayer] = []
    /// Requests read so far.
    var requestCount = 0
    /// The connection that is watched without being read.
    var connectionSlot: Int?

    /// Payload octets of the client so far, holes included.
    var clientOctets = 0
    /// Octets of streams of QUIC that are missing: they are charged, though in no datagram.
    var holeOctets = 0
    /// Those of them that stand in a counter; the others are charged when the flow closes.
    var chargedOctets = 0

    /// The accepted request whose body is being read, or that waits for a protocol switch.
    var requestSlot: Int?
    /// Whether the last request may leave HTTP and nothing has decided it, so that its end is not known.
    var awaitsSwitch = false
    /// Whether that request is a CONNECT.
    var isConnecting = false
    /// The target of that CONNECT; nil when it could not be read.
    var connectTarget: Tunnel?
    /// Whether that request offers to go on in HTTP/2.
    var offersHTTP2 = false
    /// Whether that request opens a WebSocket.
    var opensWebSocket = false
    /// The extensions that it offers.
    var offeredExtensions = WebSocketExtensions([])
    /// The extensions that the server has agreed to; nil while its answer has not been read.
    var agreedExtensions: WebSocketExtensions?
    /// Whether the body of the last request is over.
    var isBodyOver = true

    /// Methods of requests that the answers' reader has not been told of.
    var announced: [String] = []
    /// Requests that it has been told of.
    var announcedCount = 0
    /// Tunnels that were entered between two requests, because the second is for the tunnel's target.
    var tunnelsInPlace = 0
    /// Whether the last request cannot leave HTTP, so that answers need not be read.
    var isPlain = true

    /// The packet with the first octet of the head that has begun in an earlier chunk; nil when none has.
    var began: PacketStamp?

    /// A context that belongs to no flow.
    init() {}

    init(facts: FlowFacts) {
        self.facts = facts
    }

    /// Whether what follows a protocol switch is read as a stream of its own.
    var readsBehindSwitch: Bool { isConnecting || offersHTTP2 || (opensWebSocket && requestSlot != nil) }

    /// Whether the stream that is read is the flow's own, with neither a tunnel nor TLS around it.
    var isOutermost: Bool { tunnelDepth == 0 && layers.isEmpty }

    /// Whether the innermost tunnel lies inside the innermost TLS.
    var isTunnelInside: Bool { layers.last.map { tunnelDepth > $0.tunnelDepth } ?? false }

    /// Forgets what belongs to the stream around a tunnel.
    mutating func startOver() {
        awaitsSwitch = false
        isConnecting = false
        connectTarget = nil
        offersHTTP2 = false
        opensWebSocket = false
        agreedExtensions = nil
        isBodyOver = true
        announced = []
        announcedCount = 0
        tunnelsInPlace = 0
        isPlain = true
        began = nil
    }
}
