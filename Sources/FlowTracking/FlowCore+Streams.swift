internal import Wire

/// TCP payload: into the reassembler, and from there to the consumer.
extension FlowCore {
    /// Takes the payload and the FIN of a segment.
    mutating func take(
        _ payload: Span<UInt8>,
        missing: Int,
        isFin: Bool,
        at start: SequenceNumber,
        _ flow: Int,
        _ side: FlowKey.Side,
        _ sink: FlowSink
    ) {
        let length = payload.count + missing
        if !slab[flow].isRead(side) {
            let isDeclined = !slab[flow].flags.isDisjoint(with: [.shunted, .attended])
            if isDeclined { return count(length, isFin: isFin, at: start, flow, side) }
            if length == 0, !isAhead(start, flow, side) {
                slab[flow].flags.insert(.fin(side))
                return
            }
            if missing == 0, isRefused(atFirstSight: payload, at: start, flow, side, sink) {
                if isFin { slab[flow].flags.insert(.fin(side)) }
                return
            }
            attend(flow, sink)
        }
        guard let index = slab[flow].reassembly else { return }
        if !slab[flow].isSynchronised(side), !reassemblies[index, side].isHolding {
            reassemblies[index, side].beginHolding(at: start, &slab[flow, side], tick: clock.tick)
        }
        let distance = slab[flow, side].next.distance(to: start)
        if isFar(distance, length) {
            guard resynchronise(at: start, length, flow, side, sink) else { return }
            return take(payload, missing: missing, isFin: isFin, at: start, flow, side, sink)
        }
        if reassemblies[index, side].candidateRun > 0 { reassemblies[index, side].candidateRun = 0 }
        let isHolding = reassemblies[index, side].isHolding
        if distance == -1, length <= 1, !isFin, !isHolding {
            counters.keepAlives &+= 1
            counters.keepAliveOctets &+= UInt64(length)
            return
        }
        if distance + length > 0 { noteLife(flow) }
        let offset = slab[flow, side].octets + distance
        var arrival = Arrival(offset: offset, start: 0, captured: payload.count, missing: missing)
        if isFin { noteFin(at: arrival.end, flow, side) }
        if let fin = reassemblies[index, side].finOffset {
            counters.afterEndOctets &+= UInt64(arrival.cut(at: fin))
        }
        if !isHolding { counters.beforeStartOctets &+= UInt64(arrival.trim(to: 0)) }
        if !reassemblies[index, side].store.isEmpty,
            reassemblies[index, side].store.conflicts(
                with: payload.extracting(arrival.start..<(arrival.start + arrival.captured)),
                at: arrival.offset
            )
        {
            counters.overlapConflicts &+= 1
        }
        pump(&arrival, payload, flow, side, sink)
        guard slab[flow].isRead(side) else {
            if !arrival.isEmpty { passOver(arrival, flow, side) }
            return
        }
        if reassemblies[index, side].isHolding, reassemblies[index, side].store.charge > limits.midstreamHold {
            endHolding(flow, side)
            drain(flow, side, sink)
        } else {
            reassemblies.updateWaiting(index)
        }
    }

    /// Shows the consumer a flow's first octets, when they come in order; true when it declines the flow.
    ///
    /// Most flows are declined so, and never need what it takes to put them in order.
    private mutating func isRefused(
        atFirstSight payload: Span<UInt8>,
        at start: SequenceNumber,
        _ flow: Int,
        _ side: FlowKey.Side,
        _ sink: FlowSink
    ) -> Bool {
        guard payload.count > 0, !slab[flow].isAnnounced, slab[flow].list != .closing,
            slab[flow].flags.isDisjoint(with: .anyFin), slab[flow].isSynchronised(side),
            slab[flow, side].next.distance(to: start) == 0, introduce(payload, flow, side, sink)
        else { return false }
        counters.deliveredOctets &+= UInt64(payload.count)
        slab[flow, side].advance(by: payload.count)
        return true
    }

    /// Counts what is left of a segment whose stream is no longer read.
    private mutating func passOver(_ arrival: Arrival, _ flow: Int, _ side: FlowKey.Side) {
        let length = arrival.captured + arrival.missing
        let ahead = max(0, arrival.end - slab[flow, side].octets)
        let fresh = min(length, ahead)
        counters.countedOctets &+= UInt64(fresh)
        counters.repeatedOctets &+= UInt64(length - fresh)
        counters.countedHoleOctets &+= UInt64(ahead - fresh)
        slab[flow, side].advance(by: ahead)
    }

    /// Asks a stream for steps, with a segment that has come, until there is none left or the stream is not read.
    mutating func pump(
        _ arrival: inout Arrival,
        _ payload: Span<UInt8>,
        _ flow: Int,
        _ side: FlowKey.Side,
        _ sink: FlowSink
    ) {
        while slab[flow].isRead(side), let index = slab[flow].reassembly {
            let step = reassemblies[index, side].step(
                &arrival,
                payload,
                &slab[flow, side],
                tick: clock.tick,
                limit: limits.directionBuffer,
                counters: &counters,
                buffers: &buffers
            )
            switch consume step {
            case .done:
                return
            case .packet(let range):
                deliver(payload.extracting(range), flow, side, sink)
            case .stored(let segment):
                deliver(waiting: segment, flow, side, sink)
                buffers.recycle(segment)
            case .gap(let octets, let reason):
                report(gap: octets, reason, flow, side, sink)
            case .tableFull:
                relieve(&arrival, flow, side, sink)
            }
        }
    }

    private mutating func deliver(
        waiting segment: borrowing StoredSegment,
        _ flow: Int,
        _ side: FlowKey.Side,
        _ sink: FlowSink
    ) {
        deliver(segment.span, flow, side, sink)
    }

    /// Hands on what need not wait any more.
    mutating func drain(_ flow: Int, _ side: FlowKey.Side, _ sink: FlowSink) {
        guard slab[flow].reassembly != nil else { return }
        var arrival = Arrival.none
        pump(&arrival, Span(), flow, side, sink)
        if let index = slab[flow].reassembly { reassemblies.updateWaiting(index) }
    }

    /// Declares every hole of a stream and hands on all that waits.
    mutating func flush(_ reason: GapReason, _ flow: Int, _ side: FlowKey.Side, _ sink: FlowSink) {
        guard slab[flow].reassembly != nil else { return }
        endHolding(flow, side)
        drain(flow, side, sink)
        while slab[flow].isRead(side) {
            guard declareHole(reason, flow, side, sink) else { return }
        }
    }

    /// Declares the first hole of a stream and hands on what follows it; false when there was none.
    mutating func declareHole(
        _ reason: GapReason,
        _ flow: Int,
        _ side: FlowKey.Side,
        _ sink: FlowSink
    ) -> Bool {
        guard let index = slab[flow].reassembly else { return false }
        let octets = reassemblies[index, side].declareHole(&slab[flow, side])
        guard octets > 0 else { return false }
        report(gap: octets, reason, flow, side, sink)
        drain(flow, side, sink)
        return true
    }

    /// Gives the search for a stream's start up, or ends it.
    mutating func endHolding(_ flow: Int, _ side: FlowKey.Side, at start: SequenceNumber? = nil) {
        guard let index = slab[flow].reassembly, reassemblies[index, side].isHolding else { return }
        let dropped = reassemblies[index, side].endHolding(at: start, &slab[flow, side], buffers: &buffers)
        counters.beforeStartOctets &+= UInt64(dropped)
        slab[flow].flags.insert(.synchronised(side))
    }

    /// Finds room in the table's buffers: the flow that has waited the longest gives its holes up, at last this one.
    private mutating func relieve(
        _ arrival: inout Arrival,
        _ flow: Int,
        _ side: FlowKey.Side,
        _ sink: FlowSink
    ) {
        guard let index = slab[flow].reassembly else { return }
        if reassemblies[index, side].isHolding {
            // Offsets count from the stream's start, which is known only now: this segment's go along.
            let start = min(reassemblies[index, side].store.firstOffset ?? arrival.offset, arrival.offset)
            endHolding(flow, side, at: slab[flow, side].next.advanced(by: start))
            arrival.offset -= start
            return
        }
        reassemblies.updateWaiting(index)
        if let longest = reassemblies.longestWaiting, longest != index {
            let other = Int(reassemblies[longest].flow)
            flush(.budget, other, .lower, sink)
            flush(.budget, other, .higher, sink)
            settle(other, sink)
        } else if !reassemblies[index, side.opposite].store.isEmpty {
            flush(.budget, flow, side.opposite, sink)
        } else {
            let octets = reassemblies[index, side].skip(to: arrival.offset, &slab[flow, side])
            if octets > 0 { report(gap: octets, .budget, flow, side, sink) }
        }
    }

    /// Gives a flow that has payload what it takes to put it in order.
    private mutating func attend(_ flow: Int, _ sink: FlowSink) {
        makeReassemblyRoom(sparing: flow, sink)
        let index = reassemblies.insert(flow, first: slab.origin(of: flow) ?? stamp)
        slab.forgetOrigin(of: flow)
        slab[flow].attend(at: index)
        noteEarlierFin(flow, .lower, at: index)
        noteEarlierFin(flow, .higher, at: index)
        if slab[flow].list != .closing { slab.move(flow, to: slab[flow].properList, tick: clock.tick) }
    }

    /// Tells a stream of the FIN that came before it was put in order.
    private mutating func noteEarlierFin(_ flow: Int, _ side: FlowKey.Side, at index: Int) {
        guard slab[flow].hasFin(side), slab[flow].isSynchronised(side) else { return }
        reassemblies[index, side].finOffset = slab[flow, side].octets
    }

    /// Counts the octets of a stream that is not read: how far its sequence numbers reach, each number once.
    private mutating func count(
        _ length: Int,
        isFin: Bool,
        at start: SequenceNumber,
        _ flow: Int,
        _ side: FlowKey.Side
    ) {
        if !slab[flow].isSynchronised(side) {
            slab[flow].flags.insert(.synchronised(side))
            slab[flow, side].next = start
        }
        let distance = slab[flow, side].next.distance(to: start)
        if isFar(distance, length) {
            counters.outOfWindow &+= 1
            counters.countedOctets &+= UInt64(length)
            slab[flow, side].next = start.advanced(by: length)
            slab[flow, side].octets += length
            return
        }
        let ahead = max(0, distance + length)
        let fresh = min(length, ahead)
        counters.countedOctets &+= UInt64(fresh)
        counters.repeatedOctets &+= UInt64(length - fresh)
        counters.countedHoleOctets &+= UInt64(ahead - fresh)
        if ahead > 0 {
            slab[flow, side].advance(by: ahead)
            noteLife(flow)
        }
        if isFin { slab[flow].flags.insert(.fin(side)) }
    }

    /// Whether octets are missing before `start`.
    private mutating func isAhead(_ start: SequenceNumber, _ flow: Int, _ side: FlowKey.Side) -> Bool {
        let distance = slab[flow, side].next.distance(to: start)
        return slab[flow].isSynchronised(side) && distance > 0 && distance <= limits.window
    }

    /// Notes that new octets came: long after an RST, they prove it false.
    private mutating func noteLife(_ flow: Int) {
        guard slab[flow].list == .closing, slab[flow].flags.contains(.reset) else { return }
        if clock.milliseconds(since: slab[flow].tick) * 2 >= limits.linger { slab[flow].flags.insert(.revived) }
    }

    /// Believes a FIN that contradicts neither data nor an earlier one.
    private mutating func noteFin(at offset: Int, _ flow: Int, _ side: FlowKey.Side) {
        guard let index = slab[flow].reassembly else { return }
        if let known = reassemblies[index, side].finOffset {
            if known != offset { counters.finsIgnored &+= 1 }
            return
        }
        let isHolding = reassemblies[index, side].isHolding
        let reached = max(isHolding ? offset : slab[flow, side].octets, reassemblies[index, side].store.end ?? offset)
        guard offset >= reached else {
            counters.finsIgnored &+= 1
            return
        }
        reassemblies[index, side].finOffset = offset
        slab[flow].flags.insert(.fin(side))
    }

    /// Takes a stream up at an unrelated number once four segments have come from its neighbourhood; false before.
    ///
    /// That happens after a loss greater than the window. What waits is handed on; the size of the gap is unknown.
    private mutating func resynchronise(
        at start: SequenceNumber,
        _ length: Int,
        _ flow: Int,
        _ side: FlowKey.Side,
        _ sink: FlowSink
    ) -> Bool {
        guard let index = slab[flow].reassembly else { return false }
        let near = reassemblies[index, side].candidate.map { abs($0.distance(to: start)) <= 1 << 20 } ?? false
        let run = near ? max(0, reassemblies[index, side].candidateRun) + 1 : 1
        reassemblies[index, side].candidate = start.advanced(by: length)
        reassemblies[index, side].candidateRun = run
        // Behind its FIN a stream has no more: the consumer was told so.
        guard run >= 4, !reassemblies[index, side].isHolding, !reassemblies[index, side].hasEnded else {
            counters.outOfWindow &+= 1
            counters.outOfWindowOctets &+= UInt64(length)
            return false
        }
        flush(.lost, flow, side, sink)
        slab[flow, side].next = start
        slab[flow].flags.remove(.fin(side))
        counters.resynchronised &+= 1
        guard slab[flow].isRead(side) else { return true }
        reassemblies[index, side].resynchronised()
        report(gap: 0, .lost, flow, side, sink)
        return true
    }
}
