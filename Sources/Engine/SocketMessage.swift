package import Incidents
package import Wire

/// A message of a WebSocket whose opening request was accepted; what it does not say is the opening's.
package struct SocketMessage: Sendable {
    /// Which request of the run this is.
    package var number: RequestNumber
    /// The message's first octet.
    package var began: Timestamp
    /// Whether it is compressed.
    package var isCompressed: Bool
    /// Whether it may refer to the messages before it.
    package var takesContext: Bool
    /// Whether what the server agreed to is assumed.
    package var isAssumed: Bool
}
