internal import AppProtocols
internal import BasicContainers
internal import FlowTracking
internal import SecureTransport
internal import Wire

extension SessionTracker where Consumer: ~Copyable {
    /// Reads the client's greeting.
    ///
    /// Without a source of secrets it is all that is read of the connection.
    mutating func readHello(_ octets: Span<UInt8>, _ session: inout Session, depth: Int) {
        var offset = 0
        switch session.hello?.consume(octets, from: &offset) {
        case .needMore: if session.uncharged > SessionLimits.helloPatience { giveUpTLS(&session) }
        case .clientHello(let hello):
            counters.clientHellos += 1
            guard keys != nil, session.secured.count < SessionLimits.maximumLayers else {
                return judge(hello, isEncrypted: true, keys == nil ? .encrypted : .noKey, &session)
            }
            let level = session.secured.count
            awaitSecrets(hello, clientSkip: session.hello?.recordRemaining ?? 0, &session)
            let rest = octets.extracting(offset..<octets.count)
            if session.secured.count > level {
                decryptClient(rest, &session, level: level)
            } else {
                readClient(rest, &session, depth: depth + 1)
            }
        case .serverHello, .encrypted, .failed, nil: giveUpTLS(&session)
        }
    }

    /// Judges a greeting that came in one piece, as most do: no reader of it is needed.
    mutating func judgeWhole(_ hello: ClientHello, _ session: inout Session) {
        session.isMidway = false
        session.phase = .tls
        counters.clientHellos += 1
        judge(hello, isEncrypted: true, .encrypted, &session)
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
        judge(nil, isEncrypted: true, keys == nil ? .encrypted : .midstream, &session)
    }

    /// What is known of a connection that cannot be read; nil while its facts are elsewhere.
    func connection(_ hello: ClientHello?, _ unread: Unread, _ session: inout Session) -> Connection? {
        guard let facts = session.context.facts else { return nil }
        let partial = hello == nil ? session.hello?.partialHello : nil
        let tunnel = session.context.tunnel
        let known = hello ?? partial
        // The name of a hello with an encrypted one inside may be that of whoever holds the keys for many.
        let hasName = known?.serverName != nil && known?.hasECH != true
        return Connection(
            flow: facts,
            tunnel: tunnel,
            hello: hello,
            partialHello: partial,
            spoken: session.quic != nil ? .quic : unread != .unknownProtocol || hello != nil ? .tls : .unknown,
            unread: unread,
            names: hasName ? ResolvedNames() : resolved(facts, tunnel),
            named: stamp,
            proxied: session.context.proxied
        )
    }

    /// Judges a connection by its greeting: a service's is watched, any other is shunted.
    mutating func judge(_ hello: ClientHello?, isEncrypted: Bool, _ unread: Unread, _ session: inout Session) {
        guard let connection = connection(hello, unread, &session) else { return }
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
                if session.pending != nil {
                    if !hello.isHelloRetryRequest { greet(hello, octets, &offset, &session) }
                } else if let slot = session.context.connectionSlot {
                    consumer.serverGreeted(hello, slot: slot)
                } else {
                    session.earlyGreeting = hello
                }
                if !hello.isHelloRetryRequest { session.serverHello = nil }
            case .clientHello, .encrypted, .failed: loseServerHello(&session)
            }
        }
        // A greeting is the first that a server says.
        if session.serverOctets > SessionLimits.serverPatience { loseServerHello(&session) }
    }

    /// Takes the greeting that a connection waits for, and reads what the server said behind it.
    private mutating func greet(
        _ hello: ServerHello,
        _ octets: Span<UInt8>,
        _ offset: inout Int,
        _ session: inout Session
    ) {
        let remaining = session.serverHello?.recordRemaining
        session.pending?.greeting = hello
        session.pending?.serverSkip = remaining
        session.serverHello = nil
        let level = session.secured.count
        settle(&session, isFinal: false)
        if session.secured.count > level {
            decryptServer(octets.extracting(offset..<octets.count), &session, level: level)
        } else {
            // What is not read now cannot be read on from here.
            session.pending?.serverSkip = nil
        }
        offset = octets.count
    }

    /// Notes that no greeting of the server's will be found.
    mutating func loseServerHello(_ session: inout Session) {
        session.serverHello = nil
        guard session.pending?.greeting == nil, session.pending?.isGreetingLost == false else { return }
        session.pending?.isGreetingLost = true
        settle(&session, isFinal: false)
    }
}
