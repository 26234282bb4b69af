internal import FlowTracking
internal import SecureTransport
internal import Wire

/// Connections of QUIC, from their first datagram to what they turn out to be.
///
/// The greetings are read without any secret. With a source of secrets the connection then waits for its own like TLS does,
/// and what comes of it is read as streams.
extension SessionTracker where Consumer: ~Copyable {
    /// Reads a datagram of a UDP flow.
    mutating func readDatagram(
        _ octets: Span<UInt8>,
        missing: Int,
        _ direction: Direction,
        _ session: inout Session
    ) -> Interest {
        if session.phase == .probing {
            guard QUICProbe.mayBegin(octets), !session.isNameService else {
                return judgeDatagram(octets, direction, &session)
            }
            session.phase = .quic
            session.quic = QUICUse()
        }
        guard let use = session.quic else { return judgeDatagram(octets, direction, &session) }
        if session.phase == .unread {
            readGreeting(octets, direction, use, &session)
        } else {
            readQUIC(octets, missing: missing, direction, use, &session)
        }
        account(&session, use)
        return session.interest
    }

    /// Keeps the sum of what connections hold, and makes room where it is too large.
    private mutating func account(_ session: inout Session, _ use: QUICUse) {
        let held = session.quic == nil ? 0 : use.heldOctets
        quicOctets += held - use.accounted
        use.accounted = held
        guard quicOctets > quicOctetLimit, held > 0 else { return }
        if use.session != nil {
            use.session?.press()
            advanceQUIC(use, &session)
        } else if session.pending == nil {
            giveUpQUIC(&session)
        }
        let left = session.quic == nil ? 0 : use.heldOctets
        quicOctets += left - use.accounted
        use.accounted = left
    }

    // MARK: Greetings

    private mutating func readQUIC(
        _ octets: Span<UInt8>,
        missing: Int,
        _ direction: Direction,
        _ use: QUICUse,
        _ session: inout Session
    ) {
        if use.random.isEmpty {
            use.ungreetedDatagrams += 1
            guard use.ungreetedDatagrams <= SessionLimits.ungreetedDatagrams else { return giveUpQUIC(&session) }
        }
        // Short headers carry no greeting.
        let isOpened = octets.count > 0 && octets[0] & 0x80 != 0 && use.hello.read(octets, direction)
        guard let clientDirection = use.hello.clientDirection else {
            keepEarly(octets, missing: missing, direction, use, &session)
            return
        }
        if use.beginnings == 0 {
            use.beginnings = use.hello.beginnings
            use.sourceLength = QUICUse.sourceLength(of: octets)
            if clientDirection == .toClient { turnRound(&session) }
            // What came before may hold the rest of the greeting.
            for early in use.early { _ = use.hello.read(early.datagram.octets.span, early.direction) }
        } else if use.beginnings != use.hello.beginnings, isOpened {
            use.beginnings = use.hello.beginnings
            use.sourceLength = QUICUse.sourceLength(of: octets)
            use.isGreeted = false
        }
        if !use.isGreeted, let hello = use.hello.clientHello {
            use.isGreeted = true
            if hello.random != use.random { begin(hello, use, &session) }
        }
        if isOpened, let greeting = use.hello.serverHello, !session.context.layers.isEmpty {
            session.context.layers[0].greeting = session.context.layers[0].greeting ?? greeting
        }
        take(octets, missing: missing, isClient: direction == clientDirection, use, &session)
    }

    /// Keeps a datagram until it is known who the client is; gives up when there are too many.
    private mutating func keepEarly(
        _ octets: Span<UInt8>,
        missing: Int,
        _ direction: Direction,
        _ use: QUICUse,
        _ session: inout Session
    ) {
        // Without a source of secrets the greeting is all that is read, and what there is of it has been taken.
        if keys == nil, use.hello.clientDirection != nil { return }
        let count = use.early.count
        guard count < SessionLimits.earlyDatagrams, use.earlyOctets + octets.count <= SessionLimits.earlyOctets else {
            return giveUpQUIC(&session)
        }
        let datagram = QUICDatagram(octets: Array(copying: octets), missing: missing, isClient: direction == .toServer)
        use.early.append((datagram, direction))
        use.earlyOctets += octets.count
    }

    /// Exchanges the ends of a flow whose first datagram in the capture was the server's.
    private mutating func turnRound(_ session: inout Session) {
        guard let facts = session.context.facts else { return }
        counters.reversals += 1
        session.isReversed = true
        session.context.facts = FlowFacts(
            client: facts.server,
            server: facts.client,
            transport: facts.transport,
            vlan: facts.vlan,
            first: PacketStamp(timestamp: facts.started, number: facts.firstPacket),
            midstream: false,
            salt: facts.id
        )
    }

    /// Begins a connection whose client's greeting is whole; one before it between the same ends is over.
    private mutating func begin(_ hello: ClientHello, _ use: QUICUse, _ session: inout Session) {
        if !use.random.isEmpty { endQUIC(use, &session) }
        // A connection that is over may have been given up as a whole.
        guard session.phase == .quic else { return }
        use.random = hello.random
        counters.clientHellos += 1
        guard keys != nil else { return judgeQUIC(hello, .encrypted, use, &session) }
        session.pending = PendingTLS(hello: hello, helloOctets: 0, clientSkip: nil, since: stamp.timestamp)
        session.pending?.isGreetingLost = true
        use.heldServerOctets = 0
        let early = use.early
        use.early = []
        use.earlyOctets = 0
        for (datagram, direction) in early {
            let isClient = direction == use.hello.clientDirection
            take(datagram.octets.span, missing: datagram.missing, isClient: isClient, use, &session)
        }
        settle(&session, isFinal: false)
    }

    /// Judges a connection that is not read; the server's greeting may still tell something.
    private mutating func judgeQUIC(_ hello: ClientHello?, _ reason: Unread, _ use: QUICUse, _ session: inout Session) {
        use.early = []
        use.earlyOctets = 0
        judge(hello, isEncrypted: true, reason, &session)
        use.session = nil
        guard let slot = session.context.connectionSlot, hello != nil else { return drop(use, &session) }
        guard let greeting = use.hello.serverHello, !greeting.isHelloRetryRequest else { return }
        consumer.serverGreeted(greeting, slot: slot)
        drop(use, &session)
    }

    /// Stops reading a connection whose greeting cannot be read.
    private mutating func giveUpQUIC(_ session: inout Session) {
        guard let use = session.quic, let facts = session.context.facts else { return }
        // Where nothing proved to be QUIC, it is UDP like any other.
        guard use.hello.clientDirection != nil || mayBeNamed(facts) else {
            session.phase = .unread
            return drop(use, &session)
        }
        let isKnown =
            use.hello.clientDirection != nil || use.early.contains { QUICProbe.isKnown($0.datagram.octets.span) }
        counters.unnamedConnections += 1
        judgeQUIC(use.hello.clientHello, keys == nil ? .encrypted : isKnown ? .midstream : .cipher, use, &session)
    }

    /// Looks for the server's greeting of a connection that is watched.
    private mutating func readGreeting(
        _ octets: Span<UInt8>,
        _ direction: Direction,
        _ use: QUICUse,
        _ session: inout Session
    ) {
        guard let slot = session.context.connectionSlot, let clientDirection = use.hello.clientDirection else {
            return session.quic = nil
        }
        guard direction != clientDirection else { return }
        use.greetingDatagrams -= 1
        _ = use.hello.read(octets, direction)
        if let greeting = use.hello.serverHello, !greeting.isHelloRetryRequest {
            consumer.serverGreeted(greeting, slot: slot)
            session.quic = nil
        } else if use.greetingDatagrams == 0 {
            session.quic = nil
        }
    }

    // MARK: Streams

    /// Takes a datagram of a connection whose client is known.
    private mutating func take(
        _ octets: Span<UInt8>,
        missing: Int,
        isClient: Bool,
        _ use: QUICUse,
        _ session: inout Session
    ) {
        if session.pending != nil {
            return holdQUIC(octets, missing: missing, isClient: isClient, use, &session)
        }
        guard session.phase == .quic else { return }
        guard use.session != nil else {
            // The greeting is not whole.
            let direction = use.hello.clientDirection ?? .toServer
            return keepEarly(octets, missing: missing, isClient ? direction : direction.opposite, use, &session)
        }
        feedQUIC(octets, missing: missing, isClient: isClient, use, &session)
    }

    private mutating func holdQUIC(
        _ octets: Span<UInt8>,
        missing: Int,
        isClient: Bool,
        _ use: QUICUse,
        _ session: inout Session
    ) {
        if !isClient {
            guard use.heldServerOctets + octets.count <= SessionLimits.heldServerOctets else {
                return settle(&session, isFinal: false)
            }
            use.heldServerOctets += octets.count
        }
        let datagram = QUICDatagram(octets: Array(copying: octets), missing: missing, isClient: isClient)
        hold(.datagram(datagram), octets: octets.count, &session)
    }

    /// Begins to read a connection, or gives it up: all is known of it that will be.
    mutating func openQUIC(_ pending: PendingTLS, _ keys: KeyAccess, _ session: inout Session) {
        guard let use = session.quic else { return }
        guard pending.hello.offersHTTP3 else { return judgeQUIC(pending.hello, .unknownProtocol, use, &session) }
        do throws(TLSSessionError) {
            use.session = try QUICSession(
                hello: pending.hello,
                greeting: use.hello.serverHello,
                source: keys.source,
                versions: use.hello.versions,
                sourceLength: use.sourceLength,
                limits: quicLimits
            )
        } catch {
            return judgeQUIC(pending.hello, Unread(error.loss), use, &session)
        }
        if let connection = connection(pending.hello, .noKey, &session) {
            use.isWatched = consumer.isWatched(connection)
        }
        session.context.layers = [
            SecureLayer(hello: pending.hello, greeting: use.hello.serverHello, tunnelDepth: 0, transport: .quic)
        ]
        for piece in pending.pieces {
            guard case .datagram(let datagram) = piece else { continue }
            // Given up meanwhile, it is only counted.
            guard session.phase == .quic, use.session != nil else { return }
            feedQUIC(
                datagram.octets.span,
                missing: datagram.missing,
                isClient: datagram.isClient,
                use,
                &session
            )
        }
    }

    private mutating func feedQUIC(
        _ octets: Span<UInt8>,
        missing: Int,
        isClient: Bool,
        _ use: QUICUse,
        _ session: inout Session
    ) {
        if isClient, missing > 0 {
            // What is cut off cannot be proven, so nothing of it is read.
            session.holeLoss = .snapLength
            let cut = min(missing, 1 << 17)
            counters.unreadableOctets += cut
            session.context.chargedOctets += cut
        }
        use.session?.take(octets, isClient ? .toServer : .toClient)
        advanceQUIC(use, &session)
        use.needsServer = use.session?.needsServer ?? false
    }

    /// Has everything done that a connection has to tell.
    private mutating func advanceQUIC(_ use: QUICUse, _ session: inout Session) {
        guard var quic = use.session.take() else { return }
        let used = quic.usedSecrets
        var unread: Unread?
        while unread == nil {
            let step = quic.next()
            if step == .needMore { break }
            switch step {
            case .needMore: break
            case .stream(let id):
                if quic.isServerKnown, !use.isServerNoted {
                    use.isServerNoted = true
                    noteServer(quic, &session)
                    if let alpn = quic.serverALPN, !ClientHello.isHTTP3(alpn) { unread = .unknownProtocol }
                }
                readHTTP3(quic.content, stream: id, &session)
            case .learned(let id): learnHTTP3(quic.content, stream: id, &session)
            case .issued: noteIssued(quic.content, session)
            case .hole(let id, let octets): passQUICHole(octets, stream: id, &session)
            case .ended(let id, let isComplete): endHTTP3Stream(id, isComplete: isComplete, &session)
            case .overhead(let octets): chargeFraming(octets, &session)
            case .lost(let octets, _): chargeUnreadable(octets, &session)
            case .refused(let octets):
                counters.quicStreamsGivenUp += 1
                chargeUnreadable(octets, &session)
            case .restarted: finishHTTP3(&session)
            case .failed(let reason): unread = Unread(reason)
            }
        }
        keysUsed += quic.usedSecrets - used
        guard let unread else { return use.session = consume quic }
        let hello = session.context.layers.first?.hello
        finishHTTP3(&session)
        session.context.layers = []
        judgeQUIC(hello, unread, use, &session)
    }

    /// Keeps an id by which a server can be reached, for whoever knows where flows go.
    private mutating func noteIssued(_ id: Span<UInt8>, _ session: borrowing Session) {
        guard issuedIDs.count < SessionLimits.issuedIDs, let facts = session.context.facts else { return }
        issuedIDs.append(IssuedConnectionID(octets: Array(copying: id), server: facts.server, flow: facts.key))
    }

    private mutating func passQUICHole(_ octets: Int, stream: UInt64, _ session: inout Session) {
        counters.gaps += 1
        counters.quicHoles += 1
        counters.quicHoleOctets += octets
        session.context.holeOctets += octets
        loss = session.holeLoss
        passHTTP3Hole(octets, stream: stream, &session)
        loss = .gap
    }

    private mutating func chargeUnreadable(_ octets: Int, _ session: inout Session) {
        counters.unreadableOctets += octets
        session.context.chargedOctets += octets
    }

    private func noteServer(_ quic: borrowing QUICSession, _ session: inout Session) {
        guard !session.context.layers.isEmpty, let alpn = quic.serverALPN else { return }
        session.context.layers[0].serverALPN = alpn
    }

    // MARK: Ends

    /// Ends a connection, so that another may begin between the same ends.
    private mutating func endQUIC(_ use: QUICUse, _ session: inout Session) {
        if session.pending != nil { settle(&session, isFinal: true) }
        guard session.phase == .quic, use.session != nil else { return }
        use.session?.finish()
        advanceQUIC(use, &session)
        guard session.phase == .quic else { return }
        finishHTTP3(&session)
        use.session = nil
        use.isServerNoted = false
        use.needsServer = true
        session.context.layers = []
    }

    /// Ends a connection with its flow.
    mutating func finishQUIC(_ session: inout Session) {
        guard let use = session.quic else { return session.phase = .unread }
        if use.session == nil { giveUpQUIC(&session) } else { endQUIC(use, &session) }
        session.phase = .unread
        drop(use, &session)
    }

    /// Forgets a connection, and what was counted for it.
    private mutating func drop(_ use: QUICUse, _ session: inout Session) {
        session.quic = nil
        quicOctets -= use.accounted
        use.accounted = 0
    }
}

extension QUICUse {
    /// The length of the sender's own id in the long header that a datagram begins with.
    static func sourceLength(of octets: Span<UInt8>) -> Int {
        (try? QUICPacketHeader(octets))?.source.count ?? 0
    }
}

extension ClientHello {
    /// Whether HTTP/3 is among the protocols that the client offers.
    var offersHTTP3: Bool { alpn.contains { ClientHello.isHTTP3($0) } }

    /// Whether a protocol of ALPN is HTTP/3, a draft of it included.
    static func isHTTP3(_ name: String) -> Bool { name == "h3" || name.hasPrefix("h3-") }
}
