/// Which flows make room for others when a limit is reached.
extension FlowCore {
    /// Sees that one more flow can be tracked.
    ///
    /// Given up first is what is over; then connections without payload, if they are more than a quarter (a SYN flood
    /// must not cost the others their place); then the least recently seen of those not read, not decided, wanted.
    mutating func makeRoom(_ sink: FlowSink) {
        guard slab.count >= limits.trackedFlows else { return }
        if evict(from: [.tombstone], sparing: nil, sink) { return }
        let isFlooded = slab.count(of: .embryonic) * 4 > limits.trackedFlows
        if isFlooded, evict(from: [.embryonic], sparing: nil, sink) { return }
        let unanswered = slab.count(of: .unansweredTCP) + slab.count(of: .unansweredUDP)
        let forged: [FlowList] = unanswered * 4 > limits.trackedFlows ? [.unansweredUDP, .unansweredTCP] : []
        let order: [FlowList] =
            [.closing] + forged
            + [.shuntedUDP, .shuntedTCP, .unansweredUDP, .undecidedUDP, .embryonic, .unansweredTCP, .undecidedTCP]
            + [.countedUDP, .countedTCP, .wantedUDP, .wantedTCP]
        evict(from: order, sparing: nil, sink)
    }

    /// Sees that one more TCP flow can be put in order.
    mutating func makeReassemblyRoom(sparing flow: Int, _ sink: FlowSink) {
        while reassemblies.count >= limits.reassemblingFlows {
            let isForged = slab.count(of: .unansweredTCP) * 4 > limits.reassemblingFlows
            let order: [FlowList] =
                (isForged ? [.unansweredTCP] : []) + [.closing, .undecidedTCP, .unansweredTCP, .wantedTCP]
            guard evict(from: order, sparing: flow, sink) else { return }
        }
    }

    /// Sees that one more UDP flow can be read.
    mutating func makeDatagramRoom(sparing flow: Int, _ sink: FlowSink) {
        let reading = slab.count(of: .unansweredUDP) + slab.count(of: .undecidedUDP) + slab.count(of: .wantedUDP)
        guard reading > limits.reassemblingFlows else { return }
        let isForged = slab.count(of: .unansweredUDP) * 4 > limits.reassemblingFlows
        let order: [FlowList] = (isForged ? [.unansweredUDP] : []) + [.undecidedUDP, .unansweredUDP, .wantedUDP]
        evict(from: order, sparing: flow, sink)
    }

    /// Closes the oldest flow of the first list that has one beside `spared`; false when none has.
    @discardableResult
    private mutating func evict(from order: [FlowList], sparing spared: Int?, _ sink: FlowSink) -> Bool {
        for list in order {
            guard let oldest = slab.oldest(of: list) else { continue }
            guard oldest == spared else {
                end(oldest, .evicted, sink)
                return true
            }
            guard let next = slab.successor(of: oldest) else { continue }
            end(next, .evicted, sink)
            return true
        }
        return false
    }
}
