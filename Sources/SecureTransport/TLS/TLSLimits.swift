/// The bounds within which TLS handshakes are read.
package struct TLSLimits: Equatable, Sendable {
    /// The handshake octets of one direction, and the longest hello.
    package var handshakeOctets = 65_536
    /// Protocol names of ALPN that are kept.
    package var protocolNames = 64

    /// The default bounds.
    package init() {}
}
