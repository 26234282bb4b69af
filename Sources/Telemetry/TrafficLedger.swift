/// Where every packet and octet went, from the wire to the verdict: in each group, each stands in exactly one line.
///
/// A group splits up a line, or some lines, of the one before it, so that the sums meet:
///
/// ```text
/// packets            = Σ packets
/// octets on the wire = Σ wire
/// Σ segments         = wire.tcp_payload + reassembled.tcp
/// streams.udp        = wire.udp_payload + reassembled.udp
/// Σ streams          = Σ payload
/// Σ requests         = payload.services + payload.services_unread
/// ```
///
/// A hole in it is a defect; tests hold the sums.
package struct TrafficLedger: Hashable, Sendable {
    /// Packets by what they are, or by why they could not be read.
    package var packets = CounterGroup()
    /// Octets of those packets: headers, payloads, and packets of which neither is known.
    package var wire = CounterGroup()
    /// Payload octets, by transport, of packets that came in fragments: on the wire they stand as fragments.
    package var reassembled = CounterGroup()
    /// TCP payload octets by what became of their segment.
    package var segments = CounterGroup()
    /// Octets of all streams in order, their holes included, and of datagrams.
    package var streams = CounterGroup()
    /// The same octets by what they are for.
    package var payload = CounterGroup()
    /// Octets of requests to services by what became of them.
    package var requests = CounterGroup()

    /// A ledger without a line.
    package init() {}

    /// Its groups with their names in records, in the order of the way through.
    package var groups: [(name: String, group: CounterGroup)] {
        [
            ("packets", packets), ("wire_bytes", wire), ("reassembled_bytes", reassembled), ("segment_bytes", segments),
            ("stream_bytes", streams), ("payload_bytes", payload), ("request_bytes", requests),
        ]
    }

    /// Whether nothing was counted.
    package var isEmpty: Bool { groups.allSatisfy(\.group.entries.isEmpty) }

    /// Adds every line of `rhs`.
    package static func += (lhs: inout TrafficLedger, rhs: TrafficLedger) {
        lhs.packets += rhs.packets
        lhs.wire += rhs.wire
        lhs.reassembled += rhs.reassembled
        lhs.segments += rhs.segments
        lhs.streams += rhs.streams
        lhs.payload += rhs.payload
        lhs.requests += rhs.requests
    }
}

extension CounterGroup {
    /// Counts lines of a ledger; those at 0 are left out.
    package mutating func enter(_ lines: KeyValuePairs<String, UInt64>) {
        for (name, count) in lines where count > 0 { add(count, to: name) }
    }
}

extension Counters {
    /// Completes the ledger: of what went to services, what was inspected, what was not, and what is not decided yet.
    ///
    /// For a copy that is recorded, once all workers' counters are in it.
    package mutating func closeLedger() {
        let sent = Counters.sum(ledger.payload["services"], ledger.payload["services_unread"])
        let unrecorded = skippedBytes["scan_queue"]
        let decided = Counters.sum(Counters.sum(inspectedBytes, opaqueBytes.total), unrecorded)
        ledger.requests = CounterGroup()
        ledger.requests.enter([
            "inspected": inspectedBytes, "opaque": opaqueBytes.total, "unrecorded": unrecorded,
            "open": sent > decided ? sent - decided : 0,
        ])
    }
}
