package import FlowTracking
package import SecureTransport
package import Wire

/// Judges what a session finds: which connections are worth watching and which bodies worth keeping.
///
/// The traffic half declares the questions; whoever knows the services answers them. A slot is the answerer's own name
/// for what it accepted, and comes back with everything that belongs to it.
package protocol BodyPolicy: ~Copyable {
    /// Whether a connection may go to a service whose greeting has this name, as sent; asked before anything else is
    /// done about it, since the answer is no for most. `judge` decides.
    mutating func mayServe(_ name: Span<UInt8>) -> Bool
    /// Whether a service may answer at an address, of whatever name.
    func mayServe(_ address: IPAddress) -> Bool
    /// A connection that cannot be read has a name. A slot when it goes to a service; nil shunts the flow.
    mutating func judge(_ connection: borrowing Connection) -> Int?
    /// Whether a connection goes to a service, asked before it is known whether it can be read; accepts nothing.
    func isWatched(_ connection: borrowing Connection) -> Bool
    /// A request's head has been read. A slot when its body is wanted; nil skips it by its framing.
    mutating func judge(_ request: borrowing Request) -> Int?
}

extension BodyPolicy where Self: ~Copyable {
    /// Leaves it to `judge`.
    package mutating func mayServe(_ name: Span<UInt8>) -> Bool { true }
    /// Says no: addresses tell nothing.
    package func mayServe(_ address: IPAddress) -> Bool { false }
    /// Says yes, for policies that bound nothing by it.
    package func isWatched(_ connection: borrowing Connection) -> Bool { true }
}

/// Receives what was accepted: the octets of request bodies, and how much of each connection went unread.
package protocol RequestConsumer: BodyPolicy, ~Copyable {
    /// Body octets, transfer framing removed, in order; borrowed until the call returns.
    mutating func body(_ octets: Span<UInt8>, slot: Int)
    /// A message begins on the WebSocket that the request at slot `opening` opened; the message's own slot.
    ///
    /// From the first message on, `opening` is only told of octets that belong to no message, and ends after them all.
    mutating func messageBegan(_ message: borrowing WebSocketMessage, within opening: Int) -> Int
    /// So many octets of the body are missing or cannot be read; what follows is behind them.
    mutating func bodyLost(_ octets: Int, _ loss: BodyLoss, slot: Int)
    /// The request is over, at this packet.
    mutating func requestEnded(_ end: RequestEnd, slot: Int, at stamp: PacketStamp)
    /// The server's greeting of a watched connection.
    mutating func serverGreeted(_ hello: borrowing ServerHello, slot: Int)
    /// The request is still open at this packet; called every `FlowLimits.reviewInterval` of packet time.
    mutating func requestReviewed(slot: Int, at stamp: PacketStamp)
    /// A watched connection is still open at this packet, and so many payload octets of the client belong to it so far.
    mutating func connectionReviewed(clientOctets: Int, slot: Int, at stamp: PacketStamp)
    /// A watched connection is over, or the capture is: `clientOctets` payload octets of the client belong to it.
    mutating func connectionEnded(clientOctets: Int, slot: Int, at stamp: PacketStamp)
}

extension RequestConsumer where Self: ~Copyable {
    /// Does nothing, for consumers that report at the end only.
    package mutating func requestReviewed(slot: Int, at stamp: PacketStamp) {}
    /// Does nothing, for consumers that report at the end only.
    package mutating func connectionReviewed(clientOctets: Int, slot: Int, at stamp: PacketStamp) {}
}

/// Why octets of a request's body did not arrive.
package enum BodyLoss: Sendable {
    /// They are not in the capture: lost before it, or beyond a budget.
    case gap
    /// The capture's snap length cut them off.
    case snapLength
    /// Their framing is unknown because a head or a trailer section exceeded its limit.
    case headers
    /// They are not what their framing says.
    case damaged
    /// They are encrypted, and the secrets that are known are not theirs.
    case noKey
    /// They are encrypted in a way that cannot be undone here.
    case cipher
    /// They belong to a protocol or an extension of one that is not read, such as what an Upgrade may lead to.
    case protocolSwitched
}

/// How a request ended.
package enum RequestEnd: Sendable {
    /// Where its framing says.
    case complete
    /// The stream, or the capture, ended within it, or its framing was lost.
    case cutOff
}
