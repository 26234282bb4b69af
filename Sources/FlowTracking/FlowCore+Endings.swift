internal import Wire

/// How flows end: by FIN, RST, silence, the end of the capture.
extension FlowCore {
    /// Tells of streams that have reached their FIN, and closes the flow when both have.
    ///
    /// While octets before a FIN are missing the flow lingers in `closing`; so does one of which only one side was ever
    /// seen. A flow that closes leaves a tombstone for `FlowLimits.linger`, lest the last acknowledgements and copies of
    /// its packets make another flow.
    mutating func settle(_ flow: Int, _ sink: FlowSink) {
        guard !slab[flow].flags.isDisjoint(with: .anyFin), slab[flow].list != .tombstone else { return }
        endStream(flow, .lower, sink)
        endStream(flow, .higher, sink)
        let isOneWay = !slab[flow].isAnswered
        let isBoth = slab[flow].flags.isSuperset(of: .anyFin)
        if isBoth, isComplete(flow, .lower), isComplete(flow, .higher) {
            close(flow, .finished, leavesTombstone: true, sink)
        } else if isBoth || isOneWay, slab[flow].list != .closing {
            slab.move(flow, to: .closing, tick: clock.tick)
        }
    }

    /// Closes a flow as its FIN and RST flags say, or else by `cause`, and forgets it.
    mutating func end(_ flow: Int, _ cause: FlowEnd, _ sink: FlowSink) {
        let flags = slab[flow].flags
        let isOver = slab[flow].list == .closing && cause != .evicted
        let reason: FlowEnd = !isOver ? cause : flags.contains(.reset) ? .reset : .finished
        close(flow, reason, leavesTombstone: false, sink)
    }

    /// Hands on what waits, tells of the end, frees all that the flow has but its tombstone.
    private mutating func close(_ flow: Int, _ end: FlowEnd, leavesTombstone: Bool, _ sink: FlowSink) {
        let client = slab[flow].client
        finishStream(flow, client, sink)
        finishStream(flow, client.opposite, sink)
        if slab[flow].isAnnounced {
            if end == .timeout { counters.timedOut &+= 1 }
            if end == .evicted { counters.evicted &+= 1 }
            if !slab[flow].isAnswered { counters.oneWay &+= 1 }
            let totals = slab[flow].totals
            if let state = slab[flow].state {
                release(flow)
                slab[flow].setState(nil)
                _ = sink(.closed(totals, end), state, stamp)
            } else {
                let remnant = slab[flow].remnant
                slab[flow].forgetRemnant()
                _ = sink(.closedDeclined(remnant, totals, end), FlowEntry.none, stamp)
            }
        } else {
            if end == .evicted, slab[flow].list == .embryonic { counters.droppedEmbryonic &+= 1 }
            release(flow)
        }
        if leavesTombstone {
            slab.move(flow, to: .tombstone, tick: clock.tick)
        } else {
            slab.remove(flow)
        }
    }

    /// Tells of a FIN that has been reached.
    private mutating func endStream(_ flow: Int, _ side: FlowKey.Side, _ sink: FlowSink) {
        guard slab[flow].isRead(side), slab[flow].isSynchronised(side), let index = slab[flow].reassembly else {
            return
        }
        guard !reassemblies[index, side].hasEnded, reassemblies[index, side].finOffset == slab[flow, side].octets else {
            return
        }
        reassemblies[index, side].hasEnded = true
        tellEnd(.fin, flow, side, sink)
    }

    private mutating func isComplete(_ flow: Int, _ side: FlowKey.Side) -> Bool {
        guard slab[flow].isRead(side), let index = slab[flow].reassembly else { return true }
        return reassemblies[index, side].hasEnded
    }

    /// Declares what is missing of a stream, to its end.
    private mutating func finishStream(_ flow: Int, _ side: FlowKey.Side, _ sink: FlowSink) {
        flush(.lost, flow, side, sink)
        guard slab[flow].isRead(side), let index = slab[flow].reassembly else { return }
        let tail = reassemblies[index, side].lostTail(slab[flow, side], window: limits.window)
        if tail > 0, slab[flow].isSynchronised(side) {
            slab[flow, side].advance(by: tail)
            report(gap: tail, .lost, flow, side, sink)
        }
        endStream(flow, side, sink)
        guard slab[flow].flags.contains(.reset), slab[flow].isRead(side) else { return }
        guard !reassemblies[index, side].hasEnded else { return }
        reassemblies[index, side].hasEnded = true
        tellEnd(.reset, flow, side, sink)
    }

    private mutating func tellEnd(_ end: StreamEnd, _ flow: Int, _ side: FlowKey.Side, _ sink: FlowSink) {
        guard let state = slab[flow].state else { return }
        _ = sink(.ended(slab[flow].direction(from: side), end), state, stamp)
    }
}
