internal import AppProtocols
internal import BasicContainers
package import FlowTracking
package import SecureTransport
package import Wire

/// Reads every flow's streams as the protocol they speak, and hands on what its consumer accepts.
///
/// One per worker, between the flow table and whoever knows the services. Ports decide nothing: the client's first
/// octets do, and again behind each CONNECT and each SOCKS request. The server's direction is read only as far as the
/// client's needs it.
package struct SessionTracker<Consumer: RequestConsumer & ~Copyable>: ~Copyable, FlowConsumer {
    /// What all sessions met.
    package var counters = SessionCounters()
    /// Secrets that have opened a record.
    package internal(set) var keysUsed = 0
    /// Where secrets of TLS are found; without one encrypted connections are named only.
    package var keys: KeyAccess?

    /// What DNS answers have told so far; whoever reads them teaches it.
    package var names: NameCache

    // The session whose chunk is being read has its context here while its parsers call back.
    var context = SessionContext()
    var stamp = PacketStamp(timestamp: Timestamp(nanoseconds: 0), number: 0)
    /// Why octets are lost that are reported as missing.
    var loss = BodyLoss.gap
    /// Memory of all connections of QUIC for what is not in order or not whole.
    package internal(set) var quicOctets = 0
    /// The most of that.
    package var quicOctetLimit = 64 << 20
    /// The bounds of each of them.
    package var quicLimits = QUICLimits()
    /// Ids that servers of QUIC have issued to their clients, until they are taken.
    var issuedIDs: [IssuedConnectionID] = []
    /// Octets of all flows that wait until their connection can be read.
    package internal(set) var heldOctets = 0
    /// Flows that have closed, whose secrets may still come.
    var closed = UniqueArray<ClosedFlow>()
    var closedAdditions = 0
    var closedReviewed = Timestamp(nanoseconds: 0)
    /// Flows that wait for their secrets, and of which too many do for them to be woken.
    package internal(set) var unlistedFlows = 0
    /// Flows that are open and wait for their secrets.
    var waiting = WaitingFlows()
    /// Octets behind a CONNECT, until they are read as the tunnel's.
    var behindSwitch: [UInt8] = []
    /// The size of a hole behind those.
    var holeBehindSwitch = 0

    /// The wanted streams of the HTTP/2 or HTTP/3 connection that is being read.
    var streams = StreamTable()
    /// The packets in which incomplete heads of that HTTP/3 connection have begun, by stream.
    var begunHeads: [UInt64: PacketStamp] = [:]
    /// The WebSocket that is being read.
    var socket: WebSocketState?

    // Last, since generic code reaches what stands behind a generic member only by asking for the type's layout.
    /// Who judges and receives.
    package var consumer: Consumer

    /// Tracks for `consumer`, remembers at most `names` names of addresses, and decrypts with the secrets of `keys`.
    package init(consumer: consuming Consumer, names: Int = 65_536, keys: KeyAccess? = nil) {
        self.consumer = consumer
        self.names = NameCache(limit: names)
        self.keys = keys
    }

    /// Declines at first sight what most flows are: TLS whose greeting names no service, and most UDP.
    ///
    /// Where secrets may be known, what a greeting names is not all that can be known of TLS.
    package mutating func glance(
        _ octets: Span<UInt8>,
        _ direction: Direction,
        _ facts: borrowing FlowFacts,
        at stamp: PacketStamp
    ) -> UInt64? {
        switch facts.transport {
        case .udp:
            if QUICProbe.mayBegin(octets), facts.server.port != NameReader.port { return nil }
            if mayBeNamed(facts) { return nil }
            let kind: SessionRemnant.Kind = facts.server.port == NameReader.port ? .names : .datagrams
            return SessionRemnant(settledOctets: 0, isReversed: false, kind: kind).rawValue
        case .tcp:
            guard keys == nil, direction == .toServer, TLSProbe.looksLikeClientHello(octets) == .yes,
                let name = TLSHandshakeReader.leadingServerName(octets), !consumer.mayServe(octets.extracting(name))
            else { return nil }
            let mayHide = TLSHandshakeReader.mayHideName(octets)
            if mayHide, hasServedName(facts) { return nil }
            if mayHide, consumer.mayServe(facts.server.address) { return nil }
            counters.clientHellos += 1
            counters.shuntedConnections += 1
            return SessionRemnant(settledOctets: 0, isReversed: false, kind: .encrypted).rawValue
        }
    }

    /// Begins a flow's session.
    package mutating func flowOpened(_ facts: borrowing FlowFacts, at stamp: PacketStamp) -> Session {
        Session(facts: copy facts)
    }

    /// Reads octets of a stream.
    package mutating func chunk(
        _ octets: Span<UInt8>,
        _ direction: Direction,
        _ session: inout Session,
        at stamp: PacketStamp
    ) -> Interest {
        self.stamp = stamp
        if session.mayBeReversed, direction == .toClient { reverseIfRequest(octets, &session) }
        switch session.isReversed ? direction.opposite : direction {
        case .toServer:
            session.context.clientOctets += octets.count
            decryptClient(octets, &session, level: 0)
        case .toClient:
            decryptServer(octets, &session, level: 0)
            endLate(&session)
        }
        return session.interest
    }

    /// Notes a hole in a stream; one of unknown size counts as one octet.
    package mutating func gap(
        _ octets: Int,
        reason: GapReason,
        _ direction: Direction,
        _ session: inout Session,
        at stamp: PacketStamp
    ) -> Interest {
        self.stamp = stamp
        counters.gaps += 1
        switch session.isReversed ? direction.opposite : direction {
        case .toServer:
            session.context.clientOctets += max(1, octets)
            loss = reason == .snaplen ? .snapLength : .gap
            session.holeLoss = loss
            passClientGap(octets, &session, level: 0)
            loss = .gap
        case .toClient:
            passServerGap(octets, &session, level: 0)
            endLate(&session)
        }
        return session.interest
    }

    /// Reads a datagram of QUIC; any other flow of UDP is judged by its first, if the web is served at its port.
    package mutating func datagram(
        _ octets: Span<UInt8>,
        missing: Int,
        _ direction: Direction,
        _ session: inout Session,
        at stamp: PacketStamp
    ) -> Interest {
        self.stamp = stamp
        return readDatagram(octets, missing: missing, direction, &session)
    }

    /// Ends one direction: the client's end completes what was being read.
    package mutating func streamEnded(
        _ direction: Direction,
        _ end: StreamEnd,
        _ session: inout Session,
        at stamp: PacketStamp
    ) {
        self.stamp = stamp
        guard (session.isReversed ? direction.opposite : direction) == .toServer else { return }
        // With secrets that may still come, what was sent is read before its end is told.
        guard session.pending?.waitsForSecrets != true else {
            session.parts?.lateEnd = end
            return
        }
        finishLayers(&session)
        finishClient(&session, orderly: end == .fin)
    }

    /// Passes on that what was accepted is still open.
    package mutating func flowReviewed(
        _ totals: FlowTotals,
        _ session: inout Session,
        at stamp: PacketStamp
    ) {
        self.stamp = stamp
        if let slot = session.context.requestSlot { consumer.requestReviewed(slot: slot, at: stamp) }
        if let state = session.webSocket?.state {
            consumer.requestReviewed(slot: state.opening, at: stamp)
            if let slot = state.message { consumer.requestReviewed(slot: slot, at: stamp) }
        }
        reviewStreams(&session)
        if let slot = session.context.connectionSlot {
            consumer.connectionReviewed(clientOctets: unchargedOctets(totals, session), slot: slot, at: stamp)
        }
    }

    /// Payload octets of the client that no request and no framing has been charged with.
    private func unchargedOctets(_ totals: FlowTotals, _ session: borrowing Session) -> Int {
        let client: Direction = session.isReversed ? .toClient : .toServer
        let octets = max(totals[client], session.context.clientOctets) + session.context.holeOctets
        return octets - session.context.chargedOctets
    }

    /// Gives up the session of a flow that is no longer read: what it still owes the counters fits into a word.
    package mutating func flowDeclined(
        _ totals: FlowTotals,
        _ session: consuming Session,
        at stamp: PacketStamp
    ) -> UInt64 {
        self.stamp = stamp
        var session = session
        finishLayers(&session)
        finishClient(&session, orderly: false)
        let uncharged = unchargedOctets(totals, session)
        let client: Direction = session.isReversed ? .toClient : .toServer
        counters.unsizedHoleOctets += max(0, session.context.clientOctets - totals[client])
        return SessionRemnant(
            settledOctets: totals[client] - uncharged,
            isReversed: session.isReversed,
            kind: kind(of: session)
        ).rawValue
    }

    /// Charges what a flow that is no longer read has brought since.
    package mutating func declinedFlowClosed(
        _ remnant: UInt64,
        _ totals: FlowTotals,
        _ end: FlowEnd,
        at stamp: PacketStamp
    ) {
        let remnant = SessionRemnant(rawValue: remnant)
        let client: Direction = remnant.isReversed ? .toClient : .toServer
        chargeServer(totals[client.opposite], of: remnant.kind)
        charge(max(0, totals[client] - remnant.settledOctets), to: remnant.kind)
    }

    /// Ends the flow: what is still open ends here, and what is not charged yet is charged.
    package mutating func flowClosed(
        _ totals: FlowTotals,
        _ session: consuming Session,
        _ end: FlowEnd,
        at stamp: PacketStamp
    ) {
        self.stamp = stamp
        var session = session
        settle(&session, isFinal: false)
        guard mayWaitClosed(session), end != .captureEnd else { return close(totals, session, end) }
        closed.append(ClosedFlow(totals: totals, end: end, session: session))
    }

    /// Ends a session for good.
    mutating func close(_ totals: FlowTotals, _ session: consuming Session, _ end: FlowEnd) {
        var session = session
        finishLayers(&session)
        finishClient(&session, orderly: end == .finished)
        let client: Direction = session.isReversed ? .toClient : .toServer
        counters.unsizedHoleOctets += max(0, session.context.clientOctets - totals[client])
        let octets = unchargedOctets(totals, session)
        let kind = kind(of: session)
        chargeServer(totals[client.opposite], of: kind)
        guard let slot = session.context.connectionSlot else { return charge(octets, to: kind) }
        counters.watchedOctets += octets
        consumer.connectionEnded(clientOctets: octets, slot: slot, at: stamp)
    }

    /// What the client's octets are that nothing else was charged with.
    private func kind(of session: borrowing Session) -> SessionRemnant.Kind {
        if session.isNameService { return .names }
        if session.context.facts?.transport == .udp { return session.isEncrypted ? .encrypted : .datagrams }
        if session.phase == .http1 { return .unreadable }
        return session.isEncrypted ? .encrypted : .unrecognised
    }

    private mutating func chargeServer(_ octets: Int, of kind: SessionRemnant.Kind) {
        if kind == .names { counters.nameServerOctets += octets } else { counters.serverOctets += octets }
    }

    private mutating func charge(_ octets: Int, to kind: SessionRemnant.Kind) {
        switch kind {
        case .datagrams: counters.datagramOctets += octets
        case .names: counters.nameOctets += octets
        case .unreadable: counters.unreadableOctets += octets
        case .encrypted: counters.shuntedOctets += octets
        case .unrecognised: counters.unrecognisedOctets += octets
        }
    }

    /// Notes a hole in the server's direction.
    mutating func passServerGap(_ octets: Int, _ session: inout Session) {
        session.responses?.gap(octets)
        session.socks?.gap(.toClient)
        // Behind a hole nothing tells where a greeting would begin.
        loseServerHello(&session)
        session.serverOctets = SessionLimits.serverPatience
    }

    /// Moves a session's context to where callbacks reach it, for the time of `body`.
    mutating func withContext(_ session: inout Session, _ body: (inout SessionTracker, inout Session) -> Void) {
        swap(&context, &session.context)
        body(&self, &session)
        swap(&context, &session.context)
    }
}
