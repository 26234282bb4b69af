internal import FlowTracking
internal import PacketCapture
internal import PacketDecode
internal import Telemetry

/// What stands before the flow tables: frames in, packets out, and everything that must be known before packets are
/// shared out by flow.
///
/// In file mode each worker has one of its own and sends the whole capture through it, so all of them know the same at
/// the same packet and nothing crosses between threads; what it counts is reported by one of them.
struct PacketFront: ~Copyable {
    private var frames: UInt64 = 0
    private var octets: UInt64 = 0
    private var fragments: UInt64 = 0
    private var otherPackets: UInt64 = 0
    private var errors = CounterGroup()

    /// Takes a frame, and hands on the TCP segment or UDP datagram that it carries or completes.
    @inline(__always)
    mutating func process(
        _ frame: borrowing Frame,
        _ forward: (borrowing DecodedPacket, PacketStamp) -> Void
    ) {
        frames &+= 1
        octets &+= UInt64(frame.originalLength)
        do throws(PacketError) {
            let packet = try PacketDecoder.decode(frame)
            switch packet.transport {
            case .tcp, .udp: forward(packet, PacketStamp(timestamp: frame.timestamp, number: frame.number))
            case .fragment: fragments &+= 1
            case .other: otherPackets &+= 1
            }
        } catch {
            errors.add(1, to: PacketFront.name(of: error))
        }
    }

    /// Adds what the front has seen.
    func count(in counters: inout Counters) {
        counters.packets += frames
        counters.bytes += octets
        counters.errors += errors
        if fragments > 0 { counters.errors.add(fragments, to: "ip_fragment") }
        if otherPackets > 0 { counters.errors.add(otherPackets, to: "not_tcp_or_udp") }
    }

    private static func name(of error: PacketError) -> String {
        switch error {
        case .truncated(let header): "truncated_\(header.rawValue)"
        case .badLength(let header): "bad_length_\(header.rawValue)"
        case .badVersion: "bad_ip_version"
        case .notIP: "not_ip"
        case .tooDeep: "too_many_headers"
        case .unsupportedLinkType: "unsupported_link_type"
        }
    }
}
