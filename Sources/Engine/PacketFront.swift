internal import FlowTracking
internal import PacketCapture
internal import PacketDecode
internal import Sessions
internal import Telemetry
internal import Wire

/// What stands before the flow tables: frames in, packets out, and everything that must be known before packets are
/// shared out by flow.
///
/// In file mode each worker has one of its own and sends the whole capture through it, so all of them know the same at
/// the same packet and nothing crosses between threads; what it counts is reported by one of them.
struct PacketFront: ~Copyable {
    private var frames: UInt64 = 0
    private var octets: UInt64 = 0
    private var fragments: FragmentReassembler
    private var hasFragments = false
    private var names: NameReader
    /// What DNS answers have told since it was last taken.
    private(set) var answers: [NameAnswer] = []
    private var otherPackets: UInt64 = 0
    private var errors = CounterGroup()
    private var segments = Share()
    private var datagrams = Share()
    private var fragmentFrames: UInt64 = 0
    private var fragmentOctets: UInt64 = 0
    /// Tunnels' headers that were taken away.
    private var tunnels: UInt64 = 0
    /// Payload octets of TCP segments and of UDP datagrams that were put together.
    private var reassembled = (tcp: UInt64(0), udp: UInt64(0))
    /// What could not be read of those, each of whose fragments counts as a packet already.
    private var wholeErrors = CounterGroup()
    private var otherOctets: UInt64 = 0
    private var unreadOctets: UInt64 = 0

    /// A front that hashes by `seed`, random for live traffic, fixed for files.
    init(limits: FlowLimits, seed: UInt64) {
        fragments = FragmentReassembler(limits: limits.fragments, seed: seed)
        names = NameReader(seed: seed)
    }

    /// Takes a frame, and hands on the TCP segment or UDP datagram that it carries or completes.
    @inline(__always)
    mutating func process(
        _ frame: borrowing Frame,
        _ forward: (borrowing DecodedPacket, PacketStamp) -> Void
    ) {
        frames &+= 1
        octets &+= UInt64(frame.originalLength)
        let stamp = PacketStamp(timestamp: frame.timestamp, number: frame.number)
        if hasFragments { fragments.advance(to: frame.timestamp) }
        do throws(PacketError) {
            let packet = try PacketDecoder.decode(frame)
            if case .udp(let fields) = packet.transport, fields.destinationPort == VXLANHeader.port {
                try unwrap(packet, frame, stamp, forward)
            } else {
                take(packet, frame, levels: 0, stamp, forward)
            }
        } catch {
            unreadOctets &+= UInt64(frame.originalLength)
            errors.add(1, to: PacketFront.name(of: error))
        }
    }

    /// Takes the packet that tunnels carry; their headers count as those of the frame do.
    @inline(never)
    private mutating func unwrap(
        _ packet: borrowing DecodedPacket,
        _ frame: borrowing Frame,
        _ stamp: PacketStamp,
        _ forward: (borrowing DecodedPacket, PacketStamp) -> Void
    ) throws(PacketError) {
        var levels = 0
        let inner = try PacketDecoder.innermost(of: packet, levels: &levels)
        tunnels &+= UInt64(levels)
        take(inner, frame, levels: levels, stamp, forward)
    }

    /// Takes a frame's packet, which was inside so many tunnels.
    @inline(__always)
    private mutating func take(
        _ packet: borrowing DecodedPacket,
        _ frame: borrowing Frame,
        levels: Int,
        _ stamp: PacketStamp,
        _ forward: (borrowing DecodedPacket, PacketStamp) -> Void
    ) {
        switch packet.transport {
        case .tcp:
            segments.count(frame, packet)
            pass(packet, stamp, forward)
        case .udp:
            datagrams.count(frame, packet)
            pass(packet, stamp, forward)
        case .fragment(let fields):
            fragmentFrames &+= 1
            fragmentOctets &+= UInt64(frame.originalLength)
            join(packet, fields, levels: levels, stamp, forward)
        case .other:
            otherPackets &+= 1
            otherOctets &+= UInt64(frame.originalLength)
        }
    }

    /// Hands a packet on, and reads it if it may hold a DNS answer.
    @inline(__always)
    private mutating func pass(
        _ packet: borrowing DecodedPacket,
        _ stamp: PacketStamp,
        _ forward: (borrowing DecodedPacket, PacketStamp) -> Void
    ) {
        switch packet.transport {
        case .tcp(let fields):
            if fields.sourcePort == NameReader.port || fields.destinationPort == NameReader.port {
                read(packet, stamp)
            }
        case .udp(let fields):
            if fields.sourcePort == NameReader.port { read(packet, stamp) }
        case .fragment, .other: return
        }
        forward(packet, stamp)
    }

    @inline(never)
    private mutating func read(_ packet: borrowing DecodedPacket, _ stamp: PacketStamp) {
        names.read(packet, at: stamp) { answers.append($0) }
    }

    /// Forgets what DNS answers have told: it has been taken.
    mutating func forgetAnswers() { answers.removeAll(keepingCapacity: true) }

    /// Takes a fragment that was inside so many tunnels; a packet that it completes goes on as though it had come with it.
    @inline(never)
    private mutating func join(
        _ packet: borrowing DecodedPacket,
        _ fields: FragmentFields,
        levels: Int,
        _ stamp: PacketStamp,
        _ forward: (borrowing DecodedPacket, PacketStamp) -> Void
    ) {
        var levels = levels
        var isComplete = fragments.take(packet, fields, at: stamp.timestamp)
        do throws(PacketError) {
            // What is complete may be a tunnel's packet with a fragment in it that completes another: at most once a tunnel.
            while isComplete {
                let whole = fragments.takeWhole()
                isComplete = try pass(whole, &levels, stamp, forward)
                if !isComplete { fragments.reuse(whole) }
            }
        } catch {
            wholeErrors.add(1, to: PacketFront.name(of: error))
        }
        hasFragments = fragments.waitingPackets > 0
    }

    /// Hands a packet on that was put together; true when it was a tunnel's, with a fragment that completes another.
    private mutating func pass(
        _ whole: borrowing WholePacket,
        _ levels: inout Int,
        _ stamp: PacketStamp,
        _ forward: (borrowing DecodedPacket, PacketStamp) -> Void
    ) throws(PacketError) -> Bool {
        let before = levels
        let packet = try PacketDecoder.innermost(of: whole.packet(), levels: &levels)
        tunnels &+= UInt64(levels - before)
        switch packet.transport {
        case .tcp:
            reassembled.tcp &+= UInt64(FlowLimits.payloadLength(packet))
            pass(packet, stamp, forward)
        case .udp:
            reassembled.udp &+= UInt64(FlowLimits.payloadLength(packet))
            pass(packet, stamp, forward)
        case .fragment(let fields):
            // Only a tunnel's packet is one: what was put together is none itself.
            return fragments.take(packet, fields, at: stamp.timestamp)
        case .other:
            // It has no flow, and is counted as the fragments that it came in.
            break
        }
        return false
    }

    /// Runs timers up to a time at which no frame came.
    mutating func advance(to time: Timestamp) {
        fragments.advance(to: time)
        hasFragments = fragments.waitingPackets > 0
    }

    /// Gives up what waits: the capture is over, and another may follow.
    mutating func finish() {
        fragments.finish()
        names.finish()
        answers = []
        hasFragments = false
    }

    /// Adds what the front has seen.
    func count(in counters: inout Counters) {
        counters.packets += frames
        counters.bytes += octets
        counters.errors += errors
        counters.errors += wholeErrors
        let pieces = fragments.counters
        let fates: [(String, UInt64)] = [
            ("received", pieces.fragments), ("packets", pieces.packets), ("reassembled", pieces.reassembled),
            ("duplicate", pieces.duplicate), ("overlapping", pieces.overlapping), ("malformed", pieces.malformed),
            ("crowded", pieces.crowded), ("timed_out", pieces.timedOut), ("evicted", pieces.evicted),
            ("incomplete", pieces.incomplete), ("tiny", pieces.tiny),
        ]
        for (fate, count) in fates where count > 0 { counters.fragments.add(count, to: fate) }
        if tunnels > 0 { counters.tunnels.add(tunnels, to: "vxlan") }
        if names.counters.malformed > 0 { counters.errors.add(names.counters.malformed, to: "dns") }
        if otherPackets > 0 { counters.errors.add(otherPackets, to: "not_tcp_or_udp") }
        counters.ledger.packets += errors
        counters.ledger.packets.enter([
            "tcp": segments.packets, "udp": datagrams.packets, "ip_fragment": fragmentFrames,
            "not_tcp_or_udp": otherPackets,
        ])
        counters.ledger.wire.enter([
            "tcp_headers": segments.octets &- segments.payload, "tcp_payload": segments.payload,
            "udp_headers": datagrams.octets &- datagrams.payload, "udp_payload": datagrams.payload,
            "ip_fragment": fragmentOctets, "not_tcp_or_udp": otherOctets, "not_understood": unreadOctets,
        ])
        counters.ledger.reassembled.enter(["tcp": reassembled.tcp, "udp": reassembled.udp])
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
