internal import AppProtocols
internal import BasicContainers
internal import FlowTracking
internal import SecureTransport
internal import Wire

extension Session {
    /// Whether the flow table's guess of who is the client is still open.
    var mayBeReversed: Bool {
        guard context.facts?.midstream == true, !isReversed, context.isOutermost, !context.hasProxyHead else {
            return false
        }
        return phase == .probing || (phase == .http1 && isMidway && serverOctets < 8 << 20)
    }
}

extension SessionTracker where Consumer: ~Copyable {
    /// Reads client octets as the session's protocol.
    ///
    /// `depth` counts how often they were passed on within one chunk: twice a tunnel, and tunnels are limited.
    mutating func readClient(_ octets: Span<UInt8>, _ session: inout Session, depth: Int) {
        guard !octets.isEmpty else { return }
        guard depth < 4 * SessionLimits.maximumTunnelDepth else { return session.phase = .unread }
        switch session.phase {
        case .probing: probe(octets, &session, depth: depth)
        case .http1: readHTTP1(octets, &session, depth: depth)
        case .http2: readHTTP2(octets, &session)
        case .webSocket: readWebSocket(octets, &session)
        case .tls:
            guard session.pending != nil else { return readHello(octets, &session, depth: depth) }
            hold(.octets(Array(copying: octets)), octets: octets.count, &session)
        case .socks: readSOCKS(octets, &session, depth: depth)
        case .quic: break
        case .unread:
            if session.serverHello != nil, session.uncharged > SessionLimits.helloPatience { session.serverHello = nil }
        }
    }

    private mutating func probe(_ octets: Span<UInt8>, _ session: inout Session, depth: Int) {
        if session.context.proxyRest > 0 {
            let end = skipProxyHead(octets.count, &session)
            return readClient(octets.extracting(end..<octets.count), &session, depth: depth + 1)
        }
        if mayHaveProxyHead(session) { return probeProxyHead(octets, &session, depth: depth) }
        session.context.noteBeginning(octets, stamp)
        if session.probed.isEmpty, let spoken = ProtocolProbe.recognise(octets), spoken != .unrecognised {
            if spoken == .tls, keys == nil, let hello = TLSHandshakeReader.wholeClientHello(octets) {
                return judgeWhole(hello, &session)
            }
            begin(spoken, &session)
            return readClient(octets, &session, depth: depth + 1)
        }
        let known = session.probed.count
        session.probed.append(copying: octets)
        // Behind a proxy's head a stream is at its beginning, whatever the capture missed.
        let isMidstream =
            session.context.facts?.midstream == true && session.context.isOutermost && !session.context.hasProxyHead
        let spoken = ProtocolProbe.recognise(session.probed.span)
        // What a stream joined midway has said may be anybody's middle. Only TLS is waited for, six octets at most: the
        // parser of requests tells itself whether one begins.
        if spoken == nil, !isMidstream || TLSProbe.looksLikeClientHello(session.probed.span) == .needMore { return }
        let held = session.probed
        session.probed = []
        if let spoken, spoken != .unrecognised {
            begin(spoken, &session)
            return readClient(held.span, &session, depth: depth + 1)
        }
        guard isMidstream else { return begin(.unrecognised, &session) }
        // Requests are looked for where chunks begin: the chunks stay apart.
        joinMidway(&session)
        readClient(held.span.extracting(0..<known), &session, depth: depth + 1)
        readClient(octets, &session, depth: depth + 1)
    }

    /// Takes a proxy's head from the stream's beginning, if it has one; what follows is probed.
    private mutating func probeProxyHead(_ octets: Span<UInt8>, _ session: inout Session, depth: Int) {
        if session.probed.isEmpty, let end = takeProxyHead(octets, &session) {
            return readClient(octets.extracting(end..<octets.count), &session, depth: depth + 1)
        }
        session.context.noteBeginning(octets, stamp)
        session.probed.append(copying: octets)
        let held = session.probed
        guard let end = takeProxyHead(held.span, &session) else { return }
        session.probed = []
        readClient(held.span.extracting(end..<held.count), &session, depth: depth + 1)
    }

    /// Begins reading a protocol.
    mutating func begin(_ spoken: SpokenProtocol, _ session: inout Session) {
        session.isMidway = false
        switch spoken {
        case .http1:
            session.phase = .http1
            session.http1 = HTTP1Parser()
        case .http2:
            session.phase = .http2
            session.http2 = HTTP2Use(isMidway: false)
            session.responses = nil
            // The preface is no request's octet.
            session.context.began = nil
        case .tls:
            session.phase = .tls
            session.hello = TLSHandshakeReader(direction: .toServer)
            if session.serverHello == nil, session.serverOctets == 0 {
                session.serverHello = TLSHandshakeReader(direction: .toClient)
            }
        case .encrypted: giveUpTLS(&session)
        case .socks:
            session.phase = .socks
            session.socks = SOCKSReader()
        case .unrecognised: giveUp(&session)
        }
    }

    /// Stops reading; what a tunnel holds may still belong to a service.
    mutating func giveUp(_ session: inout Session) {
        session.phase = .unread
        session.serverHello = nil
        if let layer = session.context.layers.last, !session.context.isTunnelInside {
            session.earlyGreeting = layer.greeting
            judge(layer.hello, isEncrypted: true, .unknownProtocol, &session)
        } else if session.context.tunnel != nil {
            judge(nil, isEncrypted: false, .unknownProtocol, &session)
        }
    }

    /// Reads a stream whose beginning is not known: requests are looked for at the start of each chunk.
    private mutating func joinMidway(_ session: inout Session) {
        begin(.http1, &session)
        session.isMidway = true
        session.serverHello = nil
        session.http1 = HTTP1Parser(isMidway: true)
        counters.framingLosses += 1
    }

    /// Passes a hole in the client's direction on to what reads it.
    mutating func passClientGap(_ octets: Int, _ session: inout Session) {
        switch session.phase {
        case .probing:
            let held = session.probed
            session.probed = []
            session.context.hasNoProxyHead = true
            session.context.proxyRest = 0
            joinMidway(&session)
            readClient(held.span, &session, depth: 1)
            switch session.phase {
            case .http1: passHole(octets, &session)
            case .http2: passHTTP2Hole(octets, &session)
            case .probing, .webSocket, .tls, .quic, .socks, .unread: break
            }
        case .http1: passHole(octets, &session)
        case .http2: passHTTP2Hole(octets, &session)
        case .webSocket: passSocketHole(octets, &session)
        case .tls:
            guard session.pending == nil else {
                return hold(.hole(octets, session.holeLoss), octets: max(1, octets), &session)
            }
            session.hello?.gap(1)
            // With the random octets of half a hello, what follows the hole may be read.
            guard let partial = session.hello?.partialHello, keys?.source.secrets(of: partial.random) != nil else {
                return giveUpTLS(&session)
            }
            let level = session.secured.count
            awaitSecrets(partial, clientSkip: nil, &session)
            if session.pending != nil {
                hold(.hole(octets, session.holeLoss), octets: max(1, octets), &session)
            } else if session.secured.count > level {
                passClientGap(octets, &session, level: level)
            }
        case .socks:
            session.socks = nil
            giveUp(&session)
        case .quic, .unread: break
        }
    }

    /// Ends the client's direction: what it left incomplete is all that comes.
    mutating func finishClient(_ session: inout Session, orderly: Bool) {
        // What a proxy was sent too early may turn out to be a tunnel's content only now, and hold another tunnel.
        for _ in 0...(2 * SessionLimits.maximumTunnelDepth) {
            switch session.phase {
            case .http1:
                finishHTTP1(&session, orderly: orderly)
                guard session.http1?.hasSwitched == true, session.context.readsBehindSwitch else {
                    return withContext(&session) { tracker, _ in tracker.endRequest() }
                }
                leaveHTTP(&session, depth: 0)
            case .http2: return finishHTTP2(&session)
            case .webSocket:
                finishWebSocket(&session)
                return session.phase = .unread
            case .tls:
                session.hello?.gap(1)
                return giveUpTLS(&session)
            case .quic: return finishQUIC(&session)
            case .probing, .socks:
                if session.uncharged > 0 { return giveUp(&session) }
                return session.phase = .unread
            case .unread: return
            }
        }
    }

    /// Reads the server's octets as far as the client's need it: answers of proxies first, then the greeting.
    mutating func readServer(_ octets: Span<UInt8>, _ session: inout Session) {
        var offset = 0
        if session.socks != nil {
            if session.socks?.consumeAnswer(octets, from: &offset) == .needMore { return }
            if session.phase != .socks { session.socks = nil }
        }
        if session.responses != nil { readAnswers(octets, &session, from: &offset) }
        session.serverOctets += octets.count - offset
        guard offset < octets.count, session.responses == nil else { return }
        readServerHello(octets.extracting(offset..<octets.count), &session)
    }

    /// Turns a flow round in whose server's direction a request begins.
    mutating func reverseIfRequest(_ octets: Span<UInt8>, _ session: inout Session) {
        guard let facts = session.context.facts else { return }
        switch ProtocolProbe.recognise(octets) {
        case .http1, .http2, .tls: break
        case .encrypted, .socks, .unrecognised, nil: return
        }
        if session.phase == .http1 {
            // Nothing of what was taken for the client's is kept: it was unreadable, whole.
            finishHTTP1(&session, orderly: false)
            counters.unreadableOctets -= session.context.chargedOctets
        }
        counters.reversals += 1
        session.startOver()
        session.isReversed = true
        session.context.chargedOctets = 0
        session.context.clientOctets = 0
        session.context.facts = FlowFacts(
            client: facts.server,
            server: facts.client,
            transport: facts.transport,
            vlan: facts.vlan,
            first: PacketStamp(timestamp: facts.started, number: facts.firstPacket),
            midstream: true,
            salt: facts.id
        )
    }
}

extension Session {
    /// Client octets that stand in no counter yet.
    var uncharged: Int { context.clientOctets - context.chargedOctets }
}

extension SessionContext {
    /// Notes the packet in which a request begins; empty lines before it do not count.
    mutating func noteBeginning(_ octets: Span<UInt8>, _ stamp: PacketStamp) {
        guard began == nil else { return }
        for index in octets.indices where octets[index] != UInt8(ascii: "\r") && octets[index] != UInt8(ascii: "\n") {
            began = stamp
            return
        }
    }
}
