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
    private var segments = Share()
    private var datagrams = Share()
    private var fragmentOctets: UInt64 = 0
    private var otherOctets: UInt64 = 0
    private var unreadOctets: UInt64 = 0

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
            case .tcp:
                segments.count(frame, packet)
                forward(packet, PacketStamp(timestamp: frame.timestamp, number: frame.number))
            case .udp:
                datagrams.count(frame, packet)
                forward(packet, PacketStamp(timestamp: frame.timestamp, number: frame.number))
            case .fragment:
                fragments &+= 1
                fragmentOctets &+= UInt64(frame.originalLength)
            case .other:
                otherPackets &+= 1
                otherOctets &+= UInt64(frame.originalLength)
            }
        } catch {
            unreadOctets &+= UInt64(frame.originalLength)
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
        counters.ledger.packets += errors
        counters.ledger.packets.enter([
            "tcp": segments.packets, "udp": datagrams.packets, "ip_fragment": fragments, "not_tcp_or_udp": otherPackets,
        ])
        counters.ledger.wire.enter([
            "tcp_headers": segments.octets &- segments.payload, "tcp_payload": segments.payload,
            "udp_headers": datagrams.octets &- datagrams.payload, "udp_payload": datagrams.payload,
            "ip_fragment": fragmentOctets, "not_tcp_or_udp": otherOctets, "not_understood": unreadOctets,
        ])
    }

    /// Packets of one transport.
    private struct Share {
        var packets: UInt64 = 0
        /// On the wire, headers and padding included.
        var octets: UInt64 = 0
        /// Of the payload, with what the snap length cut off.
        var payload: UInt64 = 0

        @inline(__always)
        mutating func count(_ frame: borrowing Frame, _ packet: borrowing DecodedPacket) {
            packets &+= 1
            octets &+= UInt64(frame.originalLength)
            payload &+= UInt64(FlowLimits.payloadLength(packet))
        }
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
