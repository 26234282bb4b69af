internal import Crypto
internal import FoundationEssentials
package import Wire

/// Reads the two hellos of a connection of QUIC from its Initial packets, whose keys follow from what they carry in clear.
///
/// The client's hello may lie in several frames, packets and datagrams, in any order. Whoever sends an Initial packet that
/// keys from its own destination id open is the client. After a Retry, and in another connection between the same
/// endpoints, the client begins again with another id: then all is read anew.
package struct QUICHelloReader: ~Copyable {
    /// The hello of the client that began last; nil until it is whole.
    package private(set) var clientHello: ClientHello?
    /// What the server answered to it.
    package private(set) var serverHello: ServerHello?
    /// The direction of the client's packets, as the first that was opened shows; nil before.
    package private(set) var clientDirection: Direction?
    /// The version that the client began with, and the one that the server answered in, where that is known to be another.
    package private(set) var versions: [QUICVersion] = []
    /// The ids that clients began with so far.
    package private(set) var beginnings = 0

    private var attempt: Attempt?
    private var remainingKeys: Int
    private let limits: QUICLimits

    /// What follows from the id that a client's first packet went to.
    private struct Attempt {
        let destination: [UInt8]
        let version: QUICVersion
        let client: QUICPacketKeys
        let server: QUICPacketKeys
        /// The same of the version that the server chose instead.
        var chosen: (version: QUICVersion, client: QUICPacketKeys, server: QUICPacketKeys)?
        var clientLargest: UInt64?
        var serverLargest: UInt64?
        var clientMessages: QUICHandshakeStream
        var serverMessages: QUICHandshakeStream
        /// The id that the server has chosen, which the client's later packets go to.
        var serverID: [UInt8]?
    }

    /// Starts before a connection's first datagram.
    package init(limits: QUICLimits = QUICLimits()) {
        self.limits = limits
        remainingKeys = limits.initialKeys
    }

    /// The memory of what is not whole yet.
    package var heldOctets: Int {
        guard let attempt, clientHello == nil else { return 0 }
        return attempt.clientMessages.heldOctets + attempt.serverMessages.heldOctets
    }

    /// Whether no more connection can be begun, since too many packets were not what they seemed.
    package var isExhausted: Bool { remainingKeys == 0 && attempt == nil }

    /// Reads the Initial packets of a datagram; whether one was opened.
    package mutating func read(_ datagram: Span<UInt8>, _ direction: Direction) -> Bool {
        var start = 0
        var isRead = false
        // Each packet has more than 20 octets, so the loop is short.
        while start < datagram.count, datagram[start] & 0x80 != 0 {
            guard let header = try? QUICPacketHeader(datagram, at: start), header.end > start else { break }
            switch header.type {
            case .initial: if readInitial(datagram, start, header, direction) { isRead = true }
            case .retry: beginAfterRetry(datagram, start, header, direction)
            case .handshake:
                if direction != clientDirection, clientDirection != nil {
                    attempt?.serverID = Array(copying: datagram.extracting(header.source))
                }
            case .zeroRTT, nil: break
            }
            start = header.end
        }
        return isRead
    }

    // MARK: Packets

    private mutating func readInitial(
        _ datagram: Span<UInt8>,
        _ start: Int,
        _ header: QUICPacketHeader,
        _ direction: Direction
    ) -> Bool {
        guard let version = header.version else { return false }
        let packet = Array(copying: datagram.extracting(start..<header.end))
        let offset = header.numberOffset - start
        if let clientDirection, direction != clientDirection {
            guard serverHello == nil || serverHello?.isHelloRetryRequest == true else { return false }
            attempt?.serverID = Array(copying: datagram.extracting(header.source))
            return readServer(packet, offset, version)
        }
        let destination = Array(copying: datagram.extracting(header.destination))
        if clientDirection != nil, attempt != nil {
            // Once the hello is known, packets to an id that is known tell nothing more.
            let isKnown = destination == attempt?.destination || destination == attempt?.serverID
            if clientHello != nil, isKnown { return true }
            if readClient(packet, offset, version) { return true }
            if isKnown { return false }
        }
        return begin(destination, packet, offset, version, direction)
    }

    /// Begins with an id, if keys that follow from it open the packet.
    private mutating func begin(
        _ destination: [UInt8],
        _ packet: [UInt8],
        _ offset: Int,
        _ version: QUICVersion,
        _ direction: Direction
    ) -> Bool {
        guard remainingKeys > 0, var fresh = fresh(destination, version) else { return false }
        remainingKeys -= 1
        guard let content = Self.open(packet, offset, fresh.client, &fresh.clientLargest) else { return false }
        attempt = fresh
        clientDirection = direction
        clientHello = nil
        serverHello = nil
        versions = [version]
        beginnings += 1
        takeClient(content)
        return true
    }

    private func fresh(_ destination: [UInt8], _ version: QUICVersion) -> Attempt? {
        guard let keys = QUICPacketKeys.initial(destination: destination, version: version) else { return nil }
        return Attempt(
            destination: destination,
            version: version,
            client: keys.client,
            server: keys.server,
            clientMessages: QUICHandshakeStream(limits: limits),
            serverMessages: QUICHandshakeStream(limits: limits)
        )
    }

    private mutating func readClient(_ packet: [UInt8], _ offset: Int, _ version: QUICVersion) -> Bool {
        guard let keys = keys(of: version)?.client, var largest = attempt.map({ $0.clientLargest }) else {
            return false
        }
        guard let content = Self.open(packet, offset, keys, &largest) else { return false }
        attempt?.clientLargest = largest
        takeClient(content)
        return true
    }

    private mutating func readServer(_ packet: [UInt8], _ offset: Int, _ version: QUICVersion) -> Bool {
        guard let keys = keys(of: version)?.server, var largest = attempt.map({ $0.serverLargest }) else {
            return false
        }
        guard let content = Self.open(packet, offset, keys, &largest) else { return false }
        attempt?.serverLargest = largest
        if !versions.contains(version) { versions.append(version) }
        takeServer(content)
        return true
    }

    /// The keys of a version: of another than the client's, those that the server may have gone on with (RFC 9368 § 2.3,
    /// Compatible Version Negotiation).
    private mutating func keys(of version: QUICVersion) -> (client: QUICPacketKeys, server: QUICPacketKeys)? {
        guard let attempt else { return nil }
        if attempt.version == version { return (attempt.client, attempt.server) }
        if let chosen = attempt.chosen { return chosen.version == version ? (chosen.client, chosen.server) : nil }
        guard let keys = QUICPacketKeys.initial(destination: attempt.destination, version: version) else { return nil }
        self.attempt?.chosen = (version, keys.client, keys.server)
        return keys
    }

    private static func open(
        _ packet: [UInt8],
        _ offset: Int,
        _ keys: QUICPacketKeys,
        _ largest: inout UInt64?
    ) -> Plaintext? {
        var opener = QUICPacketOpener([keys])
        var trial = 0
        let opened = opener.open(packet[...], numberOffset: offset, largest: largest, trialOctets: &trial)
        guard let opened else { return nil }
        largest = max(largest ?? 0, opened.number)
        return opened.content
    }

    // MARK: Messages

    private mutating func takeClient(_ content: Plaintext) {
        guard clientHello == nil, var messages = attempt?.clientMessages else { return }
        var found: ClientHello?
        Self.messages(of: content, &messages) { type, body in
            if type == .clientHello, found == nil { found = try? ClientHello(body.span) }
        }
        attempt?.clientMessages = messages
        guard let found else { return }
        clientHello = found
        remainingKeys = limits.initialKeys
    }

    private mutating func takeServer(_ content: Plaintext) {
        guard var messages = attempt?.serverMessages else { return }
        var found = serverHello
        Self.messages(of: content, &messages) { type, body in
            if type == .serverHello, found?.isHelloRetryRequest != false { found = try? ServerHello(body.span) }
        }
        attempt?.serverMessages = messages
        serverHello = found
    }

    private static func messages(
        of content: Plaintext,
        _ stream: inout QUICHandshakeStream,
        _ tell: (TLSHandshakeType, [UInt8]) -> Void
    ) {
        var frames = QUICFrameReader()
        while let frame = try? frames.next(in: content.span) {
            guard case .crypto(let offset, let octets) = frame else { continue }
            stream.take(content.span.extracting(octets), at: offset, tell)
        }
    }

    // MARK: Retry

    /// Begins with the id that a server's Retry asks for, if that is genuine (RFC 9001 § 5.8, Retry Packet Integrity).
    private mutating func beginAfterRetry(
        _ datagram: Span<UInt8>,
        _ start: Int,
        _ header: QUICPacketHeader,
        _ direction: Direction
    ) {
        guard let attempt, let version = header.version, direction != clientDirection, clientHello == nil else {
            return
        }
        let packet = Array(copying: datagram.extracting(start..<header.end))
        guard QUICRetry.isGenuine(packet, original: attempt.destination, version: version),
            let fresh = fresh(Array(copying: datagram.extracting(header.source)), version)
        else { return }
        self.attempt = fresh
        serverHello = nil
    }
}
