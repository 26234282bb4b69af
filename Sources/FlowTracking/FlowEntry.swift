internal import Wire

/// What a table knows of a flow in few octets: all that there is of one that is shunted or has brought no payload.
///
/// 128 octets, and not copyable lest they be copied by mistake on the hot path. The streams of flows that are read are in a `Reassembly`, the consumer's state in a slab of its own.
struct FlowEntry: ~Copyable {
    /// The index that stands for none.
    static let none = UInt32.max

    /// Addresses, ports, transport, VLAN.
    var key: FlowKey
    /// The list that the flow is in, which says how it is timed out and evicted.
    var list: FlowList = .embryonic
    /// What has happened to it.
    var flags: FlowFlags = []
    /// Where its `Reassembly` is, or `none`.
    var reassembly = FlowEntry.none
    /// Where the consumer's state is, or `none`.
    var state = FlowEntry.none
    /// The neighbour in its list that was seen later, or `none`.
    var newer = FlowEntry.none
    /// The neighbour in its list that was seen earlier, or `none`; in the free list, the next free entry.
    var older = FlowEntry.none
    /// When the flow was last put at the head of its list.
    var tick: UInt32
    /// Its first packet.
    let first: PacketStamp
    /// Its last packet.
    var last: PacketStamp
    /// Its two streams, by the side that sends.
    var streams: InlineArray<2, StreamCursor>

    /// Whether the flow is in the table, rather than its entry waiting for another.
    var isLive: Bool {
        get { !flags.contains(.removed) }
        set { if newValue { flags.remove(.removed) } else { flags.insert(.removed) } }
    }

    /// A flow whose first packet has just come.
    init(key: FlowKey, at stamp: PacketStamp, tick: UInt32) {
        self.key = key
        self.tick = tick
        first = stamp
        last = stamp
        streams = InlineArray(repeating: StreamCursor())
    }

    /// Which side is the client.
    var client: FlowKey.Side { flags.contains(.clientIsHigher) ? .higher : .lower }

    /// The direction in which that side sends.
    func direction(from side: FlowKey.Side) -> Direction { side == client ? .toServer : .toClient }

    /// Whether what that side sends is put in order, rather than only counted.
    @inline(__always)
    func isRead(_ side: FlowKey.Side) -> Bool {
        reassembly != FlowEntry.none && !(flags.contains(.readsClientOnly) && side != client)
    }

    /// Whether the start of that side's stream is known.
    @inline(__always)
    func isSynchronised(_ side: FlowKey.Side) -> Bool { flags.rawValue & FlowFlags.synchronised(side).rawValue != 0 }

    /// Whether that side said FIN.
    func hasFin(_ side: FlowKey.Side) -> Bool { flags.contains(.fin(side)) }

    /// Whether packets of both sides were seen.
    var isAnswered: Bool { streams[0].packets > 0 && streams[1].packets > 0 }

    /// What the consumer is told of the flow.
    func facts(salt: UInt64) -> FlowFacts {
        FlowFacts(
            client: key.endpoint(client),
            server: key.endpoint(client.opposite),
            transport: key.transport,
            vlan: key.vlan,
            first: first,
            midstream: key.transport == .tcp && !flags.contains(.handshake),
            salt: salt
        )
    }

    /// What went over the flow.
    var totals: FlowTotals {
        let server = streams[client.opposite.rawValue]
        let client = streams[client.rawValue]
        return FlowTotals(
            toServer: FlowTotals.Stream(packets: client.packets, octets: client.octets),
            toClient: FlowTotals.Stream(packets: server.packets, octets: server.octets),
            first: first,
            last: last
        )
    }

    /// The list that the flow belongs in, closing ones apart.
    var properList: FlowList {
        let isTCP = key.transport == .tcp
        if state == FlowEntry.none, reassembly == FlowEntry.none, isTCP { return .embryonic }
        if flags.contains(.shunted) {
            if flags.contains(.wanted) { return isTCP ? .countedTCP : .countedUDP }
            return isTCP ? .shuntedTCP : .shuntedUDP
        }
        if flags.contains(.wanted) { return isTCP ? .wantedTCP : .wantedUDP }
        if isAnswered { return isTCP ? .undecidedTCP : .undecidedUDP }
        return isTCP ? .unansweredTCP : .unansweredUDP
    }
}

/// What has happened to a flow.
struct FlowFlags: OptionSet {
    let rawValue: UInt16

    /// The client is the higher endpoint.
    static let clientIsHigher = FlowFlags(rawValue: 1 << 0)
    /// A SYN of either side was seen.
    static let handshake = FlowFlags(rawValue: 1 << 1)
    /// An RST was believed.
    static let reset = FlowFlags(rawValue: 1 << 6)
    /// Octets came long after the RST, so it was a false one.
    static let revived = FlowFlags(rawValue: 1 << 7)
    /// The consumer does not read the flow.
    static let shunted = FlowFlags(rawValue: 1 << 8)
    /// The consumer reads the client's direction only.
    static let readsClientOnly = FlowFlags(rawValue: 1 << 9)
    /// The consumer wants the flow.
    static let wanted = FlowFlags(rawValue: 1 << 10)
    /// A review of the flow is due some time.
    static let hasReview = FlowFlags(rawValue: 1 << 11)

    /// The entry is free.
    static let removed = FlowFlags(rawValue: 1 << 12)

    /// The start of a side's stream is known.
    static func synchronised(_ side: FlowKey.Side) -> FlowFlags {
        FlowFlags(rawValue: 1 << (2 + UInt16(side.rawValue)))
    }

    /// A side said FIN.
    static func fin(_ side: FlowKey.Side) -> FlowFlags { FlowFlags(rawValue: side == .lower ? 1 << 4 : 1 << 5) }

    /// Either side said FIN.
    static let anyFin = FlowFlags(rawValue: 1 << 4 | 1 << 5)
}
