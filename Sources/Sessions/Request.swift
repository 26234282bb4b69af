package import AppProtocols
package import FlowTracking
internal import SecureTransport
package import Wire

/// One request as a client sent it: its head and what is known of the connection that carries it.
package struct Request: Sendable {
    /// The head, the same for every version of HTTP.
    package let head: RequestHead
    /// The flow that carries the request.
    package let flow: FlowFacts
    /// The tunnel around it, if a proxy made one.
    package let tunnel: Tunnel?
    /// The packet that held the first octet of the head.
    package let began: PacketStamp
    /// Which request of its flow this is, from 0.
    package let number: Int
    /// The names of its address in DNS, where neither the request nor a tunnel has one.
    package let names: ResolvedNames
    /// The innermost TLS around it, which was decrypted; nil where it was sent in clear.
    package var secure: SecureLayer?
    /// Whose connection a proxy says, at the stream's beginning, that it passes on; nil where none says.
    package var proxied: IPAddress?
    /// Whether the tunnel lies inside that TLS, whose server is then a proxy.
    package var isTunnelInside = false

    /// The name of the server as the TLS around the request asks for it; nil where that is a proxy's.
    package var serverName: Hostname? { isTunnelInside ? nil : secure?.hello.serverName }

    /// The host that is meant: the request's own authority, else the server's name, else the tunnel's target, else the
    /// server's address.
    package var host: Hostname { head.host ?? serverName ?? tunnel?.host ?? Hostname(flow.server.address) }

    /// The port of the host that is meant, where the request or the tunnel names one.
    package var port: UInt16? { head.host == nil ? tunnel?.port : head.port }

    /// Whether the request, the TLS and the tunnel around it name different hosts.
    package var hasHostMismatch: Bool {
        if let serverName, let named = head.host, named != serverName { return true }
        if let serverName, let tunnel, !tunnel.host.isAddress, tunnel.host != serverName { return true }
        if let named = head.host, let tunnel, !tunnel.host.isAddress, named != tunnel.host { return true }
        if let target = head.host, let field = head.hostField, target != field { return true }
        return false
    }
}
