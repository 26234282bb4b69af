import FlowTracking
import Wire

/// Takes a table's callbacks and holds them to the protocol of `FlowConsumer`.
struct FlowWitness: FlowConsumer {
    struct State {
        let id: UInt64
        let transport: FlowTransport
        var isOver = [false, false]
        /// The octet that must come next in each direction, where the content is known; nil where nobody can tell.
        var next: [UInt8?] = [nil, nil]
        var interest = Interest.both
        var octets = 0
    }

    /// Which interests are answered, see `answer`.
    let policy: UInt8
    /// Whether each octet of a stream is the low octet of its sequence number.
    let isContentKnown: Bool
    private var calls = 0
    private var open = 0
    private var opened: UInt64 = 0
    private var delivered: UInt64 = 0
    private var lastNumber: UInt64 = 0

    init(policy: UInt8, isContentKnown: Bool) {
        self.policy = policy
        self.isContentKnown = isContentKnown
    }

    mutating func flowOpened(_ facts: borrowing FlowFacts, at stamp: PacketStamp) -> State {
        note(stamp)
        hold(facts.id < 1 << 53, "a flow's identity fits a JSON number")
        open += 1
        opened += 1
        return State(id: facts.id, transport: facts.transport)
    }

    mutating func chunk(
        _ octets: Span<UInt8>,
        _ direction: Direction,
        _ state: inout State,
        at stamp: PacketStamp
    ) -> Interest {
        note(stamp)
        mind(state, direction)
        hold(!octets.isEmpty, "a chunk is never empty")
        hold(state.transport == .tcp, "chunks are TCP's")
        delivered += UInt64(octets.count)
        if isContentKnown {
            if let next = state.next[direction.rawValue] {
                hold(octets[0] == next, "a stream goes on where it stopped: \(octets[0]) for \(next)")
            }
            for index in 1..<max(1, octets.count) {
                hold(octets[index] == octets[index - 1] &+ 1, "a chunk holds its stream's octets in order")
            }
            state.next[direction.rawValue] = octets[octets.count - 1] &+ 1
        }
        return answer(&state)
    }

    mutating func gap(
        _ octets: Int,
        reason: GapReason,
        _ direction: Direction,
        _ state: inout State,
        at stamp: PacketStamp
    ) -> Interest {
        note(stamp)
        mind(state, direction)
        hold(octets >= 0, "a hole has a size")
        if octets == 0 {
            state.next[direction.rawValue] = nil
        } else if let next = state.next[direction.rawValue] {
            state.next[direction.rawValue] = next &+ UInt8(truncatingIfNeeded: octets)
        }
        return answer(&state)
    }

    mutating func datagram(
        _ octets: Span<UInt8>,
        missing: Int,
        _ direction: Direction,
        _ state: inout State,
        at stamp: PacketStamp
    ) -> Interest {
        note(stamp)
        mind(state, direction)
        hold(state.transport == .udp, "datagrams are UDP's")
        hold(missing >= 0, "nothing negative is missing")
        return answer(&state)
    }

    mutating func streamEnded(
        _ direction: Direction,
        _ end: StreamEnd,
        _ state: inout State,
        at stamp: PacketStamp
    ) {
        note(stamp)
        hold(!state.isOver[direction.rawValue], "a stream ends once")
        state.isOver[direction.rawValue] = true
    }

    mutating func flowReviewed(
        _ totals: FlowTotals,
        _ state: inout State,
        at stamp: PacketStamp
    ) {
        note(stamp)
        hold(state.interest.isWanted, "only wanted flows are reviewed")
    }

    mutating func flowClosed(
        _ totals: FlowTotals,
        _ state: consuming State,
        _ end: FlowEnd,
        at stamp: PacketStamp
    ) {
        note(stamp)
        hold(
            !(state.interest.reading == .none && !state.interest.isWanted),
            "a flow that was declined leaves its state"
        )
        close(totals)
    }

    mutating func flowDeclined(_ totals: FlowTotals, _ state: consuming State, at stamp: PacketStamp) -> UInt64 {
        note(stamp)
        hold(state.interest.reading == .none && !state.interest.isWanted, "only what was declined is given up")
        return state.id
    }

    mutating func declinedFlowClosed(_ remnant: UInt64, _ totals: FlowTotals, _ end: FlowEnd, at stamp: PacketStamp) {
        note(stamp)
        hold(remnant < 1 << 53, "what is left of a flow comes back as it was")
        close(totals)
    }

    private mutating func close(_ totals: FlowTotals) {
        hold(totals.toServerOctets >= 0 && totals.toClientOctets >= 0, "totals are not negative")
        open -= 1
    }

    /// Holds what must be so when the table has finished.
    func check(_ counters: FlowCounters, flows: Int, buffered: Int) {
        hold(open == 0, "every flow that was opened is closed: \(open) are not")
        hold(flows == 0 && buffered == 0, "a table that has finished is empty")
        hold(counters.opened == opened, "flows are counted: \(counters.opened) for \(opened)")
        hold(counters.deliveredOctets == delivered, "octets are counted: \(counters.deliveredOctets) for \(delivered)")
    }

    private mutating func note(_ stamp: PacketStamp) {
        hold(stamp.number >= lastNumber, "packet numbers do not decrease")
        lastNumber = stamp.number
    }

    private func mind(_ state: borrowing State, _ direction: Direction) {
        hold(!state.isOver[direction.rawValue], "nothing comes behind a stream's end")
        switch state.interest.reading {
        case .both: break
        case .toServerOnly: hold(direction == .toServer, "a direction that was declined stays away")
        case .none: hold(false, "a flow that was declined stays away")
        }
    }

    /// Declines more and more, at a pace that the policy tells, never taking back what was declined.
    private mutating func answer(_ state: inout State) -> Interest {
        calls += 1
        var interest = state.interest
        if policy & 3 != 0, calls % (Int(policy >> 3) + 1) == 0 {
            if policy & 1 != 0, interest.reading == .both {
                interest = Interest(.toServerOnly, isWanted: interest.isWanted)
            } else if policy & 2 != 0 {
                interest = Interest(.none, isWanted: interest.isWanted)
            }
        }
        state.interest = policy & 4 != 0 ? interest.wanted : interest
        return state.interest
    }
}
