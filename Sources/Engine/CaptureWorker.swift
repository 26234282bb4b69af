package import Detection
package import FlowTracking
package import Incidents
package import PacketCapture
internal import PacketDecode
internal import Sessions
package import Telemetry
package import Wire

/// One thread's way from frames to accepted requests: decoding, flows, sessions, routing.
///
/// It owns everything on that way and shares nothing; counters are plain integers.
package struct CaptureWorker<Port: ScanPort & ~Copyable>: ~Copyable {
    private var table: FlowTable<SessionTracker<RequestRouter<Port>>>
    private var sessions: SessionTracker<RequestRouter<Port>>
    private var frames = 0
    private var octets: UInt64 = 0
    private var errors = CounterGroup()
    private var fragments: UInt64 = 0
    private var otherPackets: UInt64 = 0
    private var finished = FlowCounters()
    private let limits: FlowLimits
    private let seed: UInt64

    /// A worker whose flow table hashes by `seed`, random for live traffic, fixed for files.
    ///
    /// `file` is the capture's place among the inputs: it keeps the flows of different files apart.
    package init(
        set: DetectionSet,
        digest: CredentialDigest?,
        limits: FlowLimits,
        seed: UInt64,
        origin: Envelope.Origin,
        file: Int,
        port: consuming Port
    ) {
        var router = RequestRouter(set: set, digest: digest, origin: origin, port: port)
        router.file = file
        self.limits = limits
        self.seed = seed
        sessions = SessionTracker(consumer: router)
        table = FlowTable(limits: limits, seed: seed, salt: UInt64(file))
    }

    /// Where accepted requests go.
    package var port: Port {
        _read { yield sessions.consumer.port }
        _modify { yield &sessions.consumer.port }
    }

    /// Goes on with another capture; the last one must have been finished.
    ///
    /// No flow crosses from one file to the next.
    package mutating func beginCapture(origin: Envelope.Origin, file: Int) {
        finished.add(table.counters)
        table = FlowTable(limits: limits, seed: seed, salt: UInt64(file))
        sessions.consumer.origin = origin
        sessions.consumer.file = file
    }

    /// Takes the next frame.
    package mutating func process(_ frame: borrowing Frame) {
        frames += 1
        octets &+= UInt64(frame.originalLength)
        sessions.consumer.now = frame.timestamp
        do throws(PacketError) {
            let packet = try PacketDecoder.decode(frame)
            switch packet.transport {
            case .tcp, .udp: break
            case .fragment: fragments += 1
            case .other: otherPackets += 1
            }
            let stamp = PacketStamp(timestamp: frame.timestamp, number: frame.number)
            table.process(packet, at: stamp, consumer: &sessions)
        } catch {
            errors.add(1, to: CaptureWorker.name(of: error))
        }
    }

    /// Runs timers while no frames come.
    package mutating func advance(to time: Timestamp) {
        sessions.consumer.now = time
        table.advance(to: time, consumer: &sessions)
    }

    /// Ends every flow: the capture is over.
    package mutating func finish() {
        table.finish(consumer: &sessions)
    }

    /// What has been counted so far.
    package var counters: Counters {
        var counters = Counters()
        var flows = finished
        flows.add(table.counters)
        counters.packets = UInt64(frames)
        counters.bytes = octets
        counters.flows = flows.opened
        counters.llmRequests = UInt64(sessions.consumer.accepted)
        counters.gaps = flows.gaps
        counters.errors = errors
        let seen = sessions.counters
        let skipped: [(String, Int)] = [
            ("body_no_service", seen.skippedBodyOctets), ("unrecognised", seen.unrecognisedOctets),
            ("framing", seen.framingOctets), ("framing_lost", seen.unreadableOctets), ("udp", seen.datagramOctets),
            ("tls_no_service", seen.shuntedOctets), ("server", seen.serverOctets),
        ]
        for (reason, count) in skipped where count > 0 { counters.skippedBytes.add(UInt64(count), to: reason) }
        let dropped: [(String, UInt64)] = [
            ("ip_fragment", fragments), ("not_tcp_or_udp", otherPackets), ("stray", flows.strays),
            ("out_of_window", flows.outOfWindow), ("overlap_conflict", flows.overlapConflicts),
        ]
        for (reason, count) in dropped where count > 0 { counters.errors.add(count, to: reason) }
        if flows.evicted > 0 { counters.limits.add(flows.evicted, to: "flows") }
        if flows.budgetOctets > 0 { counters.limits.add(flows.budgetOctets, to: "out_of_order_bytes") }
        return counters
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
