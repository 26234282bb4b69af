internal import AppProtocols
internal import SecureTransport
internal import Wire

/// What a stream turns out to speak.
package enum SpokenProtocol: Sendable, Equatable {
    /// HTTP/1.0 or HTTP/1.1.
    case http1
    /// HTTP/2, from its preface on.
    case http2
    /// TLS, from its ClientHello on.
    case tls
    /// TLS, joined after its greeting.
    case encrypted
    /// A SOCKS proxy's protocol, version 4 or 5.
    case socks
    /// Nothing that is read here.
    case unrecognised
}

/// Tells by the client's first octets what a stream speaks; ports are never asked.
package enum ProtocolProbe {
    /// Octets after which a stream that nothing has recognised stays unrecognised.
    package static let limit = 4_352

    /// The protocol that the stream's first octets show; nil while more of them are needed.
    package static func recognise(_ octets: Span<UInt8>) -> SpokenProtocol? {
        let tls = TLSProbe.looksLikeClientHello(octets)
        let http1 = HTTP1Probe.verdict(octets)
        let http2 = HTTP2Probe.verdict(octets)
        let socks = SOCKSProbe.verdict(octets)
        if tls == .yes { return .tls }
        if tls == .encryptedMidstream { return .encrypted }
        if http1 == .yes { return .http1 }
        if http2 == .yes { return .http2 }
        if socks == .yes { return .socks }
        let isOpen = tls == .needMore || http1 == .needMore || http2 == .needMore || socks == .needMore
        return isOpen && octets.count <= limit ? nil : .unrecognised
    }
}
