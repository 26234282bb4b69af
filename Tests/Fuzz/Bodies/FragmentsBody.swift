import FlowTracking
import PacketDecode
import Wire

/// IP fragments in a notation of seven octets each, so that a fuzzer spends itself on places and lengths.
///
/// Each octet of a packet tells its place, by which the packet that comes out is known.
enum FragmentsBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        var limits = FragmentLimits()
        if settings & 1 == 1 { limits.memory = 1 << 20 }
        if settings & 2 == 2 { limits.overlaps = .firstWins }
        if settings & 4 == 4 { limits.pieces = 4 }
        var reassembler = FragmentReassembler(limits: limits, seed: UInt64(settings))
        var now: Int64 = 1_700_000_000_000_000_000
        while !input.isAtEnd {
            let what = input.octet()
            let place = Int(input.octet()) << 8 | Int(input.octet())
            let length = Int(input.octet()) << 8 | Int(input.octet())
            let missing = input.octet()
            let wait = input.octet()
            now += (wait & 0x80 == 0 ? 1 : -1) << Int64(16 + wait % 24)
            let isIPv4 = what & 1 == 0
            let fields = FragmentFields(
                protocol: what & 2 == 0 ? 17 : 60,
                identification: UInt32(what >> 4),
                offset: place & 0x1FFF * 8,
                hasMore: what & 8 == 0
            )
            let payload = (0..<length).map { UInt8(truncatingIfNeeded: fields.offset + $0) }
            let packet = DecodedPacket(
                source: isIPv4 ? IPAddress(ipv4: 1) : IPAddress(ipv6High: 1, low: 1),
                destination: isIPv4 ? IPAddress(ipv4: 2) : IPAddress(ipv6High: 1, low: 2),
                transport: .fragment(fields),
                payload: payload.span,
                missing: Int(missing) * 64
            )
            if reassembler.take(packet, fields, at: Timestamp(nanoseconds: now)) { check(reassembler.takeWhole()) }
            if what & 4 == 4 { reassembler.advance(to: Timestamp(nanoseconds: now)) }
            hold(reassembler.usedOctets <= limits.memory, "memory is bounded: \(reassembler.usedOctets)")
        }
        reassembler.finish()
        let counters = reassembler.counters
        hold(counters.settled == counters.fragments, "every fragment is accounted for: \(counters)")
        hold(reassembler.usedOctets == 0 && reassembler.waitingPackets == 0, "nothing stays behind")
    }

    private static func check(_ whole: borrowing WholePacket) {
        do throws(PacketError) {
            let packet = try whole.packet()
            hold(packet.payload.count + packet.missing <= 65_535, "no packet is longer than IP allows")
            guard let first = packet.payload.isEmpty ? nil : packet.payload[0] else { return }
            for index in packet.payload.indices {
                hold(packet.payload[index] == first &+ UInt8(truncatingIfNeeded: index), "octets are in their places")
            }
        } catch {
            hold(!error.description.isEmpty, "errors are described")
        }
    }
}
