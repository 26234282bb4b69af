internal import AppProtocols
internal import FlowTracking
internal import SecureTransport
internal import Wire

extension SessionTracker where Consumer: ~Copyable {
    /// Reads client octets as HTTP/1 requests.
    mutating func readHTTP1(_ octets: Span<UInt8>, _ session: inout Session, depth: Int) {
        // No callbacks then, for whose time the session's context would have to be moved.
        if let disposition = session.http1?.passBody(octets.count) { return passBody(octets, disposition, &session) }
        if session.isMidway, leaveMidway(octets, &session) { return readClient(octets, &session, depth: depth + 1) }
        callParser(&session, charging: octets.count) { tracker, session in session.http1?.consume(octets, &tracker) }
        if session.context.requestCount > session.followedRequests { followRequests(&session) }
        if session.http1?.hasSwitched == true { return leaveHTTP(&session, depth: depth) }
        noteHead(&session)
        if session.isMidway, session.context.clientOctets > SessionLimits.midstreamPatience {
            finishHTTP1(&session, orderly: false)
            session.isMidway = false
            session.phase = .unread
        }
    }

    /// Charges octets all of which are body, and hands them on if they are wanted.
    private mutating func passBody(
        _ octets: Span<UInt8>,
        _ disposition: HTTP1BodyDisposition,
        _ session: inout Session
    ) {
        session.context.chargedOctets += octets.count
        guard disposition == .deliver, let slot = session.context.requestSlot else {
            counters.skippedBodyOctets += octets.count
            return
        }
        counters.deliveredOctets += octets.count
        consumer.body(octets, slot: slot)
    }

    /// Tells the parser of a hole; 0 octets are of unknown size, and charged as one.
    mutating func passHole(_ octets: Int, _ session: inout Session) {
        callParser(&session, charging: max(1, octets)) { tracker, session in session.http1?.gap(octets, &tracker) }
        if session.context.requestCount > session.followedRequests { followRequests(&session) }
        if session.http1?.hasSwitched == true { return leaveHTTP(&session, depth: 0) }
        noteHead(&session)
    }

    /// Tells the parser that the client's stream is over.
    mutating func finishHTTP1(_ session: inout Session, orderly: Bool) {
        callParser(&session, charging: 0) { tracker, session in session.http1?.finish(orderly: orderly, &tracker) }
    }

    /// Has the parser called with octets that are charged as framing, until its callbacks say what else they are.
    private mutating func callParser(
        _ session: inout Session,
        charging octets: Int,
        _ call: (inout SessionTracker, inout Session) -> Void
    ) {
        counters.framingOctets += octets
        session.context.chargedOctets += octets
        withContext(&session, call)
    }

    /// Notes the packet in which a head has begun that is not over yet.
    ///
    /// One that is whole in its chunk began with it, and takes the present packet.
    private mutating func noteHead(_ session: inout Session) {
        guard session.http1?.isWithinHead == true else { return session.context.began = nil }
        if session.context.began == nil { session.context.began = stamp }
    }

    /// Lets a stream that was joined midway be TLS or HTTP/2 after all; true when it has left HTTP.
    private mutating func leaveMidway(_ octets: Span<UInt8>, _ session: inout Session) -> Bool {
        guard session.http1?.isWithinHead == false else { return false }
        let spoken: SpokenProtocol
        switch TLSProbe.looksLikeClientHello(octets) {
        case .yes: spoken = .tls
        case .encryptedMidstream: spoken = .encrypted
        case .no, .needMore:
            guard HTTP2Probe.isMidstreamRequest(octets) else { return false }
            spoken = .http2
        }
        session.http1 = nil
        session.context.startOver()
        begin(spoken, &session)
        if spoken == .http2 {
            session.http2 = HTTP2Use(isMidway: true)
            session.isMidway = true
        }
        return true
    }

    /// Sees, after new requests, that answers are read while one of them is awaited, and no longer.
    private mutating func followRequests(_ session: inout Session) {
        session.followedRequests = session.context.requestCount
        session.isMidway = false
        defer { session.context.announced.removeAll(keepingCapacity: true) }
        session.unansweredTunnels += session.context.tunnelsInPlace
        session.context.tunnelsInPlace = 0
        guard session.unansweredTunnels == 0 else { return }
        guard !session.context.isPlain else { return session.responses = nil }
        if session.responses == nil {
            session.responses = HTTP1ResponseReader()
            session.context.announcedCount = 0
        }
        for method in session.context.announced { session.responses?.expect(method: method) }
        session.context.announcedCount += session.context.announced.count
    }

    /// Reads the server's answers, which decide whether a CONNECT or an Upgrade leaves HTTP.
    mutating func readAnswers(_ octets: Span<UInt8>, _ session: inout Session, from offset: inout Int) {
        while let answer = session.responses?.next(in: octets, from: &offset) {
            if session.unansweredTunnels > 0 {
                passAnswer(answer, &session)
                continue
            }
            // Answers to earlier requests decide nothing.
            guard let request = answer.request, request >= session.context.announcedCount - 1 else { continue }
            guard session.http1?.isAwaitingSwitch == true else { continue }
            guard answer.switchesProtocols else {
                refuseSwitch(&session)
                continue
            }
            session.responses = nil
            session.context.agreedExtensions = answer.webSocketExtensions
            session.http1?.switchProtocols()
            if session.http1?.hasSwitched == true { leaveHTTP(&session, depth: 0) }
            return
        }
        // A reader that is out of step can tell nothing any more; then the client's octets decide.
        if session.responses?.isInStep == false {
            session.responses = nil
            session.unansweredTunnels = 0
        }
    }

    /// Takes the answer to a tunnel that was entered on the client's word.
    private mutating func passAnswer(_ answer: HTTP1Answer, _ session: inout Session) {
        session.responses = nil
        session.unansweredTunnels = answer.switchesProtocols ? session.unansweredTunnels - 1 : 0
        guard session.unansweredTunnels > 0 || session.http1?.isAwaitingSwitch == true else { return }
        session.responses = HTTP1ResponseReader()
        let isConnect = session.unansweredTunnels > 0 || session.context.isConnecting
        session.responses?.expect(method: isConnect ? "CONNECT" : "GET")
        session.context.announcedCount = 1
    }

    private mutating func refuseSwitch(_ session: inout Session) {
        session.http1?.refuseSwitch()
        // Behind a CONNECT that was refused another is to be expected, and its answer.
        if !session.context.isConnecting { session.responses = nil }
        session.context.awaitsSwitch = false
        session.context.isConnecting = false
        if session.context.isBodyOver { withContext(&session) { tracker, _ in tracker.endRequest() } }
    }

    /// Ends HTTP/1 on this stream: behind CONNECT the content is probed anew, behind Upgrade it is read as HTTP/2 or as a
    /// WebSocket if it was to become that, and else not read.
    mutating func leaveHTTP(_ session: inout Session, depth: Int) {
        // What the parser still holds came before the answer, and belongs to what follows.
        finishHTTP1(&session, orderly: false)
        let held = behindSwitch
        let hole = holeBehindSwitch
        behindSwitch = []
        holeBehindSwitch = 0
        if session.context.opensWebSocket, let opening = session.context.requestSlot {
            enterWebSocket(opening, &session)
            readClient(held.span, &session, depth: depth + 1)
            if hole > 0 { passClientGap(hole, &session) }
            return
        }
        if session.context.offersHTTP2 {
            withContext(&session) { tracker, _ in tracker.endRequest() }
            session.startOver()
            session.responses = nil
            readClient(held.span, &session, depth: depth + 1)
            if hole > 0 { passClientGap(hole, &session) }
            return
        }
        guard session.context.isConnecting else {
            // As long as a request is charged with it the parser goes on, which tells holes from octets.
            if session.context.requestSlot == nil { session.phase = .unread }
            return
        }
        let began = held.isEmpty ? nil : session.context.began
        if session.responses != nil { session.unansweredTunnels += 1 }
        enterTunnel(session.context.connectTarget, &session)
        session.context.began = began
        readClient(held.span, &session, depth: depth + 1)
        if hole > 0 { passClientGap(hole, &session) }
    }

    /// Goes on with the messages of a WebSocket; the request that opened it stays open around them.
    private mutating func enterWebSocket(_ opening: Int, _ session: inout Session) {
        let state = WebSocketState(
            opening: opening,
            offered: session.context.offeredExtensions,
            agreed: session.context.agreedExtensions
        )
        session.context.requestSlot = nil
        session.startOver()
        session.responses = nil
        session.webSocket = WebSocketUse(state)
        session.phase = .webSocket
    }

    /// Goes on within a tunnel, whose content is a stream of its own.
    mutating func enterTunnel(_ target: Tunnel?, _ session: inout Session) {
        session.startOver()
        withContext(&session) { tracker, _ in tracker.nest(target) }
        if session.context.tunnelDepth > SessionLimits.maximumTunnelDepth { giveUp(&session) }
    }
}
