package import AppProtocols
internal import FlowTracking
internal import SecureTransport
internal import Wire

extension SessionTracker where Consumer: ~Copyable {
    /// Passes on that the wanted streams of a connection are still open.
    mutating func reviewStreams(_ session: inout Session) {
        for stream in (session.http2?.streams.all ?? []) + (session.http3?.streams.all ?? []) {
            if stream.isTunnel {
                consumer.connectionReviewed(clientOctets: stream.tunnelOctets, slot: stream.slot, at: stamp)
                continue
            }
            consumer.requestReviewed(slot: stream.slot, at: stamp)
            if let message = stream.socket?.state.message { consumer.requestReviewed(slot: message, at: stamp) }
        }
    }
}

/// What the parsers of HTTP/2 and HTTP/3 read, charged to requests and to counters like what the HTTP/1 parser reads.
extension SessionTracker: MultiplexedRequestSink where Consumer: ~Copyable {
    /// Asks whether the request's body is wanted.
    package mutating func requestOpened(_ head: consuming RequestHead, stream: UInt64) -> StreamDisposition {
        let number = context.requestCount
        let began = begunHeads.removeValue(forKey: stream) ?? context.began ?? stamp
        counters.requests += 1
        context.requestCount += 1
        context.began = nil
        guard let facts = context.facts else { return .skip }
        if head.isConnect { return openTunnel(head, facts) }
        let offered = WebSocketExtensions(head.values(of: "sec-websocket-extensions"))
        let opensWebSocket = head.opensWebSocket
        let request = request(head, of: facts, began: began, number: number)
        guard let slot = consumer.judge(request) else { return .skip }
        var use = StreamUse(slot: slot)
        if opensWebSocket {
            use.socket = WebSocketUse(WebSocketState(opening: slot, offered: offered, agreed: nil))
        }
        return .deliver(tag: streams.insert(use))
    }

    /// Watches a tunnel within a stream (RFC 9113 § 8.5, The CONNECT Method): its content is counted, not read.
    private mutating func openTunnel(_ head: borrowing RequestHead, _ facts: FlowFacts) -> StreamDisposition {
        guard let host = head.host else { return .skip }
        counters.tunnels += 1
        let tunnel = Tunnel(host: host, port: head.port ?? 0)
        let connection = Connection(
            flow: facts,
            tunnel: tunnel,
            hello: nil,
            partialHello: nil,
            spoken: .unknown,
            unread: .unknownProtocol,
            names: resolved(facts, tunnel),
            named: stamp,
            proxied: context.proxied
        )
        guard let slot = consumer.judge(connection) else { return .skip }
        var use = StreamUse(slot: slot)
        use.isTunnel = true
        return .deliver(tag: streams.insert(use))
    }

    /// Hands on octets of a body, or of what goes on in its place.
    package mutating func requestBody(_ octets: Span<UInt8>, tag: Int) {
        guard let use = streams[tag] else { return }
        if let socket = use.socket { return read(octets, socket) }
        if use.isTunnel { return watch(octets.count, tag) }
        counters.framingOctets -= octets.count
        counters.deliveredOctets += octets.count
        consumer.body(octets, slot: use.slot)
    }

    /// Hands on a hole in a body.
    package mutating func requestGap(octets: Int, isPlaced: Bool, tag: Int) {
        guard let use = streams[tag] else { return }
        if let socket = use.socket { return passHole(octets, isPlaced: isPlaced, socket) }
        if use.isTunnel { return watch(octets, tag) }
        lose(octets, loss, slot: use.slot)
    }

    /// Charges what of a head lay beyond its limit.
    package mutating func requestHeadLost(octets: Int, tag: Int) {
        guard let use = streams[tag], !use.isTunnel else { return }
        lose(octets, .headers, slot: use.slot)
    }

    /// Ends a request.
    package mutating func requestEnded(isComplete: Bool, tag: Int) {
        guard let use = streams.remove(tag) else { return }
        if let socket = use.socket {
            finish(socket)
        } else if use.isTunnel {
            consumer.connectionEnded(clientOctets: use.tunnelOctets, slot: use.slot, at: stamp)
        } else {
            consumer.requestEnded(isComplete ? .complete : .cutOff, slot: use.slot, at: stamp)
        }
    }

    /// Counts octets of bodies that nobody wanted.
    package mutating func bodiesSkipped(octets: Int) {
        bodySkipped(octets: octets)
    }

    /// Counts octets that belong to no wanted request.
    package mutating func framesUnreadable(octets: Int) {
        counters.framingOctets -= octets
        counters.unreadableOctets += octets
    }

    /// Counts a lost framing of HTTP/2, or a limit that bit.
    package mutating func framingFailed(_ error: HTTP2Error) {
        if error == .tooManyStreams { counters.streamsGivenUp += 1 } else { counters.framingLosses += 1 }
    }

    /// Counts a lost framing of HTTP/3, or a limit that bit.
    package mutating func framingFailed(_ error: HTTP3Error) {
        if error == .tooManyStreams { counters.http3StreamsGivenUp += 1 } else { counters.framingLosses += 1 }
    }

    private mutating func watch(_ octets: Int, _ tag: Int) {
        counters.framingOctets -= octets
        counters.watchedOctets += octets
        streams[tag]?.tunnelOctets += octets
    }
}
