internal import Wire

/// From datagrams to opened packets.
extension QUICSession {
    /// Opens the packet that is due, so that its frames can be read; tells where it cannot be opened.
    mutating func openPacket() -> Step? {
        guard let header = try? QUICPacketHeader(datagram.span, at: position), header.end > position else {
            let rest = datagram.count - position
            position = datagram.count
            return pass(rest)
        }
        let octets = header.end - position
        let start = position
        position = header.end
        guard header.isLong else { return openShort(start, octets) }
        switch header.type {
        case .initial, .retry: return nil
        case .zeroRTT:
            guard direction == .toServer else { return nil }
            let opened = client.early.openNoting(
                datagram[start..<header.end],
                header.numberOffset - start,
                client.applicationLargest,
                &trialOctets
            )
            guard let opened else { return pass(octets) }
            wasEarly = true
            prove(\.early, opened.isFirst)
            read(opened.packet)
        case .handshake: return openHandshake(start, header)
        case nil: return pass(octets)
        }
        return nil
    }

    private mutating func openHandshake(_ start: Int, _ header: QUICPacketHeader) -> Step? {
        let packet = datagram[start..<header.end]
        let offset = header.numberOffset - start
        switch direction {
        case .toServer:
            noteLength(header.destination.count)
            let opened = client.handshake.openNoting(packet, offset, client.handshakeLargest, &trialOctets)
            // Nothing in it is a stream's, so that nothing is lost with it.
            guard let opened else { return nil }
            client.handshakeLargest = max(client.handshakeLargest ?? 0, opened.packet.number)
            if opened.isFirst { usedSecrets += 1 }
            narrow()
        case .toClient:
            noteLength(header.source.count)
            guard !isServerKnown else { return nil }
            let opened = server.handshake.openNoting(packet, offset, server.handshakeLargest, &trialOctets)
            guard let opened else { return nil }
            server.handshakeLargest = max(server.handshakeLargest ?? 0, opened.packet.number)
            if opened.isFirst { usedSecrets += 1 }
            narrow()
            readServer(opened.packet.content)
        }
        return nil
    }

    /// Opens a packet with a short header: the length of its id is tried, since nothing in it tells.
    private mutating func openShort(_ start: Int, _ octets: Int) -> Step? {
        guard direction == .toServer else {
            openServer(start, octets)
            return nil
        }
        // Zeros behind a packet are padding of the datagram.
        if datagram[start] == 0, datagram[start...].allSatisfy({ $0 == 0 }) { return nil }
        guard !client.application.candidates.isEmpty else { return pass(octets) }
        let known = destinationLengths.count
        for attempt in 0..<(known + QUICPacketHeader.longestID + 1) {
            let length = attempt < known ? destinationLengths[attempt] : attempt - known
            if attempt >= known, trialOctets < 0 || destinationLengths.contains(length) { continue }
            let opened = client.application.openNoting(
                datagram[start..<(start + octets)],
                1 + length,
                client.applicationLargest,
                &trialOctets
            )
            guard let opened else { continue }
            noteLength(length)
            prove(\.application, opened.isFirst)
            read(opened.packet)
            if refusesEarlyData, wasEarly {
                wasEarly = false
                untold += streams.restart()
                return .restarted
            }
            return nil
        }
        return pass(octets)
    }

    /// Opens a packet of the server's, while something is wanted of it.
    private mutating func openServer(_ start: Int, _ octets: Int) {
        guard serverPackets > 0 else { return }
        serverPackets -= 1
        let opened = server.application.openNoting(
            datagram[start..<(start + octets)],
            1 + sourceLength,
            server.applicationLargest,
            &trialOctets
        )
        guard let opened else { return }
        server.applicationLargest = max(server.applicationLargest ?? 0, opened.packet.number)
        if opened.isFirst { usedSecrets += 1 }
        plain = opened.packet.content
        hasFrames = true
        frames = QUICFrameReader()
    }

    /// Has the frames of an opened packet read.
    private mutating func read(_ opened: QUICPacketOpener.Opened) {
        client.applicationLargest = max(client.applicationLargest ?? 0, opened.number)
        plain = opened.content
        hasFrames = true
        frames = QUICFrameReader()
    }

    private mutating func prove(_ level: KeyPath<QUICKeyLevels, QUICPacketOpener>, _ isFirst: Bool) {
        isProven = true
        failures = 0
        guard isFirst else { return }
        usedSecrets += 1
        if level == \.application { narrow() }
    }

    private mutating func narrow() {
        for keys in [
            server.handshake.provenKeys, client.handshake.provenKeys, client.application.provenKeys,
        ] {
            guard let keys else { continue }
            client.narrow(to: keys)
            server.narrow(to: keys)
        }
    }

    /// Keeps the length of an id that the client's packets go to at the head of those that are tried.
    private mutating func noteLength(_ length: Int) {
        guard destinationLengths.first != length else { return }
        destinationLengths.removeAll { $0 == length }
        destinationLengths.insert(length, at: 0)
    }

    /// Passes over octets that cannot be read.
    private mutating func pass(_ octets: Int) -> Step? {
        guard direction == .toServer else { return nil }
        failures += 1
        guard isProven else { return failures >= limits.patience ? .failed(.noKey) : nil }
        untold -= octets
        return .lost(octets, .damaged)
    }

    /// Reads what the server chose.
    private mutating func readServer(_ content: Plaintext) {
        var messages = serverMessages
        var frames = QUICFrameReader()
        var extensions: [UInt8]?
        while let frame = try? frames.next(in: content.span) {
            guard case .crypto(let offset, let octets) = frame else { continue }
            messages.take(content.span.extracting(octets), at: offset) { type, body in
                if type == .encryptedExtensions { extensions = body }
            }
        }
        serverMessages = messages
        guard let extensions else { return }
        isServerKnown = true
        serverMessages = QUICHandshakeStream(limits: limits)
        serverALPN = EncryptedExtensions.alpn(extensions.span)
        refusesEarlyData = offersEarlyData && !EncryptedExtensions.has(.earlyData, extensions.span)
    }
}

extension QUICPacketOpener {
    /// Opens a packet, and tells whether it is the first.
    fileprivate mutating func openNoting(
        _ packet: ArraySlice<UInt8>,
        _ numberOffset: Int,
        _ largest: UInt64?,
        _ trialOctets: inout Int
    ) -> (packet: Opened, isFirst: Bool)? {
        guard !candidates.isEmpty else { return nil }
        let wasProven = isProven
        guard
            let opened = open(packet, numberOffset: numberOffset, largest: largest, trialOctets: &trialOctets)
        else { return nil }
        return (opened, !wasProven)
    }
}
