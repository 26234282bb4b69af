package import FlowTracking
package import PacketDecode
internal import SecureTransport
package import Wire

/// Which flow a datagram of QUIC belongs to whose client has got another address or port (RFC 9000 § 9, Connection Migration).
///
/// Long headers show the ids by which each end of a flow is reached. When a packet with the id of a known end comes from an
/// address that has no flow with it, the connection has moved there: its datagrams, in both directions, go on as those of
/// the flow that it began with. Kept before flows are shared out, so that whoever has that flow gets them.
///
/// A client that moves of its own accord takes an id that its server has issued within the connection. Only who decrypts
/// it knows that one, so such ids are kept by shards, see ``resolveIssued(_:_:at:)``.
package struct QUICRoutes: ~Copyable {
    /// Datagrams that went on as another flow's.
    package private(set) var moved = 0

    /// When a flow of QUIC was seen last, by its hash.
    private var flows: [UInt64: Timestamp] = [:]
    /// The flows of ids, by who is reached by them; their sender is the end that the id is of.
    private var ids: [Identity: FlowRoute] = [:]
    /// In which order these came: a ring, once it is full.
    private var order: [(flow: UInt64, id: Identity)] = []
    private var oldest = 0
    /// How long the ids of an end are.
    private var lengths: [SocketAddress: UInt32] = [:]
    /// Flows that have moved: as which one's their client's datagrams go on, and on which side the client is.
    private var moves: [UInt64: (route: FlowRoute, client: FlowKey.Side)] = [:]
    private let limit: Int

    /// A connection id, and the end that is reached by it.
    private struct Identity: Hashable {
        let end: SocketAddress
        let length: Int
        let words: [3 of UInt64]

        init(_ end: SocketAddress, _ octets: Span<UInt8>) {
            self.end = end
            length = octets.count
            var words: [3 of UInt64] = .init(repeating: 0)
            for index in octets.indices where index < 24 {
                words[index / 8] = words[index / 8] << 8 | UInt64(octets[index])
            }
            self.words = words
        }

        static func == (left: Identity, right: Identity) -> Bool {
            left.end == right.end && left.length == right.length && left.words[0] == right.words[0]
                && left.words[1] == right.words[1] && left.words[2] == right.words[2]
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(end)
            for index in words.indices { hasher.combine(words[index]) }
        }
    }

    /// Remembers so many ids at most; beyond them the one that came first goes.
    package init(limit: Int = QUICRoutes.defaultLimit) {
        self.limit = max(1, limit)
    }

    /// Ids that are remembered unless said otherwise.
    package static let defaultLimit = 16_384

    /// How long, in nanoseconds, a flow may have been silent to which a datagram is joined.
    private static var patience: Int64 { 120_000_000_000 }

    /// The flow that a datagram goes to, its own or the one that its connection began with.
    @inline(__always)
    package mutating func resolve(
        _ packet: borrowing DecodedPacket,
        _ route: FlowRoute,
        at time: Timestamp
    ) -> FlowRoute {
        guard case .udp(let fields) = packet.transport, packet.payload.count > 20 else { return route }
        let first = packet.payload[0]
        guard first & 0x40 != 0, !flows.isEmpty || first & 0x80 != 0 else { return route }
        return resolve(packet.payload, fields, packet.source, packet.destination, route, time)
    }

    /// The flow that a datagram with a short header goes to by ids that were issued within connections.
    ///
    /// For a table that only `learn(_:_:at:)` has filled.
    @inline(__always)
    package mutating func resolveIssued(
        _ packet: borrowing DecodedPacket,
        _ route: FlowRoute,
        at time: Timestamp
    ) -> FlowRoute {
        guard !ids.isEmpty, case .udp(let fields) = packet.transport, packet.payload.count > 20,
            packet.payload[0] & 0xC0 == 0x40
        else { return route }
        return resolve(packet.payload, fields, packet.source, packet.destination, route, time)
    }

    /// Notes an id that a server has issued within a connection.
    package mutating func learn(_ issued: IssuedConnectionID, _ secret: HashSecret, at time: Timestamp) {
        let route = issued.flow.route(secret, from: issued.server)
        guard (1...QUICPacketHeader.longestID).contains(issued.octets.count) else { return }
        learn(issued.octets.span, of: issued.server, route, time)
    }

    @inline(never)
    private mutating func resolve(
        _ payload: Span<UInt8>,
        _ fields: UDPFields,
        _ source: IPAddress,
        _ destination: IPAddress,
        _ route: FlowRoute,
        _ time: Timestamp
    ) -> FlowRoute {
        if let move = moves[route.hash] { return follow(move, route, time) }
        let end = SocketAddress(destination, fields.destinationPort)
        if payload[0] & 0x80 != 0 {
            guard QUICProbe.isKnown(payload), let header = try? QUICPacketHeader(payload) else { return route }
            if flows[route.hash] == nil, let known = ids[Identity(end, payload.extracting(header.destination))] {
                return move(route, to: known, time)
            }
            let sender = SocketAddress(source, fields.sourcePort)
            learn(payload.extracting(header.source), of: sender, route, time)
            return route
        }
        if flows[route.hash] != nil {
            flows[route.hash] = time
            return route
        }
        guard let lengths = lengths[end] else { return route }
        for length in 1...QUICPacketHeader.longestID where lengths & 1 << UInt32(length) != 0 {
            guard payload.count > length else { break }
            guard let known = ids[Identity(end, payload.extracting(1..<(1 + length)))] else { continue }
            return move(route, to: known, time)
        }
        return route
    }

    /// Notes that a flow goes on as the one in which an id was shown.
    private mutating func move(_ route: FlowRoute, to known: FlowRoute, _ time: Timestamp) -> FlowRoute {
        let move = (route: known.opposite, client: route.sender)
        if moves.count >= limit { moves = [:] }
        moves[route.hash] = move
        return follow(move, route, time)
    }

    private mutating func follow(
        _ move: (route: FlowRoute, client: FlowKey.Side),
        _ route: FlowRoute,
        _ time: Timestamp
    ) -> FlowRoute {
        guard let seen = flows[move.route.hash], time.nanoseconds(since: seen) < Self.patience else {
            moves[route.hash] = nil
            return route
        }
        flows[move.route.hash] = time
        moved += 1
        return route.sender == move.client ? move.route : move.route.opposite
    }

    /// Notes the id of a sender.
    private mutating func learn(_ octets: Span<UInt8>, of sender: SocketAddress, _ route: FlowRoute, _ time: Timestamp)
    {
        guard !octets.isEmpty else { return }
        let id = Identity(sender, octets)
        if let known = ids[id] {
            if known.hash == route.hash { flows[route.hash] = time }
            return
        }
        if order.count < limit {
            order.append((route.hash, id))
        } else {
            ids[order[oldest].id] = nil
            flows[order[oldest].flow] = nil
            order[oldest] = (route.hash, id)
            oldest = (oldest + 1) % limit
        }
        flows[route.hash] = time
        ids[id] = route
        if lengths.count >= limit { lengths = [:] }
        lengths[sender, default: 0] |= 1 << UInt32(octets.count)
    }

    /// Forgets all: another capture follows.
    package mutating func removeAll() {
        self = QUICRoutes(limit: limit)
    }
}
