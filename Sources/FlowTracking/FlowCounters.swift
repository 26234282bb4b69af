/// What a table of flows has seen and what it could not use, since it was made.
@usableFromInline
package struct FlowCounters: Hashable, Sendable {
    /// Packets given to the table.
    @usableFromInline package var packets: UInt64 = 0
    /// Packets that are neither TCP nor UDP, and fragments.
    @usableFromInline package var untracked: UInt64 = 0
    /// TCP packets of no known flow that neither open one nor carry payload.
    @usableFromInline package var strays: UInt64 = 0
    /// Flows entered into the table, those that never brought payload included.
    @usableFromInline package var flows: UInt64 = 0
    /// Flows that brought payload and were announced to the consumer.
    @usableFromInline package var opened: UInt64 = 0
    /// Of those, flows whose opening handshake the capture does not hold.
    @usableFromInline package var midstream: UInt64 = 0
    /// Flows that the consumer declined, no longer put in order.
    @usableFromInline package var shunted: UInt64 = 0
    /// Announced flows that were closed because they fell silent, or because their 5-tuple was used anew.
    @usableFromInline package var timedOut: UInt64 = 0
    /// Announced flows that were closed to make room.
    @usableFromInline package var evicted: UInt64 = 0
    /// Announced flows that are over and of which packets of one direction only were seen.
    @usableFromInline package var oneWay: UInt64 = 0
    /// Flows without payload that were dropped to make room.
    @usableFromInline package var droppedEmbryonic: UInt64 = 0

    /// Payload octets of all TCP packets as they were on the wire, those included that the snap length cut off.
    ///
    /// Each stands in exactly one of the counters that `accountedOctets` sums, or waits for what is before it.
    @usableFromInline package var segmentOctets: UInt64 = 0
    /// Payload octets handed on in order.
    @usableFromInline package var deliveredOctets: UInt64 = 0
    /// Segments that came before their turn and were copied.
    @usableFromInline package var outOfOrder: UInt64 = 0
    /// Octets that had been handed on before, or that waited already.
    @usableFromInline package var repeatedOctets: UInt64 = 0
    /// Segments that differ from data that waits at the same place; the first data wins.
    @usableFromInline package var overlapConflicts: UInt64 = 0
    /// Holes declared, by whatever cause.
    @usableFromInline package var gaps: UInt64 = 0
    /// Octets missing because the capture has not got them.
    @usableFromInline package var lostOctets: UInt64 = 0
    /// Octets missing because no more could be buffered while they were waited for.
    @usableFromInline package var budgetOctets: UInt64 = 0
    /// Octets missing because of the capture's snap length.
    @usableFromInline package var snapLengthOctets: UInt64 = 0
    /// Those of them that UDP datagrams lack.
    @usableFromInline package var datagramSnapLengthOctets: UInt64 = 0
    /// New octets of streams that are only counted.
    @usableFromInline package var countedOctets: UInt64 = 0
    /// Octets that such streams lack, as their sequence numbers tell.
    @usableFromInline package var countedHoleOctets: UInt64 = 0
    /// Times that a stream was taken up anew at an unrelated sequence number, the size of the gap being unknown.
    @usableFromInline package var resynchronised: UInt64 = 0

    /// Octets that precede the place at which a midstream flow was taken up.
    @usableFromInline package var beforeStartOctets: UInt64 = 0
    /// Octets after a FIN, and packets of connections already over.
    @usableFromInline package var afterEndOctets: UInt64 = 0
    /// Segments too far from the expected sequence number to be used.
    @usableFromInline package var outOfWindow: UInt64 = 0
    /// Payload octets of those that no stream counts.
    @usableFromInline package var outOfWindowOctets: UInt64 = 0
    /// Payload octets of segments that belong to no flow, or are an RST or a SYN that nothing confirmed.
    @usableFromInline package var strayOctets: UInt64 = 0
    /// RST segments too far from the expected sequence number to be believed.
    @usableFromInline package var resetsIgnored: UInt64 = 0
    /// FIN segments that contradict data or an earlier FIN.
    @usableFromInline package var finsIgnored: UInt64 = 0
    /// SYN segments inside a living connection that nothing confirmed.
    @usableFromInline package var synsIgnored: UInt64 = 0
    /// Keep-alive probes.
    @usableFromInline package var keepAlives: UInt64 = 0
    /// Their octets, which repeat one that is known.
    @usableFromInline package var keepAliveOctets: UInt64 = 0
    /// UDP datagrams handed on.
    @usableFromInline package var datagrams: UInt64 = 0
    /// Payload octets of all UDP packets as they were on the wire.
    @usableFromInline package var datagramOctets: UInt64 = 0

    /// All zero.
    package init() {}

    /// The TCP payload octets that have come to an end: `segmentOctets` but for those that wait.
    package var accountedOctets: UInt64 {
        deliveredOctets &+ (snapLengthOctets &- datagramSnapLengthOctets) &+ countedOctets &+ repeatedOctets
            &+ beforeStartOctets &+ afterEndOctets &+ outOfWindowOctets &+ strayOctets &+ keepAliveOctets
    }

    /// How long all streams and all datagrams together are, holes included: what `FlowTotals` of every flow add up to.
    package var streamOctets: UInt64 {
        deliveredOctets &+ (snapLengthOctets &- datagramSnapLengthOctets) &+ countedOctets &+ countedHoleOctets
            &+ lostOctets &+ budgetOctets &+ datagramOctets
    }

    /// Adds the counts of another table.
    package mutating func add(_ other: FlowCounters) {
        for path in FlowCounters.all { self[keyPath: path] &+= other[keyPath: path] }
    }

    /// Every counter.
    package static var all: [WritableKeyPath<FlowCounters, UInt64>] {
        [
            \.packets, \.untracked, \.strays, \.flows, \.opened, \.midstream, \.shunted, \.timedOut, \.evicted,
            \.oneWay, \.droppedEmbryonic, \.segmentOctets, \.countedOctets, \.countedHoleOctets,
            \.datagramSnapLengthOctets, \.outOfWindowOctets,
            \.strayOctets, \.keepAliveOctets, \.datagramOctets, \.deliveredOctets, \.outOfOrder, \.repeatedOctets,
            \.overlapConflicts, \.gaps,
            \.lostOctets, \.budgetOctets, \.snapLengthOctets, \.resynchronised, \.beforeStartOctets, \.afterEndOctets,
            \.outOfWindow, \.resetsIgnored, \.finsIgnored, \.synsIgnored, \.keepAlives, \.datagrams,
        ]
    }
}
