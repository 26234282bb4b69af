package import FlowTracking
package import SecureTransport
package import Wire

/// A connection whose requests cannot be read, and what it says of itself.
package struct Connection: Sendable {
    /// The flow that carries it.
    package let flow: FlowFacts
    /// The innermost tunnel around it whose target is known, if a proxy made one.
    package let tunnel: Tunnel?
    /// The client's TLS greeting; nil where it could not be read whole.
    package let hello: ClientHello?
    /// The beginning of a greeting whose rest is missing: its server name may serve, its fingerprint means nothing.
    package let partialHello: ClientHello?
    /// What the connection speaks, as far as is known.
    package let spoken: Spoken
    /// Why it cannot be read.
    package let unread: Unread
    /// The names of its address in DNS, where no tunnel has one, and no greeting or one that may hide another.
    package let names: ResolvedNames
    /// The packet that completed what is known here.
    package let named: PacketStamp

    /// Whose connection a proxy says, at the stream's beginning, that it passes on; nil where none says.
    package var proxied: IPAddress?

    /// What a connection that is not read speaks.
    package enum Spoken: Sendable, Hashable {
        /// TLS.
        case tls
        /// QUIC.
        case quic
        /// Something that was not recognised.
        case unknown
    }

    /// Whether what it carries is encrypted, for all that is known.
    package var isEncrypted: Bool { spoken != .unknown }

    /// The server's name from the greeting, or from what there is of it.
    package var serverName: Hostname? { hello?.serverName ?? partialHello?.serverName }

    /// Whether the greeting may hide another name than it shows; it need not, for browsers pretend to.
    package var mayHideName: Bool { (hello ?? partialHello)?.hasECH == true }

    /// The host that is meant, for all that the connection shows: the greeting's server name, else the tunnel's target, else the server's address.
    package var host: Hostname { serverName ?? tunnel?.host ?? Hostname(flow.server.address) }

    /// Whether the greeting and the tunnel around it name different hosts.
    package var hasHostMismatch: Bool {
        guard let serverName, let tunnel, !tunnel.host.isAddress else { return false }
        return serverName != tunnel.host
    }
}
