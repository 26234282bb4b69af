import FlowTracking
import Sessions
import Wire

/// One connection as a flow table hands it on, in a notation of turns, holes and ends.
enum SessionsBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        var tracker = SessionTracker(consumer: SessionWitness(policy: input.octet()))
        var number: UInt64 = 1
        var stamp = PacketStamp(timestamp: Timestamp(nanoseconds: 0), number: number)
        let facts = FlowFacts(
            client: SocketAddress(IPAddress(ipv4: 0x0A00_0001), 40_000),
            server: SocketAddress(IPAddress(ipv4: 0x0A00_0002), settings & 0x40 == 0 ? 80 : 1_080),
            transport: settings & 0x20 == 0 ? .tcp : .udp,
            first: stamp,
            midstream: settings & 0x80 != 0
        )
        var session = tracker.flowOpened(facts, at: stamp)
        var interest = Interest.both
        var isOver = [false, false]
        var sent = [0, 0]
        var declined: FlowTotals?
        while !input.isAtEnd {
            // Two octets tell a turn: what, and how much.
            let what = input.octet()
            let length = Int(input.octet()) << (what >> 6 == 3 ? 4 : 0)
            let direction: Direction = what & 1 == 0 ? .toServer : .toClient
            number += 1
            stamp = PacketStamp(timestamp: Timestamp(nanoseconds: Int64(number) * 1_000), number: number)
            let kind = what >> 1 & 7
            let given = kind < 5 ? input.take(length) : []
            guard !isOver[direction.rawValue] else { continue }
            if kind == 7 {
                isOver[direction.rawValue] = true
                if wants(interest, direction) {
                    tracker.streamEnded(direction, what & 0x20 == 0 ? .fin : .reset, &session, at: stamp)
                }
                continue
            }
            sent[direction.rawValue] += kind < 5 ? given.count : length
            guard wants(interest, direction) else { continue }
            if facts.transport == .udp {
                interest = tracker.datagram(given.span, missing: 0, direction, &session, at: stamp)
            } else if kind < 5 {
                guard !given.isEmpty else { continue }
                interest = tracker.chunk(given.span, direction, &session, at: stamp)
            } else {
                // Of a hole of unknown size a session counts one octet, the table none.
                if length == 0 { sent[direction.rawValue] += 1 }
                let reason: GapReason = what & 0x10 == 0 ? .lost : what & 0x20 == 0 ? .snaplen : .budget
                interest = tracker.gap(length, reason: reason, direction, &session, at: stamp)
            }
            tracker.consumer.mind(tracker.counters)
            if interest == .none, declined == nil {
                declined = FlowTotals(toServerOctets: sent[0], toClientOctets: sent[1])
            }
        }
        let totals = FlowTotals(toServerOctets: sent[0], toClientOctets: sent[1])
        let ends: [FlowEnd] = [.finished, .reset, .timeout, .evicted, .captureEnd]
        let end = ends[Int(settings & 7) % ends.count]
        if let declined {
            let remnant = tracker.flowDeclined(declined, session, at: stamp)
            tracker.declinedFlowClosed(remnant, totals, end, at: stamp)
        } else {
            tracker.flowClosed(totals, session, end, at: stamp)
        }
        tracker.consumer.check()
        let counters = tracker.counters
        hold(
            counters.clientOctets + counters.serverOctets == sent[0] + sent[1],
            "each octet is counted once: \(counters) of \(sent)"
        )
        hold(counters.lostOctets == tracker.consumer.lost, "what is lost is counted")
        hold(counters.deliveredOctets == tracker.consumer.delivered, "what is delivered is counted")
    }

    private static func wants(_ interest: Interest, _ direction: Direction) -> Bool {
        switch interest.reading {
        case .both: true
        case .toServerOnly: direction == .toServer
        case .none: false
        }
    }
}
