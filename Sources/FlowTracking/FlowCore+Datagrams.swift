internal import PacketDecode
internal import Wire

/// UDP: nothing is put in order; a flow is what two endpoints send within `FlowLimits.datagramIdle`.
extension FlowCore {
    /// Takes a UDP datagram.
    ///
    /// The client is who sent the flow's first datagram, unless that came from a port below 1024 and went to one above:
    /// then the capture has begun between a question and its answer.
    mutating func datagram(_ packet: borrowing DecodedPacket, _ sink: FlowSink) {
        guard let (key, side) = FlowKey.of(packet) else { return }
        let flow: Int
        if let known = slab.find(key) {
            flow = known
        } else {
            makeRoom(sink)
            counters.flows &+= 1
            var entry = FlowEntry(key: key, at: stamp, tick: clock.tick)
            let isAnswer = key.endpoint(side).port < 1_024 && key.endpoint(side.opposite).port >= 1_024
            if (isAnswer ? side.opposite : side) == .higher { entry.flags.insert(.clientIsHigher) }
            entry.list = .unansweredUDP
            flow = slab.insert(entry)
        }
        touch(flow, side)
        let length = FlowLimits.payloadLength(packet)
        let missing = length - packet.payload.count
        slab[flow, side].octets += length
        counters.datagramOctets &+= UInt64(length)
        guard length > 0, !slab[flow].flags.contains(.shunted) else { return }
        if slab[flow].flags.contains(.readsClientOnly), side != slab[flow].client { return }
        if slab[flow].state == FlowEntry.none {
            makeDatagramRoom(sparing: flow, sink)
            announce(flow, sink)
        }
        counters.datagrams &+= 1
        if missing > 0 {
            counters.snapLengthOctets &+= UInt64(missing)
            counters.datagramSnapLengthOctets &+= UInt64(missing)
        }
        let event = FlowEvent.datagram(packet.payload, missing: missing, slab[flow].direction(from: side))
        let facts = slab[flow].facts(salt: salt)
        apply(sink(event, facts, slab[flow].state, stamp).interest, flow)
    }
}
