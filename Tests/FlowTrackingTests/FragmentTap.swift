import FlowTracking
import PacketDecode
import TestSupport
import Wire

/// Fragments put together by hand, and a reassembler that takes them.
final class FragmentTap {
    /// A packet that was put together.
    struct Packet: Equatable {
        var source: IPAddress
        var destination: IPAddress
        var vlan: [UInt16]
        var transport: Transport
        var payload: [UInt8]
        var missing: Int
    }

    var reassembler: FragmentReassembler
    var isIPv6 = false
    var vlan = VLANTags()
    var milliseconds: Int64 = 0
    /// The last packet whose headers could not be read.
    var error: PacketError?

    init(_ limits: FragmentLimits = FragmentLimits()) {
        reassembler = FragmentReassembler(limits: limits, seed: 5)
    }

    /// A UDP datagram of so many octets in all, each octet of its payload telling its place.
    static func datagram(_ count: Int) -> [UInt8] {
        [0xC0, 0, 0, 80, UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count), 0, 0]
            + (8..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }

    /// Gives a fragment; the packet that it completes.
    func take(
        _ octets: some Collection<UInt8>,
        at offset: Int,
        more: Bool,
        id: UInt32 = 1,
        protocol number: UInt8 = 17,
        missing: Int = 0,
        client: UInt32 = 0xC000_0201
    ) -> Packet? {
        let octets = Array(octets)
        let fields = FragmentFields(protocol: number, identification: id, offset: offset, hasMore: more)
        let packet = DecodedPacket(
            source: isIPv6 ? IPAddress(ipv6High: 1, low: UInt64(client)) : IPAddress(ipv4: client),
            destination: isIPv6 ? IPAddress(ipv6High: 1, low: 2) : IPAddress(ipv4: 0xC633_6402),
            vlan: vlan,
            transport: .fragment(fields),
            payload: octets.span,
            missing: missing
        )
        let time = Timestamp(nanoseconds: 1_700_000_000_000_000_000 + milliseconds * 1_000_000)
        guard reassembler.take(packet, fields, at: time) else { return nil }
        let (whole, error) = FragmentTap.copy(reassembler.takeWhole())
        if let error { self.error = error }
        return whole
    }

    /// The packet that was put together last, or why it cannot be read.
    private static func copy(_ whole: borrowing WholePacket) -> (Packet?, PacketError?) {
        do throws(PacketError) {
            let decoded = try whole.packet()
            let packet = Packet(
                source: decoded.source,
                destination: decoded.destination,
                vlan: decoded.vlan.ids,
                transport: decoded.transport,
                payload: decoded.payload.indices.map { decoded.payload[$0] },
                missing: decoded.missing
            )
            return (packet, nil)
        } catch {
            return (nil, error)
        }
    }

    /// Gives a part of a datagram as a fragment of it.
    func take(_ range: Range<Int>, of datagram: [UInt8], id: UInt32 = 1) -> Packet? {
        take(datagram[range], at: range.lowerBound, more: range.upperBound < datagram.count, id: id)
    }

    /// Whether each fragment is waiting or stands in one counter.
    var isBalanced: Bool {
        let counters = reassembler.counters
        return reassembler.waitingPackets > 0 || counters.fragments == counters.settled
    }
}
