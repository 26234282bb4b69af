internal import PacketDecode
internal import Wire

/// UDP: nothing is put in order; a flow is what two endpoints send within `FlowLimits.datagramIdle`.
extension FlowCore {
    /// Takes a UDP datagram.
    ///
    /// The client is who sent the flow's first datagram, unless that came from a port below 1024 and went to one above:
    /// then the capture has begun between a question and its answer.
    mutating func datagram(_ packet: borrowing DecodedPacket, _ route: FlowRoute, _ sink: FlowSink) {
        let key = route.key
        let side = route.sender
        let flow: Int
        if let known = slab.find(route) {
            flow = known
        } else {
            makeRoom(sink)
            counters.flows &+= 1
            let isAnswer = key.endpoint(side).port < 1_024 && key.endpoint(side.opposite).port >= 1_024
            let flags: FlowFlags = (isAnswer ? side.opposite : side) == .higher ? .clientIsHigher : []
            flow = slab.insert(route, at: stamp, tick: clock.tick, flags: flags, list: .unansweredUDP)
        }
        touch(flow, side)
        let length = FlowLimits.payloadLength(packet)
        let missing = length - packet.payload.count
        slab[flow, side].octets += length
        counters.datagramOctets &+= UInt64(length)
        guard length > 0, !slab[flow].flags.contains(.shunted) else { return }
        if slab[flow].flags.contains(.readsClientOnly), side != slab[flow].client { return }
        if !slab[flow].isAnnounced {
            if introduce(packet.payload, flow, side, sink) { return }
            makeDatagramRoom(sparing: flow, sink)
        }
        counters.datagrams &+= 1
        if missing > 0 {
            counters.snapLengthOctets &+= UInt64(missing)
            counters.datagramSnapLengthOctets &+= UInt64(missing)
        }
        let event = FlowEvent.datagram(packet.payload, missing: missing, slab[flow].direction(from: side))
        guard let state = slab[flow].state else { return }
        apply(sink(event, state, stamp).interest, flow, sink)
    }
}
