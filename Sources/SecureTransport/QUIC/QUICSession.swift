internal import Crypto
package import Wire

/// A connection of QUIC whose secrets are known, read from the client's hello on without taking part in it.
///
/// The client's direction is read whole. Of the server's only what it chose is, and that can be done without.
///
///     take(datagram, direction)
///     loop: next()
///         .stream(id)       the stream's next octets are `content`
///         .overhead(octets) headers, tags, acknowledgements, what came before …
///         .hole …           octets of a stream that are missing; it goes on behind them
///         .needMore         the datagram is used up
/// Each octet of a client's datagram is told once: as a stream's when it is in order, else as the other steps say. Those
/// of a stream that wait for others are told when they are due; holes are none of any datagram.
package struct QUICSession: ~Copyable {
    /// What came of the datagrams given; each is told once.
    package enum Step: Equatable, Sendable {
        /// The datagram is used up.
        case needMore
        /// The next octets of a stream of the client's, in `content`.
        case stream(UInt64)
        /// So many octets of a stream are missing.
        case hole(UInt64, octets: Int)
        /// A stream has come to its end; not `isComplete` where its sender gave it up, or the connection ended.
        case ended(UInt64, isComplete: Bool)
        /// So many octets carry nothing for streams.
        case overhead(Int)
        /// So many octets of the datagram, or of streams, cannot be read.
        case lost(Int, TLSLoss)
        /// So many octets belong to a stream that is beyond the limit of open ones.
        case refused(Int)
        /// Octets of a stream of the server's, in `content`: what it wants of its client is said there. Of no datagram told.
        case learned(UInt64)
        /// Another id by which the server can be reached, in `content`. Of no datagram told.
        case issued
        /// What came so far was early data that the server refused: the client says it again, from the beginning.
        case restarted
        /// Nothing was ever opened, nor will be; nothing was told before.
        case failed(TLSLoss)
    }

    /// The protocol that the server chose by ALPN; nil until that was read.
    package internal(set) var serverALPN: String?
    /// Whether the server's choice was read, so that nothing more of it must be.
    package internal(set) var isServerKnown = false
    /// Whether a packet with octets of streams could be opened.
    package internal(set) var isProven = false
    /// How many secrets have opened a packet.
    package internal(set) var usedSecrets = 0

    var streams: QUICStreams
    /// Streams on which the server says what its client may do; others of its are passed over.
    var serverStreams: QUICStreams
    /// Packets of the server's that may still be opened for that.
    var serverPackets: Int
    var client: QUICKeyLevels
    var server: QUICKeyLevels
    var serverMessages: QUICHandshakeStream
    /// Lengths that ids may have which short headers of the client's go to, the likeliest first.
    var destinationLengths: [Int]
    /// The length of the id that short headers of the server's go to.
    let sourceLength: Int
    let limits: QUICLimits
    let offersEarlyData: Bool
    var refusesEarlyData = false
    var wasEarly = false
    var failures = 0
    var trialOctets: Int

    // The datagram that is being read.
    var datagram: [UInt8] = []
    var position = 0
    var direction = Direction.toServer
    /// The opened packet whose frames are read, and whether there are more of them.
    var plain = Plaintext()
    var hasFrames = false
    var frames = QUICFrameReader()
    /// Octets of the datagram, and of those before the first that was proven, which are not told yet.
    var untold = 0
    var contentRange: Range<Int>?
    var waited: [UInt8] = []
    /// The stream whose waiting octets may be due, and which may be over.
    var draining: UInt64?
    var isFinishing = false
    var isPressed = false

    /// The octets of the step told last.
    package var content: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            guard let contentRange else { return waited.span }
            return plain.span.extracting(contentRange)
        }
    }

    /// Whether octets of the server are needed: what it chose and what it wants is said in its first packets.
    package var needsServer: Bool { serverPackets > 0 }

    /// The memory of octets that wait for others.
    package var heldOctets: Int { streams.heldOctets + serverStreams.heldOctets + serverMessages.heldOctets }

    /// Goes on behind a ClientHello.
    ///
    /// - Parameters:
    ///   - hello: What the client said.
    ///   - greeting: What the server chose; nil where it was not seen, which can be done without.
    ///   - source: Where secrets come from.
    ///   - versions: Those that the connection may have, the one that the client began with first.
    ///   - sourceLength: The length of the client's own id.
    ///   - limits: The bounds.
    /// - Throws: `.noKey`, or `.cipher`.
    package init(
        hello: ClientHello,
        greeting: ServerHello?,
        source: KeySource,
        versions: [QUICVersion],
        sourceLength: Int,
        limits: QUICLimits = QUICLimits()
    ) throws(TLSSessionError) {
        (client, server) = try Self.keys(hello, greeting, source, versions)
        self.limits = limits
        self.sourceLength = sourceLength
        streams = QUICStreams(limits: limits)
        serverStreams = QUICStreams(limits: limits.ofServer)
        serverPackets = limits.serverPackets
        serverMessages = QUICHandshakeStream(limits: limits)
        destinationLengths = []
        offersEarlyData = hello.has(.earlyData)
        trialOctets = limits.trialOctets
        isServerKnown = server.isEmpty
    }

    private static func keys(
        _ hello: ClientHello,
        _ greeting: ServerHello?,
        _ source: KeySource,
        _ versions: [QUICVersion]
    ) throws(TLSSessionError) -> (client: QUICKeyLevels, server: QUICKeyLevels) {
        guard let secrets = source.secrets(of: hello.random) else { throw TLSSessionError(loss: .noKey) }
        let offered = hello.cipherSuites.map { TLSCipherSuite(rawValue: $0) }.filter { $0.isTLS13 }
        let chosen = greeting.flatMap { $0.isHelloRetryRequest ? nil : [TLSCipherSuite(rawValue: $0.cipherSuite)] }
        let suites = chosen ?? offered
        guard suites.contains(where: { $0.cipher?.tagOctets == 16 }) else { throw TLSSessionError(loss: .cipher) }
        let known = versions + QUICVersion.known.filter { !versions.contains($0) }
        let client = QUICKeyLevels(
            early: secrets[.clientEarlyTraffic].map { ($0, Array(offered.prefix(8))) },
            handshake: secrets[.clientHandshakeTraffic].map { ($0, suites) },
            application: secrets[.clientTraffic].map { ($0, suites) },
            versions: known
        )
        let server = QUICKeyLevels(
            early: nil,
            handshake: secrets[.serverHandshakeTraffic].map { ($0, suites) },
            application: secrets[.serverTraffic].map { ($0, suites) },
            versions: known
        )
        guard client.canReadData else { throw TLSSessionError(loss: .noKey) }
        return (client, server)
    }

    /// Begins with a datagram, which is copied; the one before must be used up.
    package mutating func take(_ octets: Span<UInt8>, _ direction: Direction) {
        datagram.removeAll(keepingCapacity: true)
        datagram.append(copying: octets)
        position = 0
        hasFrames = false
        self.direction = direction
        if direction == .toServer { untold += octets.count }
    }

    /// Goes on until there is something to tell.
    package mutating func next() -> Step {
        while true {
            if let id = draining {
                if let octets = direction == .toServer ? streams.popReady(id) : serverStreams.popReady(id) {
                    contentRange = nil
                    waited = octets
                    return direction == .toServer ? .stream(id) : .learned(id)
                }
                draining = nil
                if direction == .toClient { continue }
                if let isComplete = streams.close(ifOver: id) { return .ended(id, isComplete: isComplete) }
                continue
            }
            if isFinishing {
                guard let step = finishNext() else { return endOfDatagram() }
                return step
            }
            if streams.isCrowded || isPressed, let id = streams.mostHeld(), let octets = streams.skipHole(id) {
                draining = id
                return .hole(id, octets: octets)
            }
            if hasFrames {
                guard let step = readFrame() else { continue }
                return step
            }
            if position < datagram.count {
                guard let step = openPacket() else { continue }
                return step
            }
            return endOfDatagram()
        }
    }

    /// Gives up every hole, so that nothing waits: there is no room.
    package mutating func press() {
        direction = .toServer
        isPressed = true
    }

    /// Ends the connection: what waits is told by `next`, and what is missing before it.
    package mutating func finish() {
        position = datagram.count
        direction = .toServer
        draining = nil
        hasFrames = false
        isFinishing = true
    }

    private mutating func finishNext() -> Step? {
        if !isProven, failures > 0 {
            failures = 0
            untold = 0
            return .failed(.noKey)
        }
        guard let id = streams.open.first else { return nil }
        if let octets = streams.skipHole(id) ?? streams.skipTail(id) {
            draining = id
            return .hole(id, octets: octets)
        }
        streams.remove(id)
        return .ended(id, isComplete: false)
    }

    private mutating func endOfDatagram() -> Step {
        isPressed = false
        guard untold > 0, isProven || isFinishing else { return .needMore }
        defer { untold = 0 }
        return .overhead(untold)
    }
}

/// The keys of one direction by level: each opens packets of its own kind.
struct QUICKeyLevels: Sendable {
    /// The largest packet numbers so far; early data and the application's share theirs.
    var handshakeLargest: UInt64?
    var applicationLargest: UInt64?
    /// Of early data, of the handshake, of the application: apart, since a session is moved for each datagram.
    private var openers: [QUICPacketOpener]

    typealias Level = (secret: SymmetricKey, suites: [TLSCipherSuite])

    init(early: Level?, handshake: Level?, application: Level?, versions: [QUICVersion]) {
        openers = [early, handshake, application].map { level in
            guard let level else { return QUICPacketOpener([]) }
            return QUICPacketOpener(
                versions.flatMap { version in
                    level.suites.compactMap { QUICPacketKeys(secret: level.secret, suite: $0, version: version) }
                }
            )
        }
    }

    var early: QUICPacketOpener {
        _read { yield openers[0] }
        _modify { yield &openers[0] }
    }

    var handshake: QUICPacketOpener {
        _read { yield openers[1] }
        _modify { yield &openers[1] }
    }

    var application: QUICPacketOpener {
        _read { yield openers[2] }
        _modify { yield &openers[2] }
    }

    /// Whether keys are there for packets that hold streams.
    var canReadData: Bool { !early.candidates.isEmpty || !application.candidates.isEmpty }

    /// Whether no keys are there.
    var isEmpty: Bool { !canReadData && handshake.candidates.isEmpty }

    /// Tells the other levels, and the other direction's, which suite and version have proven to be in force.
    mutating func narrow(to keys: QUICPacketKeys) {
        handshake.narrow(to: keys)
        application.narrow(to: keys)
    }
}
