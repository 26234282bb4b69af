internal import AppProtocols
internal import FlowTracking
internal import SecureTransport
internal import Wire

extension SessionTracker where Consumer: ~Copyable {
    /// Reads the client's greeting.
    mutating func readHello(_ octets: Span<UInt8>, _ session: inout Session) {
        switch session.hello?.consume(octets) {
        case .needMore: if session.uncharged > SessionLimits.helloPatience { giveUpTLS(&session) }
        case .clientHello(let hello):
            counters.clientHellos += 1
            judge(hello, isEncrypted: true, &session)
        case .serverHello, .encrypted, .failed, nil: giveUpTLS(&session)
        }
    }

    /// Judges a greeting that came in one piece, as most do: no reader of it is needed.
    mutating func judgeWhole(_ hello: ClientHello, _ session: inout Session) {
        session.isMidway = false
        session.phase = .tls
        counters.clientHellos += 1
        judge(hello, isEncrypted: true, &session)
        guard session.context.connectionSlot != nil, session.serverOctets == 0, session.serverHello == nil else {
            return
        }
        session.serverHello = TLSHandshakeReader(direction: .toClient)
    }

    /// Stops reading a greeting that is damaged, has a hole or does not end.
    ///
    /// What has come of it may hold the server's name, and the tunnel's target may name the service.
    mutating func giveUpTLS(_ session: inout Session) {
        counters.unnamedConnections += 1
        judge(nil, isEncrypted: true, &session)
    }

    /// Judges a connection by its greeting: a service's is watched, any other is shunted.
    mutating func judge(_ hello: ClientHello?, isEncrypted: Bool, _ session: inout Session) {
        guard let facts = session.context.facts else { return }
        let partial = hello == nil ? session.hello?.partialHello : nil
        let tunnel = session.context.tunnel
        let hasName = hello?.serverName != nil || partial?.serverName != nil
        let connection = Connection(
            flow: facts,
            tunnel: tunnel,
            hello: hello,
            partialHello: partial,
            spoken: isEncrypted ? .tls : .unknown,
            names: hasName ? ResolvedNames() : resolved(facts, tunnel),
            named: stamp
        )
        session.context.connectionSlot = consumer.judge(connection)
        session.phase = .unread
        session.isEncrypted = isEncrypted
        session.hello = nil
        let early = session.earlyGreeting.take()
        guard let slot = session.context.connectionSlot else {
            session.serverHello = nil
            counters.shuntedConnections += 1
            return
        }
        if let early { consumer.serverGreeted(early, slot: slot) }
        if hello == nil, session.serverHello?.helloCount == 0, !isEncrypted { session.serverHello = nil }
    }

    /// Reads the server's greeting, for its version and protocol.
    ///
    /// It may come before the client's in the capture, and is then kept until the connection is judged.
    mutating func readServerHello(_ octets: Span<UInt8>, _ session: inout Session) {
        if session.phase == .probing, session.serverHello == nil, session.serverOctets == octets.count {
            session.serverHello = TLSHandshakeReader(direction: .toClient)
        }
        var offset = 0
        while offset < octets.count, session.serverHello != nil {
            switch session.serverHello?.consume(octets, from: &offset) {
            case .needMore, nil: break
            case .serverHello(let hello):
                if let slot = session.context.connectionSlot {
                    consumer.serverGreeted(hello, slot: slot)
                } else {
                    session.earlyGreeting = hello
                }
                if !hello.isHelloRetryRequest { session.serverHello = nil }
            case .clientHello, .encrypted, .failed: session.serverHello = nil
            }
        }
        // A greeting is the first that a server says.
        if session.serverOctets > SessionLimits.serverPatience { session.serverHello = nil }
    }
}
