internal import Wire

/// What a table knows of a flow in few octets: all that there is of one that is shunted.
///
/// 64 octets, a line of the processor's cache, and not copyable lest they be copied by mistake on the hot path. When a
/// flow began is kept elsewhere until the consumer knows it; the streams of flows that are read are in a `Reassembly`,
/// the consumer's state is in a slab of its own, and IPv6 addresses are in a list of their own.
struct FlowEntry: ~Copyable {
    /// The index that stands for none.
    static let none = UInt32.max

    /// Addresses, ports, transport, VLAN.
    let key: StoredFlowKey
    /// The neighbour in its list that was seen later, or `none`.
    var newer = FlowEntry.none
    /// The neighbour in its list that was seen earlier, or `none`; in the free list, the next free entry.
    var older = FlowEntry.none
    /// When the flow was last put at the head of its list.
    var tick: UInt32
    /// What has happened to it.
    var flags: FlowFlags = []
    /// The list that the flow is in, which says how it is timed out and evicted.
    var list: FlowList = .embryonic
    /// How often the entry was used for another flow, wrapping: tells them apart.
    var generation: UInt8 = 0
    /// With the `attended` flag, where its `Reassembly` is; else where its first packet is noted, or `none`.
    ///
    /// Of a declined flow, the lower half of what the consumer left.
    private var place: UInt32
    /// Where the consumer's state is, or `none`; of a declined flow, the upper half of what the consumer left.
    private var handle = FlowEntry.none
    private var lowerOctets = 0
    private var higherOctets = 0
    private var lowerNext = SequenceNumber(0)
    private var higherNext = SequenceNumber(0)

    /// A flow whose first packet has just come and is noted at `origin`.
    init(key: StoredFlowKey, tick: UInt32, origin: UInt32) {
        self.key = key
        self.tick = tick
        place = origin
    }

    /// Which side is the client.
    var client: FlowKey.Side { flags.contains(.clientIsHigher) ? .higher : .lower }

    /// The direction in which that side sends.
    func direction(from side: FlowKey.Side) -> Direction { side == client ? .toServer : .toClient }

    /// Where one of its two streams stands, by the side that sends.
    subscript(side: FlowKey.Side) -> StreamCursor {
        @inline(__always)
        get {
            side == .lower
                ? StreamCursor(octets: lowerOctets, next: lowerNext)
                : StreamCursor(octets: higherOctets, next: higherNext)
        }
        @inline(__always)
        set {
            if side == .lower {
                lowerOctets = newValue.octets
                lowerNext = newValue.next
            } else {
                higherOctets = newValue.octets
                higherNext = newValue.next
            }
        }
    }

    /// Where its `Reassembly` is; nil when it has none.
    @inline(__always)
    var reassembly: Int? { flags.contains(.attended) ? Int(place) : nil }

    /// Where its first packet is noted; nil when it is not, or no longer.
    var origin: UInt32? {
        flags.isDisjoint(with: [.attended, .declined]) && place != FlowEntry.none ? place : nil
    }

    /// The consumer's state; nil when the consumer does not know the flow, or has declined it.
    @inline(__always)
    var state: UInt32? { handle == FlowEntry.none || flags.contains(.declined) ? nil : handle }

    /// Whether the consumer knows the flow, or has known it.
    @inline(__always)
    var isAnnounced: Bool { handle != FlowEntry.none || flags.contains(.declined) }

    /// What the consumer left of its state when it declined the flow.
    var remnant: UInt64 { UInt64(handle) << 32 | UInt64(place) }

    /// Notes where the flow's `Reassembly` is.
    mutating func attend(at index: Int) {
        place = UInt32(truncatingIfNeeded: index)
        flags.insert(.attended)
    }

    /// Notes that the flow has no `Reassembly` any more, and that its beginning need not be kept.
    mutating func forgetPlace() {
        place = FlowEntry.none
        flags.remove(.attended)
    }

    /// Notes where the consumer's state is, or with nil that it is gone.
    mutating func setState(_ state: UInt32?) { handle = state ?? FlowEntry.none }

    /// Keeps what the consumer left; the flow has neither state nor `Reassembly` any more.
    mutating func decline(_ remnant: UInt64) {
        flags.remove(.attended)
        flags.insert(.declined)
        handle = UInt32(truncatingIfNeeded: remnant >> 32)
        place = UInt32(truncatingIfNeeded: remnant)
    }

    /// Notes that the consumer knows nothing more of a flow that it has declined.
    mutating func forgetRemnant() {
        flags.remove(.declined)
        handle = FlowEntry.none
        place = FlowEntry.none
    }

    /// Whether what that side sends is put in order, rather than only counted.
    @inline(__always)
    func isRead(_ side: FlowKey.Side) -> Bool {
        flags.contains(.attended) && !(flags.contains(.readsClientOnly) && side != client)
    }

    /// Whether the start of that side's stream is known.
    @inline(__always)
    func isSynchronised(_ side: FlowKey.Side) -> Bool { flags.rawValue & FlowFlags.synchronised(side).rawValue != 0 }

    /// Whether that side said FIN.
    func hasFin(_ side: FlowKey.Side) -> Bool { flags.contains(.fin(side)) }

    /// Whether packets of both sides were seen.
    var isAnswered: Bool { flags.isSuperset(of: .bothSeen) }

    /// What went over the flow.
    var totals: FlowTotals {
        FlowTotals(toServerOctets: self[client].octets, toClientOctets: self[client.opposite].octets)
    }

    /// The list that the flow belongs in, closing ones apart.
    var properList: FlowList {
        let isTCP = key.transport == .tcp
        if !isAnnounced, !flags.contains(.attended), isTCP { return .embryonic }
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
    /// The flow has a `Reassembly`.
    static let attended = FlowFlags(rawValue: 1 << 12)
    /// The consumer neither reads nor wants the flow, and has left what it needs at its end.
    static let declined = FlowFlags(rawValue: 1 << 13)

    /// The start of a side's stream is known.
    static func synchronised(_ side: FlowKey.Side) -> FlowFlags {
        FlowFlags(rawValue: 1 << (2 + UInt16(side.rawValue)))
    }

    /// A side said FIN.
    static func fin(_ side: FlowKey.Side) -> FlowFlags { FlowFlags(rawValue: side == .lower ? 1 << 4 : 1 << 5) }

    /// Either side said FIN.
    static let anyFin = FlowFlags(rawValue: 1 << 4 | 1 << 5)

    /// A packet of a side was seen.
    static func seen(_ side: FlowKey.Side) -> FlowFlags { FlowFlags(rawValue: side == .lower ? 1 << 14 : 1 << 15) }

    /// Packets of both sides were seen.
    static let bothSeen = FlowFlags(rawValue: 1 << 14 | 1 << 15)
}
