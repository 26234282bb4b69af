public import PacketDecode
public import Wire

/// What a core has to tell of a flow; octets are borrowed until the call returns.
@usableFromInline
package enum FlowEvent: ~Escapable {
    /// The flow has its first payload or hole; the answer names the new state.
    case opened
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
    /// The flow is over, and the state with it.
    case closed(FlowTotals, FlowEnd)
}

/// What comes back.
@usableFromInline
package struct FlowReply {
    /// What is wanted of the flow from now on; meaningless after events that do not ask.
    @usableFromInline package let interest: Interest
    /// The state of a flow that was opened.
    @usableFromInline package let state: UInt32

    /// Answers an event that asks for an interest, or for nothing.
    @inlinable
    package init(_ interest: Interest) {
        self.interest = interest
        state = .max
    }

    /// Answers `opened`.
    @inlinable
    package init(state: UInt32) {
        self.state = state
        interest = .both
    }
}

/// Takes the events of a flow with its facts, its state (not of `opened`), and the packet being processed.
@usableFromInline
package typealias FlowSink = (FlowEvent, borrowing FlowFacts, UInt32, PacketStamp) -> FlowReply

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
    package mutating func process(_ packet: borrowing DecodedPacket, at stamp: PacketStamp, _ sink: FlowSink) {
        counters.packets &+= 1
        self.stamp = stamp
        runTimers(to: stamp.timestamp, sink)
        switch packet.transport {
        case .tcp(let fields): segment(fields, packet, sink)
        case .udp: datagram(packet, sink)
        case .other, .fragment: counters.untracked &+= 1
        }
    }

    /// See `FlowTable.advance`.
    @usableFromInline
    package mutating func advance(to time: Timestamp, _ sink: FlowSink) {
        stamp = PacketStamp(timestamp: max(time, stamp.timestamp), number: stamp.number)
        runTimers(to: time, sink)
    }

    /// See `FlowTable.finish`.
    @usableFromInline
    package mutating func finish(_ sink: FlowSink) {
        for list in FlowList.allCases {
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
        announce(flow, sink)
        let event = FlowEvent.chunk(octets, slab[flow].direction(from: side))
        let index = Int(slab[flow].reassembly)
        apply(sink(event, reassemblies[index].facts, slab[flow].state, stamp).interest, flow)
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
        let index = Int(slab[flow].reassembly)
        apply(sink(event, reassemblies[index].facts, slab[flow].state, stamp).interest, flow)
    }

    /// Tells the consumer of a flow that it does not know yet.
    mutating func announce(_ flow: Int, _ sink: FlowSink) {
        guard slab[flow].state == FlowEntry.none else { return }
        let facts = slab[flow].facts(salt: salt)
        counters.opened &+= 1
        if facts.midstream { counters.midstream &+= 1 }
        if slab[flow].reassembly != FlowEntry.none { reassemblies[Int(slab[flow].reassembly)].facts = facts }
        slab[flow].state = sink(.opened, facts, FlowEntry.none, stamp).state
    }

    /// Does what the consumer asked for; may free the flow's reassembly.
    mutating func apply(_ interest: Interest, _ flow: Int) {
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

    /// Stops putting a stream in order: what waits is counted and dropped.
    private mutating func countOnly(_ flow: Int, _ side: FlowKey.Side) {
        guard slab[flow].reassembly != FlowEntry.none else { return }
        let index = Int(slab[flow].reassembly)
        endHolding(flow, side)
        let (waiting, holes) = reassemblies[index, side].abandon(&slab[flow, side], buffers: &buffers)
        counters.countedOctets &+= UInt64(waiting)
        counters.countedHoleOctets &+= UInt64(holes)
        reassemblies.updateWaiting(index)
    }

    /// Frees a flow's reassembly, if it has one.
    mutating func release(_ flow: Int) {
        guard slab[flow].reassembly != FlowEntry.none else { return }
        reassemblies.remove(Int(slab[flow].reassembly), buffers: &buffers)
        slab[flow].reassembly = FlowEntry.none
    }
}
