public import PacketDecode
public import Wire

/// Groups packets into flows, puts TCP streams in order, and hands both to a consumer.
///
/// One thread owns a table. It reads no clock: time is that of the packets (`PacketClock`), so the same packets with the
/// same seed and limits give the same callbacks, always. What a flow costs grows with what it is worth: 64 octets (and
/// a bucket, and 32 octets for IPv6 addresses) from its first packet, a `Reassembly` and the consumer's state from its
/// first payload, buffers while something is missing. Once the consumer declines it, only the first are left.
///
/// - Note: Checksums are not looked at and the window a receiver offers is not tracked, so a sender that wants to
///   mislead the tap can; what protects us is counted in `counters`.
@usableFromInline
package struct FlowTable<Consumer: FlowConsumer & ~Copyable>: ~Copyable {
    /// What does the work.
    @usableFromInline package var core: FlowCore
    /// What the consumer keeps.
    @usableFromInline package var states = StateSlab<Consumer.State>()

    /// An empty table.
    ///
    /// - Parameters:
    ///   - limits: Values that the table cannot work with are brought into range.
    ///   - seed: The seed of the keys' hashes: random and secret live, fixed when a file is read.
    ///   - salt: Told apart by it, equal packets of different captures get different flow identities.
    @inlinable
    package init(limits: FlowLimits = FlowLimits(), seed: UInt64, salt: UInt64 = 0) {
        core = FlowCore(limits: limits, seed: seed, salt: salt)
    }

    /// What the table has seen.
    @inlinable
    package var counters: FlowCounters { core.counters }
    /// How many flows are tracked.
    @inlinable
    package var flowCount: Int { core.flowCount }
    /// How many of them are put in order.
    @inlinable
    package var reassemblingCount: Int { core.reassemblingCount }
    /// Octets of memory in use for out-of-order data.
    @inlinable
    package var bufferedOctets: Int { core.bufferedOctets }

    /// Takes a packet: runs the timers up to its time, then hands on what it brings.
    @inlinable
    package mutating func process(
        _ packet: borrowing DecodedPacket,
        at stamp: PacketStamp,
        consumer: inout Consumer
    ) {
        Self.process(packet, core.route(of: packet), at: stamp, &core, &states, &consumer)
    }

    /// Takes a packet whose route, by the table's own seed, is known already.
    @inlinable
    package mutating func process(
        _ packet: borrowing DecodedPacket,
        _ route: FlowRoute,
        at stamp: PacketStamp,
        consumer: inout Consumer
    ) {
        Self.process(packet, route, at: stamp, &core, &states, &consumer)
    }

    /// Runs the timers up to a time at which no packet came; for live capture.
    @inlinable
    package mutating func advance(to time: Timestamp, consumer: inout Consumer) {
        Self.advance(to: time, &core, &states, &consumer)
    }

    /// Has the consumer look at a flow that brings nothing itself; of one that is not tracked, or declined, nothing comes.
    @inlinable
    package mutating func wake(_ route: FlowRoute, at time: Timestamp, consumer: inout Consumer) {
        Self.wake(route, at: time, &core, &states, &consumer)
    }

    /// Hands on all that waits and closes every flow; the table can then take another capture.
    @inlinable
    package mutating func finish(consumer: inout Consumer) {
        Self.finish(&core, &states, &consumer)
    }

    // The core is changed while the closure that it is given changes the states and the consumer: three accesses to three
    // things, which the compiler sees only when they are three arguments.

    /// The core's part of `process`, and the consumer's.
    @inlinable
    package static func process(
        _ packet: borrowing DecodedPacket,
        _ route: FlowRoute?,
        at stamp: PacketStamp,
        _ core: inout FlowCore,
        _ states: inout StateSlab<Consumer.State>,
        _ consumer: inout Consumer
    ) {
        core.process(packet, route, at: stamp) { event, state, stamp in
            tell(event, state, stamp, &states, &consumer)
        }
    }

    /// The same of `advance`.
    @inlinable
    package static func advance(
        to time: Timestamp,
        _ core: inout FlowCore,
        _ states: inout StateSlab<Consumer.State>,
        _ consumer: inout Consumer
    ) {
        core.advance(to: time) { event, state, stamp in
            tell(event, state, stamp, &states, &consumer)
        }
    }

    /// The same of `wake`.
    @inlinable
    package static func wake(
        _ route: FlowRoute,
        at time: Timestamp,
        _ core: inout FlowCore,
        _ states: inout StateSlab<Consumer.State>,
        _ consumer: inout Consumer
    ) {
        core.wake(route, at: time) { event, state, stamp in
            tell(event, state, stamp, &states, &consumer)
        }
    }

    /// The same of `finish`.
    @inlinable
    package static func finish(
        _ core: inout FlowCore,
        _ states: inout StateSlab<Consumer.State>,
        _ consumer: inout Consumer
    ) {
        core.finish { event, state, stamp in tell(event, state, stamp, &states, &consumer) }
    }

    /// Calls the consumer's method for an event.
    @inlinable
    package static func tell(
        _ event: FlowEvent,
        _ state: UInt32,
        _ stamp: PacketStamp,
        _ states: inout StateSlab<Consumer.State>,
        _ consumer: inout Consumer
    ) -> FlowReply {
        switch event {
        case .glimpsed(let octets, let direction, let facts):
            return consumer.glance(octets, direction, facts, at: stamp).map { FlowReply(remnant: $0) }
                ?? FlowReply(.both)
        case .opened(let facts):
            return FlowReply(state: states.insert(consumer.flowOpened(facts, at: stamp)))
        case .chunk(let octets, let direction):
            return FlowReply(consumer.chunk(octets, direction, &states[state], at: stamp))
        case .gap(let octets, let reason, let direction):
            return FlowReply(consumer.gap(octets, reason: reason, direction, &states[state], at: stamp))
        case .datagram(let octets, let missing, let direction):
            return FlowReply(
                consumer.datagram(octets, missing: missing, direction, &states[state], at: stamp)
            )
        case .ended(let direction, let end):
            consumer.streamEnded(direction, end, &states[state], at: stamp)
        case .reviewed(let totals):
            consumer.flowReviewed(totals, &states[state], at: stamp)
        case .woken:
            return FlowReply(consumer.flowWoken(&states[state], at: stamp))
        case .closed(let totals, let end):
            consumer.flowClosed(totals, states.remove(state), end, at: stamp)
        case .declined(let totals):
            return FlowReply(remnant: consumer.flowDeclined(totals, states.remove(state), at: stamp))
        case .closedDeclined(let remnant, let totals, let end):
            consumer.declinedFlowClosed(remnant, totals, end, at: stamp)
        }
        return FlowReply(.both)
    }
}
