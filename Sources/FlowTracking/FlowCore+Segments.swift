internal import PacketDecode
internal import Wire

/// TCP: which flow a segment belongs to, and what becomes of its flags and its payload.
extension FlowCore {
    /// Takes a TCP segment.
    mutating func segment(
        _ fields: TCPFields,
        _ packet: borrowing DecodedPacket,
        _ route: FlowRoute,
        _ sink: FlowSink
    ) {
        let side = route.sender
        let length = FlowLimits.payloadLength(packet)
        let missing = length - packet.payload.count
        let isReset = fields.flags.contains(.rst)
        let isSYN = fields.flags.contains(.syn) && !isReset
        let start = SequenceNumber(fields.sequence).advanced(by: isSYN ? 1 : 0)
        counters.segmentOctets &+= UInt64(length)

        var found = slab.find(route)
        var confirmed = false
        if let flow = found {
            switch relation(of: fields, start, length, to: flow, side) {
            case .same: break
            case .another:
                end(flow, .timeout, sink)
                found = nil
            case .confirmed:
                end(flow, .timeout, sink)
                found = nil
                confirmed = true
            }
        }
        if found == nil {
            guard isSYN || confirmed || (length > 0 && !isReset) else {
                counters.strays &+= 1
                counters.strayOctets &+= UInt64(length)
                return
            }
            found = open(route, fields, isOpening: isSYN || confirmed, sink)
        }
        guard let flow = found else { return }
        if confirmed {
            slab[flow].flags.formUnion([.handshake, .synchronised(side)])
            slab[flow, side].next = start
        }
        touch(flow, side)
        if slab[flow].list == .tombstone {
            counters.afterEndOctets &+= UInt64(length)
            return
        }
        if isReset {
            counters.strayOctets &+= UInt64(length)
            return reset(flow, side, fields)
        }
        if isSYN, !synchronise(flow, side, fields, start, sink) {
            counters.strayOctets &+= UInt64(length)
            return
        }
        let isFin = fields.flags.contains(.fin) && !isSYN
        if length > 0 || isFin {
            take(packet.payload, missing: missing, isFin: isFin, at: start, flow, side, sink)
        }
        if fields.flags.contains(.ack), slab[flow].reassembly != nil {
            acknowledge(SequenceNumber(fields.acknowledgement), flow, side.opposite)
        }
        settle(flow, sink)
    }

    /// Whether a segment belongs to the flow that has its key, or begins another connection with the same 5-tuple.
    ///
    /// A SYN with another initial number begins another when the old connection is over, has brought nothing or is not
    /// read. Inside a living one it is only remembered (anybody can forge one); it counts when a segment follows it.
    /// So does data out of the window after `FlowLimits.resynchroniseQuiet` without any packet.
    private mutating func relation(
        of fields: TCPFields,
        _ start: SequenceNumber,
        _ length: Int,
        to flow: Int,
        _ side: FlowKey.Side
    ) -> Relation {
        let isSYN = fields.flags.contains(.syn) && !fields.flags.contains(.rst)
        let list = slab[flow].list
        guard slab[flow].isSynchronised(side) else { return isSYN && list == .tombstone ? .another : .same }
        if isSYN {
            let isLate = (0..<65_536).contains(start.distance(to: slab[flow, side].initial))
            if isLate || fields.flags.contains(.ack) { return .same }
            let isOver = list == .tombstone || list == .closing
            return isOver || slab[flow].reassembly == nil ? .another : .same
        }
        if let index = slab[flow].reassembly {
            if reassemblies[index, side].candidateRun < 0, reassemblies[index, side].candidate == start {
                return .confirmed
            }
        }
        if length > 0, isFar(slab[flow, side].next.distance(to: start), length), list != .tombstone, list != .closing,
            clock.milliseconds(since: slab[flow].tick) >= limits.resynchroniseQuiet
        {
            return .another
        }
        return .same
    }

    /// Enters a new flow, having made room for it.
    ///
    /// The client is who sent the SYN or got the SYN-ACK; of a connection taken up midstream, the higher port.
    private mutating func open(
        _ route: FlowRoute,
        _ fields: TCPFields,
        isOpening: Bool,
        _ sink: FlowSink
    ) -> Int {
        makeRoom(sink)
        counters.flows &+= 1
        let side = route.sender
        let isAnswer = isOpening && fields.flags.contains(.syn) && fields.flags.contains(.ack)
        let client =
            isOpening
            ? (isAnswer ? side.opposite : side)
            : (fields.sourcePort >= fields.destinationPort ? side : side.opposite)
        return slab.insert(route, at: stamp, tick: clock.tick, flags: client == .higher ? .clientIsHigher : [])
    }

    /// Counts a packet, and remembers that the flow lives.
    mutating func touch(_ flow: Int, _ side: FlowKey.Side) {
        slab[flow].flags.insert(.seen(side))
        let list = slab[flow].list
        if list == .closing || list == .tombstone { return }
        let isProper = (list != .unansweredTCP && list != .unansweredUDP) || !slab[flow].isAnswered
        let interval = list == .wantedTCP || list == .wantedUDP ? Self.wantedTouchInterval : Self.touchInterval
        if isProper, clock.milliseconds(since: slab[flow].tick) < interval { return }
        slab.move(flow, to: slab[flow].properList, tick: clock.tick)
    }

    /// Believes an RST near the expected number; the flow then lingers, as data may still be on its way to us.
    ///
    /// One that is far off was sent blindly (RFC 5961 § 3) and is counted. Of a side that never sent anything, such as a
    /// closed port, the acknowledgement must fit.
    private mutating func reset(_ flow: Int, _ side: FlowKey.Side, _ fields: TCPFields) {
        guard slab[flow].list != .closing else { return }
        let near = -65_536...limits.resetWindow
        let isBelieved: Bool
        if slab[flow].list == .embryonic {
            isBelieved = true
        } else if fields.flags.contains(.ack), !slab[flow].isSynchronised(side),
            slab[flow].isSynchronised(side.opposite)
        {
            let expected = slab[flow, side.opposite].next
            isBelieved = near.contains(expected.distance(to: SequenceNumber(fields.acknowledgement)))
        } else {
            isBelieved = near.contains(slab[flow, side].next.distance(to: SequenceNumber(fields.sequence)))
        }
        guard isBelieved else {
            counters.resetsIgnored &+= 1
            return
        }
        slab[flow].flags.insert(.reset)
        slab.move(flow, to: .closing, tick: clock.tick)
    }

    /// Learns from a SYN where a stream begins; false when the SYN does not belong to the connection.
    private mutating func synchronise(
        _ flow: Int,
        _ side: FlowKey.Side,
        _ fields: TCPFields,
        _ start: SequenceNumber,
        _ sink: FlowSink
    ) -> Bool {
        let isAnswer = fields.flags.contains(.ack)
        if slab[flow].isSynchronised(side) {
            guard slab[flow, side].initial == start || slab[flow].list == .embryonic && isAnswer else {
                counters.synsIgnored &+= 1
                if !isAnswer, slab[flow].isRead(side), let index = slab[flow].reassembly {
                    reassemblies[index, side].candidate = start
                    reassemblies[index, side].candidateRun = -1
                }
                return false
            }
            if slab[flow, side].octets == 0 { slab[flow, side].next = start }
        } else if !begin(flow, side, at: start) {
            counters.synsIgnored &+= 1
            return false
        }
        if !slab[flow].isAnnounced {
            slab[flow].flags.insert(.handshake)
            let client = isAnswer ? side.opposite : side
            if client == .higher {
                slab[flow].flags.insert(.clientIsHigher)
            } else {
                slab[flow].flags.remove(.clientIsHigher)
            }
        }
        if isAnswer, !slab[flow].isSynchronised(side.opposite) {
            _ = begin(flow, side.opposite, at: SequenceNumber(fields.acknowledgement))
            drain(flow, side.opposite, sink)
        }
        drain(flow, side, sink)
        return true
    }

    /// Sets where a stream begins; false when data that is held contradicts it.
    private mutating func begin(_ flow: Int, _ side: FlowKey.Side, at start: SequenceNumber) -> Bool {
        if let index = slab[flow].reassembly, reassemblies[index, side].isHolding {
            guard abs(slab[flow, side].next.distance(to: start)) <= limits.window else { return false }
            endHolding(flow, side, at: start)
        } else {
            slab[flow, side].next = start
            slab[flow].flags.insert(.synchronised(side))
        }
        return true
    }

    /// Tells a stream what its receiver has.
    private mutating func acknowledge(_ number: SequenceNumber, _ flow: Int, _ side: FlowKey.Side) {
        guard slab[flow].isSynchronised(side), abs(slab[flow, side].next.distance(to: number)) <= limits.window else {
            return
        }
        guard let index = slab[flow].reassembly else { return }
        reassemblies[index, side].acknowledge(number, tick: clock.tick)
    }

    /// Whether a segment at that distance from the expected number is out of the window.
    func isFar(_ distance: Int, _ length: Int) -> Bool {
        distance > limits.window || distance + length < -limits.window
    }
}

/// How a segment stands to the flow that has its key.
private enum Relation {
    /// It belongs to it.
    case same
    /// It begins another connection.
    case another
    /// It follows a SYN that was doubted.
    case confirmed
}
