package import Detection
package import FlowTracking
package import Incidents
package import PacketCapture
internal import SecureTransport
package import Sessions
package import Telemetry
package import Wire

/// One thread's way from frames to accepted requests: the front, flows, sessions, routing.
///
/// It owns everything on that way and shares nothing; counters are plain integers.
package struct CaptureWorker<Port: ScanPort & ~Copyable>: ~Copyable {
    private var front: PacketFront
    private var shards: FlowShards<SessionTracker<RequestRouter<Port>>>
    private var sessions: SessionTracker<RequestRouter<Port>>
    private var plan: ShardPlan
    /// What DNS has told this worker and others are to know, where there are others that do not see it themselves.
    private var news: [NameAnswer]?
    private let keys: KeyAccess?
    /// Secrets that the present capture brought along, and what is counted of those of all captures.
    private var captureStore: KeyStore?
    private var captureTally = KeyTally()

    /// A worker whose flow tables hash by `seed`, random for live traffic, fixed for files.
    ///
    /// `file` is the capture's place among the inputs: it keeps the flows of different files apart.
    package init(
        set: DetectionSet,
        digest: CredentialDigest?,
        limits: FlowLimits,
        plan: ShardPlan,
        seed: UInt64,
        origin: Envelope.Origin,
        file: Int,
        keys: KeyAccess? = nil,
        port: consuming Port
    ) {
        var router = RequestRouter(set: set, digest: digest, origin: origin, port: port)
        router.file = file
        self.plan = plan
        front = PacketFront(limits: limits, seed: seed)
        self.keys = keys
        sessions = SessionTracker(consumer: router, names: limits.names, keys: keys)
        sessions.quicOctetLimit = limits.tableBuffer
        sessions.quicLimits.connectionOctets = limits.directionBuffer
        shards = FlowShards(plan, limits: limits, seed: seed, salt: file)
    }

    /// Where accepted requests go.
    package var port: Port {
        _read { yield sessions.consumer.port }
        _modify { yield &sessions.consumer.port }
    }

    /// Goes on with another capture, or the planned part of it; the last one must have been finished.
    ///
    /// No flow crosses from one file to the next.
    package mutating func beginCapture(origin: Envelope.Origin, file: Int, plan: ShardPlan) {
        self.plan = plan
        sessions.names.removeAll()
        shards.restart(plan, salt: file)
        sessions.consumer.origin = origin
        sessions.consumer.file = file
        captureStore = nil
        sessions.keys = keys
    }

    /// Takes secrets that the capture brings along, for the packets that follow them.
    package mutating func learn(_ secrets: ArraySlice<CaptureSecrets>) {
        for secret in secrets where secret.type == CaptureSecrets.tlsKeyLog {
            let store = captureStore ?? KeyStore()
            captureStore = store
            var reader = KeyLogReader()
            reader.consume(secret.octets.span, into: store)
            reader.finish(into: store)
            captureTally += KeyTally(reader)
        }
        guard let captureStore else { return }
        var access = keys ?? KeyAccess(KeySource([], mayGrow: false))
        access.source = access.source.adding(captureStore)
        sessions.keys = access
    }

    /// Takes the next frame.
    package mutating func process(_ frame: borrowing Frame) {
        sessions.consumer.now = frame.timestamp
        Self.process(frame, &front, &shards, &sessions)
        if !front.answers.isEmpty { learnNames() }
        if sessions.hasIssuedIDs {
            for id in sessions.takeIssuedIDs() { shards.learn(id, at: frame.timestamp) }
        }
        reviewWaiting(at: frame.timestamp)
    }

    private mutating func learnNames() {
        for index in front.answers.indices { sessions.names.learn(front.answers[index]) }
        news?.append(contentsOf: front.answers)
        front.forgetAnswers()
    }

    /// Learns what DNS has told another worker.
    package mutating func learn(_ answer: borrowing NameAnswer) {
        sessions.names.learn(answer)
    }

    /// What DNS has told this worker since the last time; what came before the first time is not kept.
    package mutating func takeNews() -> [NameAnswer] {
        defer { news = [] }
        return news ?? []
    }

    /// The front is changed while the closure that it is given changes the rest, so they are arguments of their own.
    @inline(__always)
    private static func process(
        _ frame: borrowing Frame,
        _ front: inout PacketFront,
        _ shards: inout FlowShards<SessionTracker<RequestRouter<Port>>>,
        _ sessions: inout SessionTracker<RequestRouter<Port>>
    ) {
        front.process(frame) { packet, stamp in shards.process(packet, at: stamp, consumer: &sessions) }
    }

    /// Runs timers while no frames come.
    package mutating func advance(to time: Timestamp) {
        sessions.consumer.now = time
        front.advance(to: time)
        shards.advance(to: time, consumer: &sessions)
        reviewWaiting(at: time)
    }

    /// Looks at flows whose secrets may have come, or whose time to wait for them is over: no packet need tell.
    private mutating func reviewWaiting(at time: Timestamp) {
        sessions.reviewClosed(at: time)
        guard sessions.mustWake(at: time) else { return }
        for key in sessions.takeFlowsToWake(at: time) { shards.wake(key, at: time, consumer: &sessions) }
    }

    /// Ends every flow: the capture is over.
    ///
    /// `each` is called when a shard's flows have ended, with the shard's number and the port that took what they left.
    package mutating func finish(_ each: (Int, inout Port) -> Void = { _, _ in }) {
        front.finish()
        for (place, shard) in plan.owned.enumerated() {
            shards.finish(place, consumer: &sessions)
            sessions.reviewClosed(at: sessions.consumer.now, isFinal: true)
            each(shard, &sessions.consumer.port)
        }
    }

    /// Flows that are over and of which packets of one direction only were seen.
    package var oneWayFlows: UInt64 { shards.counters.oneWay }

    /// What has been counted so far; what every worker of a file counts alike, the first reports.
    package var counters: Counters {
        var counters = Counters()
        let flows = shards.counters
        if plan.worker == 0 {
            front.count(in: &counters)
            // Every worker remembers the same names.
            if sessions.names.evicted > 0 { counters.limits.add(sessions.names.evicted, to: "names") }
        }
        counters.flows = flows.opened
        counters.llmRequests = UInt64(sessions.consumer.accepted)
        let seen = sessions.counters
        counters.gaps = flows.gaps + UInt64(seen.quicHoles)
        let skipped: [(String, Int)] = [
            ("body_no_service", seen.skippedBodyOctets), ("unrecognised", seen.unrecognisedOctets),
            ("framing", seen.framingOctets), ("framing_lost", seen.unreadableOctets), ("udp", seen.datagramOctets),
            ("tls_no_service", seen.shuntedOctets), ("server", seen.serverOctets),
            ("dns", seen.nameOctets + seen.nameServerOctets),
        ]
        for (reason, count) in skipped where count > 0 { counters.skippedBytes.add(UInt64(count), to: reason) }
        let dropped: [(String, UInt64)] = [
            ("stray", flows.strays), ("out_of_window", flows.outOfWindow),
            ("overlap_conflict", flows.overlapConflicts),
        ]
        for (reason, count) in dropped where count > 0 { counters.errors.add(count, to: reason) }
        enter(flows, seen, in: &counters.ledger)
        if seen.streamsGivenUp > 0 { counters.limits.add(UInt64(seen.streamsGivenUp), to: "http2_streams") }
        if seen.quicStreamsGivenUp > 0 { counters.limits.add(UInt64(seen.quicStreamsGivenUp), to: "quic_streams") }
        if seen.http3StreamsGivenUp > 0 { counters.limits.add(UInt64(seen.http3StreamsGivenUp), to: "http3_streams") }
        if sessions.unlistedFlows > 0 { counters.limits.add(UInt64(sessions.unlistedFlows), to: "key_wait_flows") }
        counters.keys.used = UInt64(sessions.keysUsed)
        if plan.worker == 0 { captureTally.count(in: &counters) }
        if flows.evicted > 0 { counters.limits.add(flows.evicted, to: "flows") }
        if flows.droppedEmbryonic > 0 { counters.limits.add(flows.droppedEmbryonic, to: "half_open_flows") }
        if flows.budgetOctets > 0 { counters.limits.add(flows.budgetOctets, to: "out_of_order_bytes") }
        return counters
    }

    /// Enters what the flow tables and the sessions counted into a ledger; what is not over yet has lines of its own.
    private func enter(_ flows: FlowCounters, _ seen: SessionCounters, in ledger: inout TrafficLedger) {
        ledger.segments.enter([
            "in_order": flows.deliveredOctets, "snap_length": flows.snapLengthOctets &- flows.datagramSnapLengthOctets,
            "only_counted": flows.countedOctets, "repeated": flows.repeatedOctets,
            "before_start": flows.beforeStartOctets, "after_end": flows.afterEndOctets,
            "out_of_window": flows.outOfWindowOctets, "stray": flows.strayOctets, "keep_alive": flows.keepAliveOctets,
            "waiting": Self.rest(of: flows.segmentOctets, flows.accountedOctets),
        ])
        let unsized = UInt64(seen.unsizedHoleOctets)
        ledger.streams.enter([
            "tcp_in_order": flows.deliveredOctets,
            "tcp_snap_length": flows.snapLengthOctets &- flows.datagramSnapLengthOctets,
            "tcp_only_counted": flows.countedOctets, "tcp_only_counted_gap": flows.countedHoleOctets,
            "tcp_gap": flows.lostOctets, "tcp_gap_by_limit": flows.budgetOctets, "tcp_gap_of_unknown_size": unsized,
            "udp": flows.datagramOctets, "quic_gap": UInt64(seen.quicHoleOctets),
        ])
        let over = UInt64(seen.clientOctets + seen.serverOctets + seen.nameServerOctets)
        ledger.payload.enter([
            "services": UInt64(seen.deliveredOctets + seen.lostOctets),
            "services_unread": UInt64(seen.watchedOctets), "framing": UInt64(seen.framingOctets),
            "framing_lost": UInt64(seen.unreadableOctets), "body_no_service": UInt64(seen.skippedBodyOctets),
            "tls_no_service": UInt64(seen.shuntedOctets), "unrecognised": UInt64(seen.unrecognisedOctets),
            "udp": UInt64(seen.datagramOctets), "dns": UInt64(seen.nameOctets + seen.nameServerOctets),
            "server": UInt64(seen.serverOctets),
            "open": Self.rest(of: flows.streamOctets &+ unsized &+ UInt64(seen.quicHoleOctets), over),
        ])
    }

    private static func rest(of all: UInt64, _ part: UInt64) -> UInt64 { all > part ? all - part : 0 }
}
