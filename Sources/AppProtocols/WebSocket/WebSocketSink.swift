/// Receives what `WebSocketParser` reads, in stream order.
///
/// Every `messageBegan` is followed by exactly one `messageEnded`; what is reported between the two belongs to that
/// message. Spans are borrowed and end with the call.
package protocol WebSocketSink: ~Copyable {
    /// A message begins.
    mutating func messageBegan(_ head: WebSocketMessageHead)
    /// Octets of the message, unmasked; cut anywhere.
    mutating func messageBody(_ octets: Span<UInt8>)
    /// So many octets of the message are missing, or their place in the framing is.
    mutating func messageGap(octets: Int)
    /// The message is over.
    mutating func messageEnded(isComplete: Bool)
    /// So many octets belong to no message that can be told.
    mutating func socketUnreadable(octets: Int)
    /// Something could not be read; reading goes on where it can.
    mutating func socketFailed(_ error: WebSocketError)
}

/// What the first frame of a message says of it.
package struct WebSocketMessageHead: Equatable, Sendable {
    /// Whether it is text, by its opcode; nil when the first frame was not seen.
    package let isText: Bool?
    /// How its octets were changed by extensions.
    package let coding: WebSocketCoding
}

/// How extensions changed a message's octets.
package enum WebSocketCoding: Equatable, Sendable {
    /// They are the application's.
    case none
    /// They are compressed, by permessage-deflate (RFC 7692) if that was agreed on.
    case deflate
    /// That cannot be told: the first frame was not seen, or an extension unknown here marked it.
    case unknown
}
