package import AppProtocols
internal import FlowTracking
internal import Wire

extension SessionTracker where Consumer: ~Copyable {
    /// Reads client octets as a WebSocket's frames.
    mutating func readWebSocket(_ octets: Span<UInt8>, _ session: inout Session) {
        charge(octets.count, &session)
        withContext(&session) { tracker, session in
            if let use = session.webSocket { tracker.read(octets, use) }
        }
    }

    /// Passes a hole in a WebSocket on; 0 octets are of unknown size, and charged as one.
    mutating func passSocketHole(_ octets: Int, _ session: inout Session) {
        charge(max(1, octets), &session)
        withContext(&session) { tracker, session in
            if let use = session.webSocket { tracker.passHole(octets, use) }
        }
    }

    /// Ends a WebSocket with its stream.
    mutating func finishWebSocket(_ session: inout Session) {
        withContext(&session) { tracker, session in
            if let use = session.webSocket { tracker.finish(use) }
            session.webSocket = nil
        }
    }

    /// Charges octets as framing, until callbacks say what else they are.
    mutating func charge(_ octets: Int, _ session: inout Session) {
        counters.framingOctets += octets
        session.context.chargedOctets += octets
    }

    /// Gives a WebSocket its next octets.
    mutating func read(_ octets: Span<UInt8>, _ use: WebSocketUse) {
        socket = use.state
        use.parser.consume(octets, &self)
        leave(use)
    }

    /// Tells a WebSocket of a hole.
    mutating func passHole(_ octets: Int, isPlaced: Bool = true, _ use: WebSocketUse) {
        socket = use.state
        use.parser.gap(octets, isPlaced: isPlaced, &self)
        leave(use)
    }

    /// Ends a WebSocket: what is open of it is over.
    mutating func finish(_ use: WebSocketUse) {
        socket = use.state
        use.parser.finish(&self)
        leave(use)
        consumer.requestEnded(.complete, slot: use.state.opening, at: stamp)
    }

    private mutating func leave(_ use: WebSocketUse) {
        guard var state = socket.take() else { return }
        state.began = use.parser.isWithinHeader ? state.began ?? stamp : nil
        use.state = state
    }
}

/// What the parser of the present WebSocket reads, charged to its messages and to counters.
extension SessionTracker: WebSocketSink where Consumer: ~Copyable {
    /// Opens a request for the message.
    package mutating func messageBegan(_ head: WebSocketMessageHead) {
        guard let state = socket, let facts = context.facts else { return }
        let extensions = state.extensions
        let isCompressed = head.coding == .deflate && extensions.hasDeflate
        var loss: BodyLoss?
        switch head.coding {
        case .none: break
        case .deflate: if !isCompressed { loss = .protocolSwitched }
        // Whether a message is compressed is told by its first frame.
        case .unknown where head.isText == nil: if extensions.hasDeflate { loss = .gap }
        case .unknown: loss = .protocolSwitched
        }
        let message = WebSocketMessage(
            number: context.requestCount,
            flowID: facts.id,
            began: state.began ?? stamp,
            isCompressed: isCompressed,
            takesContext: isCompressed && !extensions.clientTakesNoContext,
            isAssumed: state.agreed == nil
        )
        context.requestCount += 1
        counters.messages += 1
        socket?.began = nil
        socket?.loss = loss
        socket?.message = consumer.messageBegan(message, within: state.opening)
    }

    /// Hands on octets of the message.
    package mutating func messageBody(_ octets: Span<UInt8>) {
        guard let state = socket, let slot = state.message else { return }
        counters.framingOctets -= octets.count
        if let loss = state.loss {
            counters.lostOctets += octets.count
            return consumer.bodyLost(octets.count, loss, slot: slot)
        }
        counters.deliveredOctets += octets.count
        consumer.body(octets, slot: slot)
    }

    /// Hands on a hole in the message.
    package mutating func messageGap(octets: Int) {
        guard let slot = socket?.message else { return }
        lose(octets, loss, slot: slot)
    }

    /// Ends the message.
    package mutating func messageEnded(isComplete: Bool) {
        guard let slot = socket?.message else { return }
        socket?.message = nil
        consumer.requestEnded(isComplete ? .complete : .cutOff, slot: slot, at: stamp)
    }

    /// Charges octets that belong to no message to the request that opened the WebSocket.
    package mutating func socketUnreadable(octets: Int) {
        guard let slot = socket?.opening else { return }
        lose(octets, loss, slot: slot)
    }

    /// Counts a lost framing.
    package mutating func socketFailed(_ error: WebSocketError) {
        counters.framingLosses += 1
    }
}
