internal import Crypto
package import Wire

/// A TLS connection whose secrets are known, read from the ClientHello on without taking part in it.
///
/// The client's direction is read whole. The server's may be left out from any point on and taken up again: nothing but the
/// two hellos is needed from it, unless the connection is negotiated anew.
///
///     loop: next(in: chunk, from: &offset, direction)
///         .data(overhead)   the record's content is `plaintext`
///         .overhead(octets) a handshake message, an alert, padding …
///         .lost …           octets that cannot be read; the stream goes on behind them
package struct TLSSession: ~Copyable {
    /// What came of the octets given; each is told once.
    package enum Step: Equatable, Sendable {
        /// All octets are used.
        case needMore
        /// A record of application data, in `plaintext`; so many octets of the record were not that.
        case data(overhead: Int)
        /// So many octets carry nothing for the application.
        case overhead(Int)
        /// So many octets of the application's are lost, and so many of the records around them; not `isExact` where
        /// their number can only be guessed.
        case lost(octets: Int, overhead: Int, isExact: Bool, TLSLoss)
        /// What came so far was early data that the server refused: the client says it again, from the beginning.
        case restarted
        /// Nothing was ever opened, nor will be; nothing was told before.
        case failed(TLSLoss)
    }

    /// The protocol that the server chose by ALPN in its encrypted messages; nil until they were read.
    package private(set) var serverALPN: String?
    /// Whether the server's encrypted messages were read, so that nothing more of it must be for this layer.
    package private(set) var isServerKnown = false
    /// Whether a record of the client's was opened.
    package private(set) var isProven = false
    private var hasData = false

    private var client: TLSRecordStream
    private var server: TLSRecordStream
    private var clientMessages = TLSMessageScanner()
    private var serverMessages = TLSMessageScanner()
    private let source: KeySource
    private let isTLS13: Bool
    private let offersEarlyData: Bool
    private let refusesEarlyData: Bool
    /// What is told as soon as a record was opened.
    private var unprovenOverhead = 0
    private var unprovenLoss = 0
    private let patience: Int
    private var sawEndOfEarlyData = false
    private var wasEarly = false
    private var hadGap = false
    private var isRestartTold = false
    /// A record of the client's that was opened, but not told yet since something before it is.
    private var opened: (type: TLSContentType, overhead: Int)?
    /// The client's hello of a negotiation within the session, and what comes of it.
    private var newRandom: [UInt8]?
    private var newKeys: (toServer: TLSRecordKeys, toClient: TLSRecordKeys)?

    /// The content of the record told last.
    package var plaintext: Span<UInt8> {
        @_lifetime(borrow self)
        get { told == .toServer ? client.content.span : server.content.span }
    }
    private var told = Direction.toServer

    /// Whether octets of the server are needed for this layer: what it chose stands before the client's first data.
    package var needsServer: Bool { !isServerKnown && !hasData || newRandom != nil && newKeys == nil }

    /// How many secrets have opened a record.
    package var usedSecrets: Int { client.keys.usedSecrets + (isTLS13 ? server.keys.usedSecrets : 0) }

    /// Goes on behind a ClientHello.
    ///
    /// - Parameters:
    ///   - hello: What the client said.
    ///   - greeting: What the server chose; nil where it was not seen, which TLS 1.3 can do without.
    ///   - source: Where secrets come from.
    ///   - preceding: Octets of the client's that came before and are not told yet; they are told as overhead.
    ///   - clientSkip: Octets of the client before its next record; nil where that is not known.
    ///   - serverSkip: The same of the server.
    /// - Throws: `.noKey`, `.cipher`, or `.midstream` where the greeting cannot be done without.
    package init(
        hello: ClientHello,
        greeting: ServerHello?,
        source: KeySource,
        preceding: Int,
        clientSkip: Int?,
        serverSkip: Int?
    ) throws(TLSSessionError) {
        guard let secrets = source.secrets(of: hello.random) else { throw TLSSessionError(loss: .noKey) }
        let keys = try Self.keys(hello, greeting, secrets)
        self.source = source
        isTLS13 = greeting.map { $0.version == .tls13 } ?? true
        offersEarlyData = hello.has(.earlyData)
        refusesEarlyData = offersEarlyData && greeting.map { !$0.hasPreSharedKey } ?? false
        patience = offersEarlyData ? 64 : 8
        client = TLSRecordStream(TLSEpochKeys(keys.client), isTLS13: isTLS13, skipping: clientSkip)
        server = TLSRecordStream(TLSEpochKeys(keys.server), isTLS13: isTLS13, skipping: serverSkip)
        serverALPN = greeting?.alpn
        isServerKnown = !isTLS13 || keys.server.isEmpty
        unprovenOverhead = preceding
    }

    private typealias Upcoming = [(epoch: TLSEpochKeys.Epoch, keys: TLSRecordKeys)]

    private static func keys(
        _ hello: ClientHello,
        _ greeting: ServerHello?,
        _ secrets: SessionSecrets
    ) throws(TLSSessionError) -> (client: Upcoming, server: Upcoming) {
        if let greeting, greeting.version != .tls13 {
            guard let master = secrets[.masterSecret] else { throw TLSSessionError(loss: .noKey) }
            guard let both = TLSRecordKeys.directions(master: master, clientRandom: hello.random, hello: greeting)
            else { throw TLSSessionError(loss: .cipher) }
            return ([(.application, both.toServer)], [(.application, both.toClient)])
        }
        // Without a greeting every suite that was offered may be the one.
        let offered = hello.cipherSuites.map { TLSCipherSuite(rawValue: $0) }
        let suites = greeting.map { [TLSCipherSuite(rawValue: $0.cipherSuite)] } ?? offered
        guard suites.contains(where: { $0.isTLS13 && $0.cipher != nil }) else {
            throw TLSSessionError(loss: greeting == nil ? .midstream : .cipher)
        }
        func upcoming(_ epochs: [(TLSEpochKeys.Epoch, KeyLogLabel)]) -> Upcoming {
            epochs.flatMap { epoch, label -> Upcoming in
                guard let secret = secrets[label] else { return [] }
                return suites.compactMap { suite in
                    TLSRecordKeys(secret: secret, suite: suite).map { (epoch, $0) }
                }
            }
        }
        let client = upcoming([
            (.earlyData, .clientEarlyTraffic), (.handshake, .clientHandshakeTraffic), (.application, .clientTraffic),
        ])
        let server = upcoming([(.handshake, .serverHandshakeTraffic), (.application, .serverTraffic)])
        guard !client.isEmpty else {
            // A master secret alone is of a version whose keys cannot be made without the greeting.
            throw TLSSessionError(loss: greeting == nil && secrets[.masterSecret] != nil ? .midstream : .noKey)
        }
        return (client, server)
    }

    /// Reads until there is something to tell or the chunk is used up.
    package mutating func next(in chunk: Span<UInt8>, from offset: inout Int, _ direction: Direction) -> Step {
        while true {
            if direction == .toServer {
                if let step = waiting() { return step }
                if let record = opened.take() { return tell(record.type, record.overhead, .toServer) }
            }
            let event =
                direction == .toServer
                ? client.next(in: chunk, from: &offset) : server.next(in: chunk, from: &offset)
            if case .needMore = event { return .needMore }
            if let step = take(event, direction) { return step }
        }
    }

    /// Notes that octets are missing; 0 when nobody knows how many, which is told as one.
    package mutating func gap(_ octets: Int, _ direction: Direction) -> Step {
        switch direction {
        case .toServer:
            hadGap = true
            clientMessages = TLSMessageScanner()
            return take(client.gap(octets), .toServer) ?? .needMore
        case .toClient:
            serverMessages = TLSMessageScanner()
            return take(server.gap(octets), .toClient) ?? .needMore
        }
    }

    /// Ends the client's direction: tells what came of it that no record completes.
    package mutating func finish() -> Step {
        let octets = client.finish()
        guard isProven else {
            if client.failures > 0 { return fail(.noKey) }
            if hadGap { return fail(.gap) }
            defer { unprovenOverhead = 0 }
            return .overhead(unprovenOverhead + octets)
        }
        guard octets > 0 else { return .needMore }
        let overhead = min(octets - 1, client.keys.overhead)
        return .lost(octets: octets - overhead, overhead: overhead, isExact: true, .gap)
    }

    // MARK: Events

    /// What was found before, and is told before anything new.
    private mutating func waiting() -> Step? {
        guard isProven, unprovenLoss > 0 || unprovenOverhead > 0 else { return nil }
        let (loss, overhead) = (unprovenLoss, unprovenOverhead)
        unprovenLoss = 0
        unprovenOverhead = 0
        // What could not be opened before the application's first record was handshake, or early data, which is none of
        // the stream's if it was refused.
        let isHandshake = client.keys.epoch != .application || client.keys.isFirstOfApplication
        if loss == 0 || refusesEarlyData || isHandshake && !offersEarlyData { return .overhead(loss + overhead) }
        return .lost(octets: loss, overhead: overhead, isExact: false, hadGap ? .gap : .noKey)
    }

    private mutating func take(_ event: TLSRecordStream.Event, _ direction: Direction) -> Step? {
        switch event {
        case .needMore: return nil
        case .clear(let type, let octets):
            if type == .changeCipherSpec, !isTLS13 { changeCipherSpec(direction) }
            return overhead(octets, direction)
        case .opened(let type, let overhead):
            guard direction == .toServer else { return tell(type, overhead, direction) }
            if client.keys.epoch == .earlyData { wasEarly = true }
            let isFirst = !isProven
            isProven = true
            if isFirst, let step = waiting() {
                opened = (type, overhead)
                return step
            }
            return tell(type, overhead, direction)
        case .lost(let octets, let records, let loss): return lost(octets, records, loss, direction)
        }
    }

    private mutating func overhead(_ octets: Int, _ direction: Direction) -> Step? {
        guard direction == .toServer, !isProven else { return .overhead(octets) }
        unprovenOverhead += octets
        return nil
    }

    private mutating func lost(_ octets: Int, _ records: Int?, _ loss: TLSLoss, _ direction: Direction) -> Step? {
        if direction == .toClient { return .lost(octets: octets, overhead: 0, isExact: false, loss) }
        guard isProven else {
            // A hole is a hole whatever the keys; a record that does not open speaks against them.
            unprovenLoss += octets
            return client.failures >= patience ? fail(.noKey) : nil
        }
        if client.failures == 64 { client.close(.damaged) }
        guard let records else { return .lost(octets: octets, overhead: 0, isExact: false, loss) }
        let overhead = min(octets - 1, records * client.keys.overhead)
        let isExact = client.keys.hasExactOverhead && octets > records * client.keys.overhead
        return .lost(octets: octets - overhead, overhead: overhead, isExact: isExact, loss)
    }

    private mutating func fail(_ loss: TLSLoss) -> Step {
        client.close(loss)
        return .failed(loss)
    }

    /// Tells of a record that was opened.
    private mutating func tell(_ type: TLSContentType, _ overhead: Int, _ direction: Direction) -> Step {
        told = direction
        let octets = direction == .toServer ? client.content.count : server.content.count
        switch type {
        case .applicationData:
            // An empty record hides the beginning of the next, or the length of nothing.
            if octets == 0 { return .overhead(overhead) }
            if direction == .toServer { hasData = true }
            return .data(overhead: overhead)
        case .handshake:
            if direction == .toServer { readClientMessages() } else { readServerMessages() }
            // Early data that no message ends was refused.
            if wasEarly, !sawEndOfEarlyData, !hadGap, !isRestartTold, client.keys.epoch > .earlyData {
                isRestartTold = true
                unprovenOverhead += octets + overhead
                return .restarted
            }
        case .changeCipherSpec: if !isTLS13 { changeCipherSpec(direction) }
        default: break
        }
        return .overhead(octets + overhead)
    }

    private mutating func readClientMessages() {
        let content = client.content
        var offset = 0
        while let message = clientMessages.next(in: content.span, from: &offset) {
            switch message.type {
            case .endOfEarlyData:
                sawEndOfEarlyData = true
                client.keys.advance()
            case .finished where isTLS13 && client.keys.epoch == .handshake: client.keys.advance()
            case .keyUpdate where isTLS13: client.keys.update()
            case .clientHello where !isTLS13:
                newRandom = (try? ClientHello(message.body.span))?.random
                newKeys = nil
            default: break
            }
        }
    }

    private mutating func readServerMessages() {
        let content = server.content
        var offset = 0
        while let message = serverMessages.next(in: content.span, from: &offset) {
            switch message.type {
            case .encryptedExtensions:
                isServerKnown = true
                if serverALPN == nil { serverALPN = EncryptedExtensions.alpn(message.body.span) }
            case .finished where isTLS13 && server.keys.epoch == .handshake:
                isServerKnown = true
                server.keys.advance()
            case .keyUpdate where isTLS13: server.keys.update()
            case .serverHello where !isTLS13: prepareKeys(message.body)
            default: break
            }
        }
    }

    // MARK: TLS 1.2

    /// Makes the keys of a negotiation within the session, which are in use from each side's ChangeCipherSpec on.
    private mutating func prepareKeys(_ body: [UInt8]) {
        guard let newRandom, let hello = try? ServerHello(body.span), let secrets = source.secrets(of: newRandom),
            let master = secrets[.masterSecret]
        else { return }
        newKeys = TLSRecordKeys.directions(master: master, clientRandom: newRandom, hello: hello)
    }

    private mutating func changeCipherSpec(_ direction: Direction) {
        switch direction {
        case .toServer:
            guard client.isEncrypted else {
                client.isEncrypted = true
                return client.keys.advance()
            }
            client.keys.renegotiate(newKeys?.toServer)
            if newKeys == nil { client.close(.noKey) }
        case .toClient:
            guard server.isEncrypted else {
                server.isEncrypted = true
                return server.keys.advance()
            }
            server.keys.renegotiate(newKeys?.toClient)
        }
        newRandom = nil
    }
}

/// Why a connection cannot be read from its beginning.
package struct TLSSessionError: Error, Equatable, Sendable {
    /// What is missing.
    package let loss: TLSLoss

    /// An error because of `loss`.
    package init(loss: TLSLoss) {
        self.loss = loss
    }
}
