package import AppProtocols
internal import FlowTracking
internal import SecureTransport
internal import Wire

/// What the HTTP parser reads, charged to requests and to counters.
///
/// All octets are charged as framing when they are given to the parser; each callback moves what it reports to where it
/// belongs.
extension SessionTracker: HTTP1RequestSink where Consumer: ~Copyable {
    /// Asks whether the request's body is wanted.
    package mutating func requestHead(_ head: consuming HTTP1RequestHead) -> HTTP1BodyDisposition {
        settleSwitch(by: head)
        let number = context.requestCount
        let began = context.began ?? stamp
        let maySwitch = head.maySwitchProtocols && !head.isTruncated
        counters.requests += 1
        context.requestCount += 1
        context.began = nil
        context.isBodyOver = false
        context.awaitsSwitch = maySwitch
        context.isPlain = !maySwitch
        context.isConnecting = maySwitch && head.isConnect
        context.offersHTTP2 = false
        context.opensWebSocket = false
        context.agreedExtensions = nil
        context.connectTarget = head.isConnect ? head.host.map { Tunnel(host: $0, port: head.port ?? 0) } : nil
        context.announced.append(head.method)
        guard !head.isConnect, let facts = context.facts else { return .skip }
        let general = RequestHead(head)
        if maySwitch {
            context.offersHTTP2 = general.offersHTTP2
            context.opensWebSocket = general.opensWebSocket
            context.offeredExtensions = WebSocketExtensions(general.values(of: "sec-websocket-extensions"))
        }
        let request = request(general, of: facts, began: began, number: number)
        context.requestSlot = consumer.judge(request)
        return context.requestSlot == nil ? .skip : .deliver
    }

    /// A request whose head has been read, with what is known of the streams around it.
    func request(
        _ head: consuming RequestHead,
        of facts: FlowFacts,
        began: PacketStamp,
        number: Int
    ) -> Request {
        let tunnel = context.tunnel
        let secure = context.layers.last
        let isTunnelInside = context.isTunnelInside
        let isNamed = head.host != nil || !isTunnelInside && secure?.hello.serverName != nil
        return Request(
            head: head,
            flow: facts,
            tunnel: tunnel,
            began: began,
            number: number,
            names: isNamed ? ResolvedNames() : resolved(facts, tunnel),
            secure: secure,
            proxied: context.proxied,
            isTunnelInside: isTunnelInside
        )
    }

    /// Decides what was awaited by the request that comes instead.
    ///
    /// Behind a CONNECT without an answer, a request for a path alone is meant for the tunnel's target; a proxy would
    /// be sent an absolute target, or another CONNECT.
    private mutating func settleSwitch(by head: borrowing HTTP1RequestHead) {
        if context.isConnecting, !head.isConnect, head.scheme == nil, context.awaitsSwitch {
            nest(context.connectTarget)
            context.tunnelsInPlace += 1
        }
        context.isConnecting = false
        endRequest()
    }

    /// Hands on body octets.
    package mutating func body(_ octets: Span<UInt8>) {
        guard let slot = context.requestSlot else { return bodySkipped(octets: octets.count) }
        counters.framingOctets -= octets.count
        counters.deliveredOctets += octets.count
        consumer.body(octets, slot: slot)
    }

    /// Counts body octets that nobody wanted.
    package mutating func bodySkipped(octets: Int) {
        counters.framingOctets -= octets
        counters.skippedBodyOctets += octets
    }

    /// Hands on a hole in a body.
    package mutating func bodyGap(octets: Int) {
        guard let slot = context.requestSlot else { return bodySkipped(octets: octets) }
        lose(octets, loss, slot: slot)
    }

    /// Ends the request, unless it waits for a protocol switch.
    package mutating func bodyEnded(_ end: HTTP1BodyEnd, trailers: borrowing HTTPFields) {
        context.isBodyOver = end == .complete
        if context.awaitsSwitch, context.isBodyOver { return }
        endRequest()
    }

    /// Keeps what follows a CONNECT, or an Upgrade to what is read here, for its own reading; else charges it as unread.
    package mutating func raw(_ octets: Span<UInt8>) {
        if context.readsBehindSwitch {
            uncharge(octets.count)
            behindSwitch.append(copying: octets)
        } else {
            loseBehindSwitch(octets.count, .protocolSwitched)
        }
    }

    /// Charges a hole behind a protocol switch, or leaves it to the reading of what is there.
    package mutating func rawGap(octets: Int) {
        guard context.readsBehindSwitch else { return loseBehindSwitch(octets, loss) }
        uncharge(octets)
        holeBehindSwitch += octets
    }

    /// Charges octets whose framing is lost to the request they fell into, else counts them.
    package mutating func unreadable(octets: Int, reason: HTTP1Loss) {
        if let slot = context.requestSlot {
            return lose(octets, reason == .headers ? .headers : reason == .malformed ? .damaged : loss, slot: slot)
        }
        counters.framingOctets -= octets
        counters.unreadableOctets += octets
    }

    /// Counts a lost framing.
    package mutating func failed(_ error: HTTP1Error) {
        counters.framingLosses += 1
    }

    /// Ends the request that is open, if one is.
    mutating func endRequest() {
        context.awaitsSwitch = false
        guard let slot = context.requestSlot else { return }
        context.requestSlot = nil
        consumer.requestEnded(context.isBodyOver ? .complete : .cutOff, slot: slot, at: stamp)
    }

    /// Notes that what follows is a tunnel's content.
    mutating func nest(_ target: Tunnel?) {
        counters.tunnels += 1
        context.tunnelDepth += 1
        if let target { context.tunnel = target }
    }

    /// Tells a request that octets of it are lost.
    mutating func lose(_ octets: Int, _ loss: BodyLoss, slot: Int) {
        guard octets > 0 else { return }
        counters.framingOctets -= octets
        counters.lostOctets += octets
        consumer.bodyLost(octets, loss, slot: slot)
    }

    private mutating func loseBehindSwitch(_ octets: Int, _ loss: BodyLoss) {
        if let slot = context.requestSlot { return lose(octets, loss, slot: slot) }
        counters.framingOctets -= octets
        counters.unrecognisedOctets += octets
    }

    /// Leaves octets to be charged by what reads them next, or at the end.
    private mutating func uncharge(_ octets: Int) {
        counters.framingOctets -= octets
        context.chargedOctets -= octets
    }
}
