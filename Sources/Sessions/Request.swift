package import AppProtocols
package import FlowTracking
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

    /// The host that is meant: the request's own authority, else the tunnel's target, else the server's address.
    package var host: Hostname { head.host ?? tunnel?.host ?? Hostname(flow.server.address) }

    /// The port of the host that is meant, where the request or the tunnel names one.
    package var port: UInt16? { head.host == nil ? tunnel?.port : head.port }

    /// Whether the request and the tunnel around it name different hosts.
    package var hasHostMismatch: Bool {
        if let named = head.host, let tunnel, !tunnel.host.isAddress, named != tunnel.host { return true }
        if let target = head.host, let field = head.hostField, target != field { return true }
        return false
    }
}
