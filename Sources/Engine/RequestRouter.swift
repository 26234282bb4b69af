internal import AppProtocols
package import Detection
package import FlowTracking
package import Incidents
internal import PacketDecode
internal import Payloads
package import SecureTransport
internal import Services
package import Sessions
package import Wire

/// Answers what sessions ask with what the catalogue knows, and sends accepted requests to be scanned.
package struct RequestRouter<Port: ScanPort & ~Copyable>: ~Copyable, RequestConsumer {
    /// Where accepted requests go.
    package var port: Port
    /// Where packets come from, for envelopes.
    package var origin: Envelope.Origin
    /// The capture's place among the inputs, from 0.
    package var file = 0
    /// Accepted requests, and connections that could not be read.
    package private(set) var accepted = 0

    private let set: DetectionSet
    /// The set's, beside it: read through the set, all of it is copied each time.
    private let catalogue: ServiceCatalogue
    private let digest: CredentialDigest?
    private let trustedProxies: [IPPrefix]
    private var connections: [Int: WatchedConnection] = [:]
    private var freeSlots: [Int] = []
    /// When the next partial record is due, by slot.
    private var due: [Timestamp] = []
    /// What stands for a request among those accepted, by slot.
    private var roles: [Role] = []

    /// Nanoseconds after which what is open gets a record, and after which again.
    private static var partialInterval: Int64 { 60_000_000_000 }

    /// The packet that is being processed; the owner sets it before each.
    package var now = Timestamp(nanoseconds: 0)

    /// Routes by `set`; credentials are named by `digest`, and not at all without one.
    package init(set: DetectionSet, digest: CredentialDigest?, origin: Envelope.Origin, port: consuming Port) {
        self.set = set
        catalogue = set.catalogue
        trustedProxies = set.trustedProxies
        self.digest = digest
        self.origin = origin
        self.port = port
    }

    // MARK: Requests

    /// Accepts a request that goes to a service.
    package mutating func judge(_ request: borrowing Request) -> Int? {
        let head = request.head
        let choice = request.names.isEmpty ? nil : NameChoice(request.names, set.catalogue)
        let host = choice?.host ?? request.host
        let method = head.opensWebSocket ? "WS" : head.method
        guard let match = set.catalogue.match(host: host, method: method, path: head.path) else { return nil }
        let slot = takeSlot(began: request.began.timestamp)
        let headers = head.headers.map { RequestHeader($0.name, $0.value) }
        let description = RequestDescription(
            method: head.method,
            target: head.target,
            headers: headers,
            service: match,
            hasTransferCodings: head.version == .http1
        )
        let client = set.catalogue.client(userAgent: head.userAgent, service: match.service.id) { head.value(of: $0) }
        var envelope = envelope(request.flow, appProtocol: Self.name(of: head.version))
        envelope.tls = request.secure.map(TLSFacts.init)
        envelope.http = HTTPFacts(hostname: host.description, port: request.port, method: head.method)
        envelope.forwarded = forwarded(request.flow, proxied: request.proxied) { ForwardedAddresses(head) }
        let open = OpenRequest(
            description: description,
            number: RequestNumber(
                file: file,
                packet: request.began.number,
                flowID: request.flow.id,
                request: UInt64(request.number)
            ),
            envelope: envelope,
            began: request.began.timestamp,
            service: facts(
                match,
                client: client,
                evidence: Self.evidence(match, request, isByName: choice != nil),
                isByName: choice != nil
            ),
            host: host.description,
            operation: match.operation,
            client: client.map { ClientFacts($0) },
            credential: description.credential.flatMap { credential in digest?.text(credential.value) },
            visibility: request.secure == nil ? .plaintext : .decrypted
        )
        accepted += 1
        roles[slot] = head.opensWebSocket ? .opening : .plain
        port.begin(open, slot: slot)
        return slot
    }

    /// Accepts a message of a WebSocket: the service was told by the request that opened it.
    package mutating func messageBegan(_ message: borrowing WebSocketMessage, within opening: Int) -> Int {
        let slot = takeSlot(began: message.began.timestamp)
        // The first message is counted in place of the opening, which then has no record.
        if roles[opening] == .opening { roles[opening] = .replaced } else { accepted += 1 }
        let begun = SocketMessage(
            number: RequestNumber(
                file: file,
                packet: message.began.number,
                flowID: message.flowID,
                request: UInt64(message.number)
            ),
            began: message.began.timestamp,
            isCompressed: message.isCompressed,
            takesContext: message.takesContext,
            isAssumed: message.isAssumed
        )
        port.begin(begun, slot: slot, within: opening)
        return slot
    }

    /// Hands on octets of a body.
    package mutating func body(_ octets: Span<UInt8>, slot: Int) {
        port.body(octets, slot: slot, at: now)
    }

    /// Hands on that octets are missing.
    package mutating func bodyLost(_ octets: Int, _ loss: BodyLoss, slot: Int) {
        let reason: OpaqueReason =
            switch loss {
            case .gap: .gap
            case .snapLength: .snaplen
            case .headers: .headers
            case .damaged: .damaged
            case .noKey: .noKey
            case .cipher: .cipher
            case .protocolSwitched: .coding
            }
        // Octets between messages are charged to the opening, which then has a record of its own.
        if roles[slot] == .replaced { accepted += 1 }
        roles[slot] = .plain
        port.lost(octets, reason, slot: slot, at: now)
    }

    /// Has a request recorded that is open for long.
    package mutating func requestReviewed(slot: Int, at stamp: PacketStamp) {
        if isDue(slot, at: stamp.timestamp) { port.review(slot: slot, at: stamp.timestamp) }
    }

    /// Ends a request.
    package mutating func requestEnded(_ end: RequestEnd, slot: Int, at stamp: PacketStamp) {
        port.end(isComplete: end == .complete, slot: slot, at: stamp.timestamp)
        freeSlots.append(slot)
    }

    // MARK: Connections

    /// Asks the catalogue for the name alone.
    package mutating func mayServe(_ name: Span<UInt8>) -> Bool { catalogue.mayKnow(host: name) }

    /// Whether a service of the catalogue may answer at an address.
    package func mayServe(_ address: IPAddress) -> Bool { set.catalogue.match(address: address) != nil }

    /// Whether a connection goes to a service.
    package func isWatched(_ connection: borrowing Connection) -> Bool {
        ConnectionTarget(connection, set.catalogue) != nil
    }

    /// Watches a connection that goes to a service.
    package mutating func judge(_ connection: borrowing Connection) -> Int? {
        guard let target = ConnectionTarget(connection, set.catalogue) else { return nil }
        var envelope = envelope(connection.flow, appProtocol: Self.name(of: connection.spoken))
        if let hello = connection.hello {
            envelope.tls = TLSFacts(
                serverName: hello.serverName?.description,
                version: nil,
                ja4: JA4.fingerprint(of: hello, transport: connection.spoken == .quic ? .quic : .tcp),
                clientALPNs: hello.alpn,
                hasECH: hello.hasECH
            )
        } else if let name = connection.serverName {
            envelope.tls = TLSFacts(serverName: name.description, hasECH: connection.mayHideName)
        }
        envelope.forwarded = forwarded(connection.flow, proxied: connection.proxied) { nil }
        let slot = takeSlot(began: connection.flow.started)
        accepted += 1
        let record = LLMRecord(
            timestamp: connection.flow.started,
            envelope: envelope,
            service: ServiceFacts(
                target.match,
                evidence: target.evidence,
                confidence: target.confidence,
                isSanctioned: set.sanctioned.contains(target.match.service.id),
                client: nil
            ),
            host: target.host.description,
            visibility: .metadataOnly,
            ledger: OctetLedger()
        )
        connections[slot] = WatchedConnection(record: record, reason: OpaqueReason(connection.unread))
        return slot
    }

    /// Notes what the server chose.
    package mutating func serverGreeted(_ hello: borrowing ServerHello, slot: Int) {
        connections[slot]?.record.envelope.tls?.version = TLSFacts.versionName(hello.version.rawValue)
        if let chosen = hello.alpn { connections[slot]?.record.envelope.tls?.serverALPNs = [chosen] }
    }

    /// Records a watched connection that is open for long, with the figures so far.
    package mutating func connectionReviewed(clientOctets: Int, slot: Int, at stamp: PacketStamp) {
        guard isDue(slot, at: stamp.timestamp), let connection = connections[slot] else { return }
        var record = connection.charged(clientOctets)
        record.isPartial = true
        port.record(record)
    }

    /// Records a watched connection: none of its client's octets could be inspected.
    package mutating func connectionEnded(clientOctets: Int, slot: Int, at stamp: PacketStamp) {
        guard let connection = connections.removeValue(forKey: slot) else { return }
        port.record(connection.charged(clientOctets))
        freeSlots.append(slot)
    }

    private enum Role {
        /// It counts.
        case plain
        /// It opens a WebSocket: the first message will take its place.
        case opening
        /// A message has taken its place.
        case replaced
    }

    // MARK: Parts of records

    private mutating func takeSlot(began: Timestamp) -> Int {
        let first = began.advanced(byNanoseconds: Self.partialInterval)
        guard let slot = freeSlots.popLast() else {
            due.append(first)
            roles.append(.plain)
            return due.count - 1
        }
        due[slot] = first
        roles[slot] = .plain
        return slot
    }

    /// Whether a record of what is open is due; then the next is due with the next whole minute.
    private mutating func isDue(_ slot: Int, at time: Timestamp) -> Bool {
        guard slot < due.count, time >= due[slot] else { return false }
        let late = time.nanoseconds(since: due[slot]) % Self.partialInterval
        due[slot] = time.advanced(byNanoseconds: Self.partialInterval - late)
        return true
    }

    /// What told the service, the server's name in a greeting before all.
    private static func evidence(_ match: ServiceMatch, _ request: borrowing Request, isByName: Bool) -> [Evidence] {
        var evidence = isByName ? match.evidence.filter { $0 != .host } + [.dns] : match.evidence
        if let name = request.serverName, name == request.host {
            evidence.append(.sni)
            // Without an authority of the request's own, the host is known from there alone.
            if request.head.host == nil { evidence.removeAll { $0 == .host } }
        }
        if request.hasHostMismatch { evidence.append(.hostMismatch) }
        return evidence
    }

    private func envelope(_ flow: FlowFacts, appProtocol: String?) -> Envelope {
        var envelope = Envelope(
            origin: origin,
            flowID: flow.id,
            client: flow.client,
            server: flow.server,
            transport: flow.transport == .tcp ? .tcp : .udp,
            vlan: flow.vlan.ids
        )
        envelope.appProtocol = appProtocol
        return envelope
    }

    private static func name(of version: HTTPVersion) -> String {
        switch version {
        case .http1: "http"
        case .http2: "http2"
        case .http3: "http3"
        }
    }

    /// For whom a client forwards that is a trusted proxy; nil for any other, and where none is told.
    private func forwarded(
        _ flow: FlowFacts,
        proxied: IPAddress?,
        _ fields: () -> ForwardedAddresses?
    ) -> IPAddress? {
        guard !trustedProxies.isEmpty else { return nil }
        let trusted = trustedProxies
        let isTrusted = { (address: IPAddress) in trusted.contains { $0.contains(address.unmapped) } }
        guard isTrusted(flow.client.address) else { return nil }
        // A proxy before this one may have said more.
        guard isTrusted(proxied ?? flow.client.address) else { return proxied }
        return fields()?.origin(isTrusted: isTrusted) ?? proxied
    }

    private static func name(of spoken: Connection.Spoken) -> String? {
        switch spoken {
        case .tls: "tls"
        case .quic: "quic"
        case .unknown: nil
        }
    }

    /// What a record says of the service; where only DNS knows the name, that is a guess.
    private func facts(
        _ match: ServiceMatch,
        client: ClientTool?,
        evidence: [Evidence],
        isByName: Bool
    ) -> ServiceFacts {
        ServiceFacts(
            match,
            evidence: evidence,
            confidence: isByName ? .low : match.confidence,
            isSanctioned: set.sanctioned.contains(match.service.id),
            client: client
        )
    }
}

/// A connection that cannot be read, and why.
private struct WatchedConnection {
    var record: LLMRecord
    let reason: OpaqueReason

    /// The record with so many octets of the client's, none of which could be inspected.
    func charged(_ clientOctets: Int) -> LLMRecord {
        var record = record
        record.ledger.addOpaque(clientOctets, reason)
        return record
    }
}

extension OpaqueReason {
    /// Why the octets of a connection are not inspected.
    fileprivate init(_ unread: Unread) {
        switch unread {
        case .encrypted: self = .encrypted
        case .noKey: self = .noKey
        case .cipher: self = .cipher
        case .midstream: self = .midstream
        case .gap: self = .gap
        case .unknownProtocol: self = .coding
        }
    }
}

extension TLSFacts {
    /// What is known of a layer of TLS that was decrypted.
    fileprivate init(_ layer: SecureLayer) {
        self.init(
            serverName: layer.hello.serverName?.description,
            version: layer.greeting.map { TLSFacts.versionName($0.version.rawValue) },
            ja4: layer.ja4,
            clientALPNs: layer.hello.alpn,
            serverALPNs: layer.serverALPN.map { [$0] } ?? [],
            hasECH: layer.hello.hasECH
        )
    }
}
