package import FlowTracking

/// A message that a client sends over a WebSocket whose opening request was accepted: a request of its own.
package struct WebSocketMessage: Sendable {
    /// Which request of its flow this is, from 0, opening requests among them.
    package let number: Int
    /// The flow's identifier.
    package let flowID: UInt64
    /// The packet that held the first octet of the message's first frame.
    package let began: PacketStamp
    /// Whether its octets are compressed by permessage-deflate (RFC 7692).
    package let isCompressed: Bool
    /// Whether it may refer to octets of the messages before it; false of messages that are not compressed.
    package let takesContext: Bool
    /// Whether the server's answer to the opening was not seen, so that what it agreed to is assumed.
    package let isAssumed: Bool
}
