internal import AppProtocols
internal import FlowTracking

/// A WebSocket that is being read, on a connection of its own or in a stream of HTTP/2.
///
/// Apart from the session, so that the many flows which speak something else do not pay for it.
final class WebSocketUse {
    var parser = WebSocketParser()
    var state: WebSocketState

    init(_ state: WebSocketState) {
        self.state = state
    }
}

/// What a WebSocket's callbacks need; it moves into the tracker while they run.
struct WebSocketState {
    /// The slot of the request that opened it.
    let opening: Int
    /// What the client offered.
    let offered: WebSocketExtensions
    /// What the server agreed to; nil when its answer was not read.
    let agreed: WebSocketExtensions?
    /// The slot of the message that is open.
    var message: Int?
    /// Why the message's octets cannot be read although they are here.
    var loss: BodyLoss?
    /// The packet with the first octet of a frame's header that has begun in an earlier chunk.
    var began: PacketStamp?

    init(opening: Int, offered: WebSocketExtensions, agreed: WebSocketExtensions?) {
        self.opening = opening
        self.offered = offered
        self.agreed = agreed
    }

    /// The extensions that count.
    var extensions: WebSocketExtensions { agreed ?? offered }
}
