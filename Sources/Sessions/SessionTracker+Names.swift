internal import FlowTracking
internal import SecureTransport
internal import Wire

/// Connections that say nothing of themselves, which DNS may name.
extension SessionTracker where Consumer: ~Copyable {
    /// The names in DNS of the address that a flow goes to, or that a tunnel in it does; none where the tunnel has a name.
    func resolved(_ facts: borrowing FlowFacts, _ tunnel: Tunnel?) -> ResolvedNames {
        var address = facts.server.address
        if let tunnel {
            guard tunnel.host.isAddress, let target = IPAddress(tunnel.host.description) else { return ResolvedNames() }
            address = target
        }
        return names.names(of: address, for: facts.client.address, at: facts.started)
    }

    /// Whether one of the names that DNS has for a flow's address may be a service's.
    mutating func hasServedName(_ facts: borrowing FlowFacts) -> Bool {
        let names = resolved(facts, nil)
        for name in names.asked + names.others {
            let octets = Array(name.description.utf8)
            if consumer.mayServe(octets.span) { return true }
        }
        return false
    }

    /// Whether DNS may say that a UDP flow goes to a service: the web is served at its port, and its address has names.
    func mayBeNamed(_ facts: borrowing FlowFacts) -> Bool {
        let port = facts.server.port
        guard port == 443 || port == 80 else { return false }
        return !resolved(facts, nil).isEmpty
    }

    /// Judges a UDP flow; what a server sends before its client is waited out.
    mutating func judgeDatagram(
        _ octets: Span<UInt8>,
        _ direction: Direction,
        _ session: inout Session
    ) -> Interest {
        guard session.phase != .unread else { return session.interest }
        guard let facts = session.context.facts, mayBeNamed(facts) else { return .none }
        guard direction == .toServer else { return .both }
        let connection = Connection(
            flow: facts,
            tunnel: nil,
            hello: nil,
            partialHello: nil,
            spoken: QUICProbe.hasLongHeader(octets) ? .quic : .unknown,
            unread: !QUICProbe.hasLongHeader(octets)
                ? .unknownProtocol : keys == nil ? .encrypted : QUICProbe.isKnown(octets) ? .midstream : .cipher,
            names: resolved(facts, nil),
            named: stamp
        )
        session.phase = .unread
        session.context.connectionSlot = consumer.judge(connection)
        return session.interest
    }
}
