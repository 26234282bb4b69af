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
    private var fragmentOctets: UInt64 = 0
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
            switch packet.transport {
            case .tcp:
                segments.count(frame, packet)
                pass(packet, stamp, forward)
            case .udp:
                datagrams.count(frame, packet)
                pass(packet, stamp, forward)
            case .fragment(let fields):
                fragmentOctets &+= UInt64(frame.originalLength)
                join(packet, fields, stamp, forward)
            case .other:
                otherPackets &+= 1
                otherOctets &+= UInt64(frame.originalLength)
            }
        } catch {
            unreadOctets &+= UInt64(frame.originalLength)
            errors.add(1, to: PacketFront.name(of: error))
        }
    }

    /// Hands a packet on, and reads it if it may hold a DNS answer.
    @inline(__always)
    private mutating func pass(
        _ packet: borrowing DecodedPacket,
        _ stamp: PacketStamp,
        _ forward: (borrowing DecodedPacket, PacketStamp) -> Void
    ) {
        PacketFront.pass(packet, stamp, &names, &answers, forward)
    }

    // Static, with what it changes as arguments: a packet that was put together is borrowed from the front itself.
    @inline(__always)
    private static func pass(
        _ packet: borrowing DecodedPacket,
        _ stamp: PacketStamp,
        _ names: inout NameReader,
        _ answers: inout [NameAnswer],
        _ forward: (borrowing DecodedPacket, PacketStamp) -> Void
    ) {
        switch packet.transport {
        case .tcp(let fields):
            if fields.sourcePort == NameReader.port || fields.destinationPort == NameReader.port {
                read(packet, stamp, &names, &answers)
            }
        case .udp(let fields):
            if fields.sourcePort == NameReader.port { read(packet, stamp, &names, &answers) }
        case .fragment, .other: return
        }
        forward(packet, stamp)
    }

    @inline(never)
    private static func read(
        _ packet: borrowing DecodedPacket,
        _ stamp: PacketStamp,
        _ names: inout NameReader,
        _ answers: inout [NameAnswer]
    ) {
        names.read(packet, at: stamp) { answers.append($0) }
    }

    /// Forgets what DNS answers have told: it has been taken.
    mutating func forgetAnswers() { answers.removeAll(keepingCapacity: true) }

    /// Takes a fragment; a packet that it completes goes on as though it had come with it.
    @inline(never)
    private mutating func join(
        _ packet: borrowing DecodedPacket,
        _ fields: FragmentFields,
        _ stamp: PacketStamp,
        _ forward: (borrowing DecodedPacket, PacketStamp) -> Void
    ) {
        let isComplete = fragments.take(packet, fields, at: stamp.timestamp)
        hasFragments = fragments.waitingPackets > 0
        guard isComplete else { return }
        do throws(PacketError) {
            try PacketFront.pass(fragments, stamp, &names, &answers, &reassembled, forward)
        } catch {
            wholeErrors.add(1, to: PacketFront.name(of: error))
        }
    }

    /// Hands the packet on that was put together last.
    private static func pass(
        _ fragments: borrowing FragmentReassembler,
        _ stamp: PacketStamp,
        _ names: inout NameReader,
        _ answers: inout [NameAnswer],
        _ payload: inout (tcp: UInt64, udp: UInt64),
        _ forward: (borrowing DecodedPacket, PacketStamp) -> Void
    ) throws(PacketError) {
        let whole = try fragments.packet()
        switch whole.transport {
        case .tcp: payload.tcp &+= UInt64(FlowLimits.payloadLength(whole))
        case .udp: payload.udp &+= UInt64(FlowLimits.payloadLength(whole))
        case .fragment, .other: break
        }
        // What is neither TCP nor UDP has no flow, and is counted as the fragments that it came in.
        pass(whole, stamp, &names, &answers, forward)
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
        if names.counters.malformed > 0 { counters.errors.add(names.counters.malformed, to: "dns") }
        if otherPackets > 0 { counters.errors.add(otherPackets, to: "not_tcp_or_udp") }
        counters.ledger.packets += errors
        counters.ledger.packets.enter([
            "tcp": segments.packets, "udp": datagrams.packets, "ip_fragment": pieces.fragments,
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
