public import Wire

/// Whoever takes the streams and datagrams of a `FlowTable`.
///
/// For one flow: `flowOpened` once, with its first payload or hole; then chunks, gaps and ends of either direction, or
/// datagrams; then `flowClosed` once, or `flowDeclined` and at the end `declinedFlowClosed`. Flows without payload are
/// never announced. All spans are borrowed until the call returns. `at` is the packet being processed, also when a timer
/// fires between packets: its numbers never decrease.
@usableFromInline
package protocol FlowConsumer: ~Copyable {
    /// What the consumer keeps for a flow; the table stores it and moves it at will.
    associatedtype State: ~Copyable

    /// A flow has its first payload: what to keep of it, as `flowDeclined` would return, when these octets show that
    /// nobody wants it; nil to have it opened, the octets coming again.
    ///
    /// For the sake of speed: most flows of most networks are nobody's business, and say so at once.
    mutating func glance(
        _ octets: Span<UInt8>,
        _ direction: Direction,
        _ facts: borrowing FlowFacts,
        at stamp: PacketStamp
    ) -> UInt64?

    /// A flow has its first payload, or its first hole.
    mutating func flowOpened(_ facts: borrowing FlowFacts, at stamp: PacketStamp) -> State

    /// The next octets of one direction, in order, none twice; never empty.
    mutating func chunk(
        _ octets: Span<UInt8>,
        _ direction: Direction,
        _ state: inout State,
        at stamp: PacketStamp
    ) -> Interest

    /// The next `octets` octets of one direction are missing; 0 when nobody can tell how many.
    mutating func gap(
        _ octets: Int,
        reason: GapReason,
        _ direction: Direction,
        _ state: inout State,
        at stamp: PacketStamp
    ) -> Interest

    /// A UDP payload, of whose end the snap length cut off `missing` octets.
    mutating func datagram(
        _ octets: Span<UInt8>,
        missing: Int,
        _ direction: Direction,
        _ state: inout State,
        at stamp: PacketStamp
    ) -> Interest

    /// No more octets come in one direction; not called for a direction that is only counted.
    mutating func streamEnded(
        _ direction: Direction,
        _ end: StreamEnd,
        _ state: inout State,
        at stamp: PacketStamp
    )

    /// A flow that is wanted lives on: a chance to report what is open for long, every `FlowLimits.reviewInterval`.
    mutating func flowReviewed(
        _ totals: FlowTotals,
        _ state: inout State,
        at stamp: PacketStamp
    )

    /// Whoever asked the table to wake this flow has come: what the consumer waited for may be there without a packet.
    mutating func flowWoken(_ state: inout State, at stamp: PacketStamp) -> Interest

    /// The flow is neither read nor wanted any more, as the consumer has answered: it gives its state up.
    ///
    /// What it returns comes back with `declinedFlowClosed`, which is then called instead of `flowClosed`: eight octets
    /// are kept for a flow that nobody reads, not more.
    mutating func flowDeclined(_ totals: FlowTotals, _ state: consuming State, at stamp: PacketStamp) -> UInt64

    /// A flow is over that was declined; `totals` count it whole.
    mutating func declinedFlowClosed(_ remnant: UInt64, _ totals: FlowTotals, _ end: FlowEnd, at stamp: PacketStamp)

    /// The flow is over; `totals` count it whole, the time in which it was shunted included.
    mutating func flowClosed(
        _ totals: FlowTotals,
        _ state: consuming State,
        _ end: FlowEnd,
        at stamp: PacketStamp
    )
}

extension FlowConsumer where Self: ~Copyable {
    /// Has every flow opened, for consumers that do not tell at first sight.
    @inlinable
    package mutating func glance(
        _ octets: Span<UInt8>,
        _ direction: Direction,
        _ facts: borrowing FlowFacts,
        at stamp: PacketStamp
    ) -> UInt64? { nil }

    /// Reads on in both directions, for consumers that never have a flow woken.
    @inlinable
    package mutating func flowWoken(_ state: inout State, at stamp: PacketStamp) -> Interest { .both }

    /// Does nothing, for consumers that report at the end only.
    package mutating func flowReviewed(
        _ totals: FlowTotals,
        _ state: inout State,
        at stamp: PacketStamp
    ) {}
}

/// Why octets of a stream are missing.
@usableFromInline
package enum GapReason: Sendable, Hashable {
    /// The capture has not got them: the peer acknowledged them, or they never came.
    case lost
    /// The snap length cut them off.
    case snaplen
    /// They were waited for until what came after them filled its buffers.
    case budget
}

/// How one direction of a connection ended.
@usableFromInline
package enum StreamEnd: Sendable, Hashable {
    /// The sender said that it has no more data.
    case fin
    /// The connection was reset.
    case reset
}

/// How a flow ended.
@usableFromInline
package enum FlowEnd: Sendable, Hashable {
    /// Both directions ended with FIN, or the only one that was captured.
    case finished
    /// By RST.
    case reset
    /// It fell silent, or its 5-tuple was used for another connection.
    case timeout
    /// It had to make room.
    case evicted
    /// The capture ended first.
    case captureEnd
}
