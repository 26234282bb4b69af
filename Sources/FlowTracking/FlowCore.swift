public import PacketDecode
public import Wire

/// What a core has to tell of a flow; octets are borrowed until the call returns.
@usableFromInline
package enum FlowEvent: ~Escapable {
    /// The flow has its first payload; the answer declines it at once, or wants it opened.
    case glimpsed(Span<UInt8>, Direction, FlowFacts)
    /// The flow has its first payload or hole; the answer names the new state.
    case opened(FlowFacts)
    /// Octets of a stream.
    case chunk(Span<UInt8>, Direction)
    /// Octets that are missing.
    case gap(Int, GapReason, Direction)
    /// A UDP payload and how much of it is missing.
    case datagram(Span<UInt8>, missing: Int, Direction)
    /// A stream is over.
    case ended(Direction, StreamEnd)
    /// The flow lives on.
    case reviewed(FlowTotals)
    /// Somebody has a reason to look at the flow, though it brings nothing.
    case woken
    /// The flow is neither read nor wanted any more, and the state is given up; the answer holds what is left of it.
    case declined(FlowTotals)
    /// The flow is over, and the state with it.
    case closed(FlowTotals, FlowEnd)
    /// A flow that was declined is over; with what was left of its state.
    case closedDeclined(UInt64, FlowTotals, FlowEnd)
}

/// What comes back.
@usableFromInline
package struct FlowReply {
    /// What is wanted of the flow from now on; meaningless after events that do not ask.
    @usableFromInline package let interest: Interest
    /// The state of a flow that was opened, or what is left of that of one that was declined.
    @usableFromInline package let value: UInt64

    /// Answers an event that asks for an interest, or for nothing.
    @inlinable
    package init(_ interest: Interest) {
        self.interest = interest
        value = 0
    }

    /// Answers `opened`.
    @inlinable
    package init(state: UInt32) {
        value = UInt64(state)
        interest = .both
    }

    /// Answers `declined`.
    @inlinable
    package init(remnant: UInt64) {
        value = remnant
        interest = .none
    }
}

/// Takes the events of a flow with its state (of `opened` and `closedDeclined` there is none), and the packet being
/// processed.
@usableFromInline
package typealias FlowSink = (FlowEvent, UInt32, PacketStamp) -> FlowReply

/// All of a `FlowTable` but the consumer and its states.
///
/// It is not generic, so that it is compiled, and optimised, once and here, and only the shell around it is specialised
/// in the consumer's module: a generic table whose methods are not `@inlinable` runs unspecialised there, ten times slower.
@usableFromInline
package struct FlowCore: ~Copyable {
    let limits: FlowLimits
    /// See `FlowTable.counters`.
    @usableFromInline
    package internal(set) var counters = FlowCounters()
    var slab: FlowSlab
    var reassemblies = ReassemblySlab()
    var buffers: SegmentBuffers
    var clock = PacketClock()
    var stamp = PacketStamp(timestamp: Timestamp(nanoseconds: 0), number: 0)
    var sweptAt: UInt32 = 0
    var reviews = ReviewQueue()
    let salt: UInt64

    /// How often timers are looked at, in milliseconds.
    static var sweepInterval: Int { 50 }
    /// How long a flow may keep its place in its list although packets come, in milliseconds: spares the hot path.
    static var touchInterval: Int { 500 }
    /// The same of a flow that is wanted: of these the order must be right, lest one that is being read makes room.
    static var wantedTouchInterval: Int { 10 }

    /// See `FlowTable.init`.
    @usableFromInline
    package init(limits: FlowLimits, seed: UInt64, salt: UInt64) {
        let limits = limits.clamped()
        self.limits = limits
        self.salt = salt
        slab = FlowSlab(seed: seed)
        buffers = SegmentBuffers(limit: limits.tableBuffer)
    }

    /// See `FlowTable.flowCount`.
    @usableFromInline
    package var flowCount: Int { slab.count }
    /// See `FlowTable.reassemblingCount`.
    @usableFromInline
    package var reassemblingCount: Int { reassemblies.count }
    /// See `FlowTable.bufferedOctets`.
    @usableFromInline
    package var bufferedOctets: Int { buffers.used }

    /// See `FlowTable.process`.
    @usableFromInline
    package mutating func process(
        _ packet: borrowing DecodedPacket,
        _ route: FlowRoute?,
        at stamp: PacketStamp,
        _ sink: FlowSink
    ) {
        counters.packets &+= 1
        self.stamp = stamp
        runTimers(to: stamp.timestamp, sink)
        guard let route else { return counters.untracked &+= 1 }
        switch packet.transport {
        case .tcp(let fields): segment(fields, packet, route, sink)
        case .udp: datagram(packet, route, sink)
        case .other, .fragment: counters.untracked &+= 1
        }
    }

    /// Which flow of this table a packet belongs to.
    @usableFromInline
    package mutating func route(of packet: borrowing DecodedPacket) -> FlowRoute? {
        FlowKey.route(of: packet, slab.secret)
    }

    /// See `FlowTable.advance`.
    @usableFromInline
    package mutating func advance(to time: Timestamp, _ sink: FlowSink) {
        stamp = PacketStamp(timestamp: max(time, stamp.timestamp), number: stamp.number)
        runTimers(to: time, sink)
    }

    /// See `FlowTable.wake`.
    @usableFromInline
    package mutating func wake(_ route: FlowRoute, at time: Timestamp, _ sink: FlowSink) {
        guard let flow = slab.find(route), let state = slab[flow].state else { return }
        stamp = PacketStamp(timestamp: max(time, stamp.timestamp), number: stamp.number)
        apply(sink(.woken, state, stamp).interest, flow, sink)
    }

    /// See `FlowTable.finish`.
    @usableFromInline
    package mutating func finish(_ sink: FlowSink) {
        for list in FlowList.all {
            while let flow = slab.oldest(of: list) { end(flow, .captureEnd, sink) }
        }
        reviews.removeAll()
        clock = PacketClock()
        sweptAt = 0
    }

    /// Hands a chunk on.
    mutating func deliver(_ octets: Span<UInt8>, _ flow: Int, _ side: FlowKey.Side, _ sink: FlowSink) {
        guard octets.count > 0 else { return }
        counters.deliveredOctets &+= UInt64(octets.count)
        if !slab[flow].isAnnounced, introduce(octets, flow, side, sink) { return }
        let event = FlowEvent.chunk(octets, slab[flow].direction(from: side))
        guard let state = slab[flow].state else { return }
        apply(sink(event, state, stamp).interest, flow, sink)
    }

    /// Tells of a hole.
    mutating func report(
        gap octets: Int,
        _ reason: GapReason,
        _ flow: Int,
        _ side: FlowKey.Side,
        _ sink: FlowSink
    ) {
        counters.gaps &+= 1
        switch reason {
        case .lost: counters.lostOctets &+= UInt64(octets)
        case .budget: counters.budgetOctets &+= UInt64(octets)
        case .snaplen: counters.snapLengthOctets &+= UInt64(octets)
        }
        announce(flow, sink)
        let event = FlowEvent.gap(octets, reason, slab[flow].direction(from: side))
        guard let state = slab[flow].state else { return }
        apply(sink(event, state, stamp).interest, flow, sink)
    }

    /// Tells the consumer of a flow that it does not know yet.
    mutating func announce(_ flow: Int, _ sink: FlowSink) {
        if slab[flow].isAnnounced { return }
        open(flow, facts(of: flow), sink)
    }

    /// Tells the consumer of a flow that it does not know yet, with its first octets; true when it declines the flow.
    mutating func introduce(_ octets: Span<UInt8>, _ flow: Int, _ side: FlowKey.Side, _ sink: FlowSink) -> Bool {
        let facts = facts(of: flow)
        let reply = sink(.glimpsed(octets, slab[flow].direction(from: side), facts), FlowEntry.none, stamp)
        guard reply.interest.reading == .none else {
            open(flow, facts, sink)
            return false
        }
        counters.opened &+= 1
        if facts.midstream { counters.midstream &+= 1 }
        counters.shunted &+= 1
        slab[flow].flags.insert(.shunted)
        countOnly(flow, .lower)
        countOnly(flow, .higher)
        release(flow)
        slab.forgetOrigin(of: flow)
        slab[flow].decline(reply.value)
        if slab[flow].list != .closing { slab.move(flow, to: slab[flow].properList, tick: clock.tick) }
        return true
    }

    private mutating func open(_ flow: Int, _ facts: FlowFacts, _ sink: FlowSink) {
        counters.opened &+= 1
        if facts.midstream { counters.midstream &+= 1 }
        let state = UInt32(truncatingIfNeeded: sink(.opened(facts), FlowEntry.none, stamp).value)
        slab.forgetOrigin(of: flow)
        slab[flow].setState(state)
    }

    /// What the consumer is told of a flow that it does not know yet.
    private mutating func facts(of flow: Int) -> FlowFacts {
        let key = slab.key(of: flow)
        let client = slab[flow].client
        let first = slab[flow].reassembly.map { reassemblies[$0].first } ?? slab.origin(of: flow)
        return FlowFacts(
            client: key.endpoint(client),
            server: key.endpoint(client.opposite),
            transport: key.transport,
            vlan: key.vlan,
            first: first ?? stamp,
            midstream: key.transport == .tcp && !slab[flow].flags.contains(.handshake),
            salt: salt
        )
    }

    /// Does what the consumer asked for; may free the flow's reassembly.
    mutating func apply(_ interest: Interest, _ flow: Int, _ sink: FlowSink) {
        let before = slab[flow].flags
        var flags = before.subtracting([.shunted, .readsClientOnly, .wanted])
        switch interest.reading {
        case .both: break
        case .toServerOnly: flags.insert(.readsClientOnly)
        case .none: flags.insert(.shunted)
        }
        if interest.isWanted { flags.insert(.wanted) }
        guard flags != before else { return }
        slab[flow].flags = flags
        if flags.contains(.shunted), !before.contains(.shunted) {
            counters.shunted &+= 1
            countOnly(flow, .lower)
            countOnly(flow, .higher)
            release(flow)
            if !flags.contains(.wanted) { decline(flow, sink) }
        } else if flags.contains(.readsClientOnly), !before.contains(.readsClientOnly) {
            countOnly(flow, slab[flow].client.opposite)
        }
        if flags.contains(.wanted), !flags.contains(.hasReview) {
            slab[flow].flags.insert(.hasReview)
            scheduleReview(flow)
        }
        let list = slab[flow].list
        if list != .closing, list != .tombstone { slab.move(flow, to: slab[flow].properList, tick: clock.tick) }
    }

    /// Has the consumer give up its state of a flow, and keeps the few octets that are left of it.
    private mutating func decline(_ flow: Int, _ sink: FlowSink) {
        guard let state = slab[flow].state else { return }
        slab[flow].decline(sink(.declined(slab[flow].totals), state, stamp).value)
    }

    /// Stops putting a stream in order: what waits is counted and dropped.
    private mutating func countOnly(_ flow: Int, _ side: FlowKey.Side) {
        guard let index = slab[flow].reassembly else { return }
        endHolding(flow, side)
        let (waiting, holes) = reassemblies[index, side].abandon(&slab[flow, side], buffers: &buffers)
        counters.countedOctets &+= UInt64(waiting)
        counters.countedHoleOctets &+= UInt64(holes)
        reassemblies.updateWaiting(index)
    }

    /// Frees a flow's reassembly, if it has one.
    mutating func release(_ flow: Int) {
        guard let index = slab[flow].reassembly else { return }
        reassemblies.remove(index, buffers: &buffers)
        slab[flow].forgetPlace()
    }
}
