internal import BasicContainers
internal import FlowTracking
internal import SecureTransport
internal import Wire

/// TLS whose secrets are known: what comes out of it is a stream of its own, probed anew like a tunnel's content.
///
/// Layers are counted from outside. What a layer's records carry beside application data is charged as framing here; the
/// data is charged by whoever reads it, and what is lost of it is a hole in the stream inside.
extension SessionTracker where Consumer: ~Copyable {
    // MARK: Before

    /// Keeps a connection whose secrets may be known until it can be read.
    mutating func awaitSecrets(_ hello: ClientHello, clientSkip: Int?, _ session: inout Session) {
        session.pending = PendingTLS(
            hello: hello,
            helloOctets: session.hello?.octetCount ?? 0,
            clientSkip: clientSkip,
            since: stamp.timestamp
        )
        session.hello = nil
        if let greeting = session.earlyGreeting.take(), !greeting.isHelloRetryRequest {
            session.pending?.greeting = greeting
        } else if session.serverHello == nil {
            session.pending?.isGreetingLost = true
        }
        settle(&session, isFinal: false)
    }

    /// Holds what the client sends before its connection can be read.
    mutating func hold(_ piece: PendingTLS.Piece, octets: Int, _ session: inout Session) {
        session.parts?.pending?.pieces.append(piece)
        session.parts?.pending?.heldOctets += octets
        heldOctets += octets
        settle(&session, isFinal: false)
    }

    /// Begins to read a connection if all is known that can be, or gives it up; `isFinal` when nothing more will come.
    mutating func settle(_ session: inout Session, isFinal: Bool) {
        guard let keys, var pending = session.pending else { return }
        let additions = keys.source.additions
        if !pending.hasSecrets, pending.additions != additions {
            pending.additions = additions
            let secrets = keys.source.secrets(of: pending.hello.random)
            // Of TLS 1.3 a key log gets the last secrets later than the first.
            pending.hasSecrets = keys.source.mayGrow ? secrets?.openApplicationData == true : secrets != nil
        }
        if !isFinal {
            if pending.hasSecrets {
                if mayBeGreeted(keys, pending) {
                    list(&pending, keys, session)
                    return session.pending = pending
                }
            } else if keys.source.mayGrow, mayWait(keys, &pending, &session) {
                pending.waitsForSecrets = true
                list(&pending, keys, session)
                return session.pending = pending
            }
        }
        session.pending = nil
        heldOctets -= pending.heldOctets
        open(pending, keys, &session)
    }

    /// Whether a connection whose secrets are known goes on waiting for the server's greeting.
    ///
    /// A client that has gone on has been greeted, so that while packets come by themselves not to have seen it soon is
    /// not to see it at all.
    private func mayBeGreeted(_ keys: KeyAccess, _ pending: PendingTLS) -> Bool {
        guard pending.greeting == nil, !pending.isGreetingLost else { return false }
        guard pending.heldOctets <= PendingTLS.greetingHold else { return false }
        return !keys.source.mayGrow || pending.heldOctets == 0
            || stamp.timestamp.nanoseconds(since: pending.since) < keys.wait.patience
    }

    /// Whether there is time and room to wait for a connection's secrets.
    private func mayWait(_ keys: KeyAccess, _ pending: inout PendingTLS, _ session: inout Session) -> Bool {
        guard stamp.timestamp.nanoseconds(since: pending.since) < keys.wait.patience else { return false }
        guard pending.heldOctets <= keys.wait.flowOctets else { return false }
        if heldOctets <= keys.wait.octets / 2 { return true }
        guard heldOctets <= keys.wait.octets else { return false }
        if pending.isWatched == nil {
            guard let connection = connection(pending.hello, .noKey, &session) else { return false }
            pending.isWatched = consumer.isWatched(connection)
        }
        return pending.isWatched == true
    }

    private mutating func open(_ pending: PendingTLS, _ keys: KeyAccess, _ session: inout Session) {
        if session.quic != nil { return openQUIC(pending, keys, &session) }
        let tls: TLSSession
        do throws(TLSSessionError) {
            tls = try TLSSession(
                hello: pending.hello,
                greeting: pending.greeting,
                source: keys.source,
                preceding: pending.helloOctets,
                clientSkip: pending.clientSkip,
                serverSkip: pending.serverSkip
            )
        } catch {
            session.earlyGreeting = pending.greeting
            return judge(pending.hello, isEncrypted: true, Unread(error.loss), &session)
        }
        session.responses = nil
        session.unansweredTunnels = 0
        session.startOver()
        session.context.layers.append(
            SecureLayer(hello: pending.hello, greeting: pending.greeting, tunnelDepth: session.context.tunnelDepth)
        )
        let level = session.secured.count
        session.note(tls, level: level)
        session.secured.append(consume tls)
        for piece in pending.pieces {
            switch piece {
            case .octets(let octets): decryptClient(octets.span, &session, level: level)
            case .hole(let octets, let loss):
                session.holeLoss = loss
                passClientGap(octets, &session, level: level)
            case .datagram: break
            }
        }
    }

    // MARK: The client

    /// Reads octets of the client's in a layer of TLS, or, inside the innermost one, as what they are.
    mutating func decryptClient(_ octets: Span<UInt8>, _ session: inout Session, level: Int) {
        guard level < session.secured.count else { return readClient(octets, &session, depth: level) }
        // Without its layer nothing is left of it but octets to be counted.
        guard var tls = session.secured[level].take() else { return }
        let used = tls.usedSecrets
        var offset = 0
        var isOver = false
        while !isOver {
            let step = tls.next(in: octets, from: &offset, .toServer)
            if step == .needMore { break }
            if case .data(let overhead) = step {
                chargeFraming(overhead, &session)
                noteServer(tls, &session, level: level)
                decryptClient(tls.plaintext, &session, level: level + 1)
            } else {
                isOver = perform(step, &session, level: level)
            }
        }
        keysUsed += tls.usedSecrets - used
        if !isOver { session.note(tls, level: level) }
        if !isOver { session.secured[level] = consume tls }
    }

    /// Does what a layer tells beside data; true when the layer is given up.
    private mutating func perform(_ step: TLSSession.Step, _ session: inout Session, level: Int) -> Bool {
        switch step {
        case .needMore, .data: break
        case .overhead(let octets): chargeFraming(octets, &session)
        case .lost(let octets, let overhead, let isExact, let reason):
            chargeFraming(overhead, &session)
            loss = BodyLoss(reason, hole: session.holeLoss)
            if !isExact { chargeLoss(octets - 1, &session) }
            passClientGap(isExact ? octets : 0, &session, level: level + 1)
            loss = .gap
        case .restarted:
            guard level == session.secured.count - 1, session.pending == nil else { break }
            if session.phase != .probing, session.phase != .tls { finishClient(&session, orderly: false) }
            session.startOver()
        case .failed(let reason):
            giveUpLayer(level, Unread(reason), &session)
            return true
        }
        return false
    }

    /// Passes a hole on to a layer of TLS, or, inside the innermost one, to what reads there.
    mutating func passClientGap(_ octets: Int, _ session: inout Session, level: Int) {
        guard level < session.secured.count else { return passClientGap(octets, &session) }
        guard var tls = session.secured[level].take() else { return }
        let step = tls.gap(octets, .toServer)
        if !perform(step, &session, level: level) { session.secured[level] = consume tls }
    }

    /// Gives up a layer of which nothing was read: it is a connection like one without secrets.
    private mutating func giveUpLayer(_ level: Int, _ reason: Unread, _ session: inout Session) {
        guard level < session.context.layers.count else { return }
        let layer = session.context.layers[level]
        session.context.layers.removeLast(session.context.layers.count - level)
        while session.secured.count > level { _ = session.secured.removeLast() }
        session.layersNeedingServer &= (1 << UInt8(truncatingIfNeeded: level)) - 1
        session.startOver()
        session.earlyGreeting = layer.greeting
        judge(layer.hello, isEncrypted: true, reason, &session)
    }

    /// Ends the client's direction in every layer, and gives up waiting for what would make another.
    mutating func finishLayers(_ session: inout Session) {
        var level = 0
        while true {
            if level == session.secured.count { settle(&session, isFinal: true) }
            guard level < session.secured.count else { return }
            if var tls = session.secured[level].take() {
                let step = tls.finish()
                if !perform(step, &session, level: level) { session.secured[level] = consume tls }
            }
            level += 1
        }
    }

    /// Charges octets that carry nothing for who reads inside.
    mutating func chargeFraming(_ octets: Int, _ session: inout Session) {
        counters.framingOctets += octets
        session.context.chargedOctets += octets
    }

    /// Charges octets that are lost, but not from a place in the stream that is known.
    private mutating func chargeLoss(_ octets: Int, _ session: inout Session) {
        guard octets > 0 else { return }
        session.context.chargedOctets += octets
        if let slot = session.context.requestSlot {
            counters.lostOctets += octets
            consumer.bodyLost(octets, loss, slot: slot)
        } else {
            counters.unreadableOctets += octets
        }
    }

    // MARK: The server

    /// Reads octets of the server's in a layer of TLS, or, inside the innermost one, as what they are.
    mutating func decryptServer(_ octets: Span<UInt8>, _ session: inout Session, level: Int) {
        guard level < session.secured.count else {
            readServer(octets, &session)
            if session.pending != nil { settle(&session, isFinal: false) }
            return
        }
        guard var tls = session.secured[level].take() else { return }
        let used = tls.usedSecrets
        var offset = 0
        while true {
            switch tls.next(in: octets, from: &offset, .toClient) {
            case .data: decryptServer(tls.plaintext, &session, level: level + 1)
            case .overhead, .restarted: continue
            case .lost(let octets, _, _, _): passServerGap(octets, &session, level: level + 1)
            case .needMore, .failed:
                keysUsed += tls.usedSecrets - used
                session.note(tls, level: level)
                noteServer(tls, &session, level: level)
                return session.secured[level] = consume tls
            }
        }
    }

    /// Passes a hole of the server's on to a layer of TLS, or, inside the innermost one, to what reads there.
    mutating func passServerGap(_ octets: Int, _ session: inout Session, level: Int) {
        guard level < session.secured.count else { return passServerGap(octets, &session) }
        guard var tls = session.secured[level].take() else { return }
        if case .lost(let lost, _, _, _) = tls.gap(octets, .toClient) {
            passServerGap(lost, &session, level: level + 1)
        }
        session.secured[level] = consume tls
    }

    private func noteServer(_ tls: borrowing TLSSession, _ session: inout Session, level: Int) {
        guard level < session.context.layers.count, session.context.layers[level].serverALPN == nil else { return }
        session.context.layers[level].serverALPN = tls.serverALPN
    }
}

extension BodyLoss {
    /// Why octets inside TLS or QUIC are lost; `hole` says what missing ones are missing for.
    init(_ loss: TLSLoss, hole: BodyLoss) {
        switch loss {
        case .gap, .midstream: self = hole
        case .damaged: self = .damaged
        case .noKey: self = .noKey
        case .cipher: self = .cipher
        }
    }
}

extension Unread {
    /// Why a connection whose secrets may be known cannot be read.
    init(_ loss: TLSLoss) {
        switch loss {
        case .noKey, .damaged: self = .noKey
        case .gap: self = .gap
        case .cipher: self = .cipher
        case .midstream: self = .midstream
        }
    }
}
