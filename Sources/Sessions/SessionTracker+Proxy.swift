internal import AppProtocols
internal import FlowTracking
internal import Wire

extension SessionTracker where Consumer: ~Copyable {
    /// Whether a proxy may yet say, before anything else, whose connection it passes on.
    func mayHaveProxyHead(_ session: borrowing Session) -> Bool {
        session.context.isOutermost && session.context.chargedOctets == 0 && !session.context.hasProxyHead
            && !session.context.hasNoProxyHead
    }

    /// Takes a proxy's head from the first octets of a stream; nil when more of them are needed, else where it ends.
    ///
    /// What version 2 adds behind the addresses is passed over as it comes.
    mutating func takeProxyHead(_ octets: Span<UInt8>, _ session: inout Session) -> Int? {
        switch ProxyHead.verdict(octets) {
        case .needMore: return nil
        case .none:
            session.context.hasNoProxyHead = true
            return 0
        case .head(let head):
            session.context.hasProxyHead = true
            session.context.proxied = head.source?.address.unmapped
            session.context.began = nil
            let taken = min(head.length, octets.count)
            session.context.proxyRest = head.length - taken
            chargeProxyHead(taken, &session)
            return taken
        }
    }

    /// Passes over what is left of a proxy's head; gives where it ends.
    mutating func skipProxyHead(_ count: Int, _ session: inout Session) -> Int {
        let taken = min(session.context.proxyRest, count)
        session.context.proxyRest -= taken
        chargeProxyHead(taken, &session)
        return taken
    }

    private mutating func chargeProxyHead(_ octets: Int, _ session: inout Session) {
        counters.framingOctets += octets
        session.context.chargedOctets += octets
    }
}
