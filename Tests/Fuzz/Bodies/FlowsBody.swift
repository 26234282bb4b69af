import FlowTracking
import PacketDecode
import Wire

/// Packets in a notation of five octets each, so that a fuzzer spends itself on orders and overlaps, not on headers.
///
/// Each octet of a stream is the low octet of its sequence number, by which a witness knows what must come next.
enum FlowsBody {
    /// Limits that bite early.
    static var tight: FlowLimits {
        var limits = FlowLimits()
        limits.trackedFlows = 4
        limits.reassemblingFlows = 2
        limits.directionBuffer = 1_024
        limits.tableBuffer = 2_048
        limits.midstreamHold = 256
        limits.window = 1 << 16
        return limits
    }

    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        var witness = FlowWitness(policy: input.octet(), isContentKnown: true)
        var table = FlowTable<FlowWitness>(limits: settings & 1 == 0 ? FlowLimits() : tight, seed: UInt64(settings))
        // The next sequence number of each of four flows' directions; two of the flows begin just below 2^32.
        var next: [UInt32] = [1_000, 5_000, 0xFFFF_FF80, 0xFFFF_FFF0, 0x7FFF_FF00, 0, 70_000, 0xFFFF_0000]
        var now: Int64 = 1_700_000_000_000_000_000
        var number: UInt64 = 0
        while !input.isAtEnd {
            let what = input.octet()
            let place = input.octet()
            let length = Int(input.octet())
            let acknowledged = input.octet()
            let manner = input.octet()
            number += 1
            let wait = Int64(1) << Int64(8 + Int(manner & 0x1F))
            now = manner & 0x20 == 0 ? now + wait : now - wait
            let flow = Int(what & 3)
            let direction = Int(what >> 2 & 1)
            let slot = flow * 2 + direction
            let sequence = next[slot] &+ offset(place)
            let stamp = PacketStamp(timestamp: Timestamp(nanoseconds: now), number: number)
            // A SYN takes a number before the payload that comes with it.
            let first = what & 0x88 == 0x08 ? sequence &+ 1 : sequence
            let payload = (0..<length).map { UInt8(truncatingIfNeeded: first &+ UInt32($0)) }
            let client = IPAddress(ipv4: 0x0A00_0001)
            let server = IPAddress(ipv4: 0x0A00_0002)
            let ports = (UInt16(40_000 + flow), UInt16(80))
            let missing = manner & 0xC0 == 0xC0 ? Int(acknowledged) * 16 : 0
            let transport: Transport
            if what & 0x80 != 0 {
                transport = .udp(
                    UDPFields(
                        sourcePort: direction == 0 ? ports.0 : ports.1,
                        destinationPort: direction == 0 ? ports.1 : ports.0
                    )
                )
            } else {
                var flags: TCPFlags = manner & 0x40 == 0 ? .ack : []
                if what & 0x08 != 0 { flags.insert(.syn) }
                if what & 0x10 != 0 { flags.insert(.fin) }
                if what & 0x20 != 0 { flags.insert(.rst) }
                transport = .tcp(
                    TCPFields(
                        sourcePort: direction == 0 ? ports.0 : ports.1,
                        destinationPort: direction == 0 ? ports.1 : ports.0,
                        sequence: sequence,
                        acknowledgement: next[slot ^ 1] &+ offset(acknowledged),
                        flags: flags,
                        window: 65_535
                    )
                )
                let taken = UInt32(length + missing) + UInt32(what >> 3 & 1) + UInt32(what >> 4 & 1)
                if place & 0x80 == 0 { next[slot] = sequence &+ taken }
            }
            let packet = DecodedPacket(
                source: direction == 0 ? client : server,
                destination: direction == 0 ? server : client,
                transport: transport,
                payload: payload.span,
                missing: missing
            )
            table.process(packet, at: stamp, consumer: &witness)
            if what & 0x40 != 0 {
                table.advance(to: Timestamp(nanoseconds: now).advanced(byNanoseconds: wait), consumer: &witness)
            }
        }
        table.finish(consumer: &witness)
        let counters = table.counters
        hold(counters.accountedOctets == counters.segmentOctets, "each octet stands in one counter")
        witness.check(counters, flows: table.flowCount, buffered: table.bufferedOctets)
    }

    /// How far from the expected a number lies: a little before or behind it, or very far.
    private static func offset(_ place: UInt8) -> UInt32 {
        switch place & 0x7F {
        case 0..<64: UInt32(place & 0x3F)
        case 64..<120: 0 &- UInt32(place & 0x3F)
        default: UInt32(1) << (22 + UInt32(place & 7))
        }
    }
}
