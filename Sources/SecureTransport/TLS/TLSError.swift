/// Why a handshake could not be read.
package enum TLSError: Error, Equatable, Sendable {
    /// The octets are not TLS records, SSL 2.0 hellos among them.
    case notTLS
    /// A hello ends before its fixed fields do.
    case truncatedHello
    /// The first handshake message is no hello.
    case unexpectedMessage
    /// The handshake exceeds `TLSLimits.handshakeOctets`.
    case handshakeTooLarge
    /// Octets are missing before the hello was complete.
    case gap
}

extension TLSError: CustomStringConvertible {
    /// One phrase for a counter or a log line.
    package var description: String {
        switch self {
        case .notTLS: "no TLS record"
        case .truncatedHello: "truncated TLS hello"
        case .unexpectedMessage: "TLS handshake without a hello"
        case .handshakeTooLarge: "TLS handshake too large"
        case .gap: "octets missing in the TLS handshake"
        }
    }
}
