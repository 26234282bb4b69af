/// The bounds within which WebSockets are read.
package struct WebSocketLimits: Equatable, Sendable {
    /// The most octets that are unmasked, and handed over, at a time.
    package var pieceOctets = 16_384

    /// The default bounds.
    package init() {}
}
