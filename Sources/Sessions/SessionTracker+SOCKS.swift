internal import AppProtocols
internal import FlowTracking
internal import Wire

extension SessionTracker where Consumer: ~Copyable {
    /// Reads a SOCKS negotiation; what follows its request is the tunnel's.
    mutating func readSOCKS(_ octets: Span<UInt8>, _ session: inout Session, depth: Int) {
        var offset = 0
        let step = session.socks?.consume(octets, from: &offset)
        counters.framingOctets += offset
        session.context.chargedOctets += offset
        switch step {
        case .needMore: break
        case .failed, nil:
            session.socks = nil
            giveUp(&session)
        case .target(let target):
            if session.socks?.answer != .needMore { session.socks = nil }
            // Unless it has been heard, the reader stays for the server's answer, which comes before the tunnel's octets.
            enterTunnel(Tunnel(host: target.host, port: target.port), &session)
            readClient(octets.extracting(offset..<octets.count), &session, depth: depth + 1)
        }
    }
}
