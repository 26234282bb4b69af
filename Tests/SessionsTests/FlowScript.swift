import FlowTracking
import SecureTransport
import Sessions
import TestSupport
import Wire

/// What one flow carries, in order, and what a tracker makes of it.
struct FlowScript {
    enum Step {
        case client([UInt8])
        case server([UInt8])
        case clientGap(Int, GapReason = .lost)
        case serverGap(Int)
        case clientEnd(StreamEnd = .fin)
        /// Lines that are added to a key log.
        case keys(String)
        /// So many milliseconds go by.
        case pause(Int)
        /// Whoever has the flow's table asks whether it is to be woken, no packet having come.
        case look
    }

    struct Result: Equatable {
        var entries: [RecordingConsumer.Entry] = []
        var declined: [String] = []
        var faults: [String] = []
        var counters = SessionCounters()
        /// Server octets that the tracker wanted to see.
        var serverRead = 0
        var lastInterest = Interest.both
        /// Secrets that opened a record.
        var keysUsed = 0
        /// How often the flow was woken.
        var wakes = 0
        /// After each look, what was accepted, and whether it was over.
        var looks: [[Bool]] = []
    }

    var steps: [Step]
    var isMidstream = false
    var end = FlowEnd.finished
    var transport = FlowTransport.tcp
    var wantsAll = false
    /// The lines of the key log that is there from the beginning; nil for none.
    var keyLog: String?
    /// Whether more are waited for.
    var keysMayGrow = false

    init(_ steps: [Step], isMidstream: Bool = false) {
        self.steps = steps
        self.isMidstream = isMidstream
    }

    static func client(_ text: String) -> Step { .client(Array(text.utf8)) }
    static func server(_ text: String) -> Step { .server(Array(text.utf8)) }

    /// Every client octet that the flow carries, those of holes included.
    var clientOctets: Int {
        steps.reduce(0) { sum, step in
            switch step {
            case .client(let octets): sum + octets.count
            case .clientGap(let octets, _): sum + max(1, octets)
            case .server, .serverGap, .clientEnd, .keys, .pause, .look: sum
            }
        }
    }

    /// Plays the steps as a flow table would, one packet a step: what is not wanted is counted only.
    ///
    /// The ledger is checked here, so that every test checks it.
    func play() -> Result {
        var consumer = RecordingConsumer()
        consumer.wantsAll = wantsAll
        let store = KeyStore()
        var log = KeyLogReader()
        if let keyLog { log.consume(Array(keyLog.utf8).span, into: store) }
        var tracker = SessionTracker(
            consumer: consumer,
            keys: keyLog == nil ? nil : KeyAccess(KeySource([store], mayGrow: keysMayGrow))
        )
        var number: UInt64 = 1
        var paused: Int64 = 0
        func stamp() -> PacketStamp {
            PacketStamp(timestamp: Timestamp(nanoseconds: (Int64(number) + paused) * 1_000_000), number: number)
        }
        let facts = FlowFacts(
            client: SocketAddress(IPAddress(ipv4: 0xC000_0201), 49_152),
            server: SocketAddress(IPAddress(ipv4: 0xC633_6402), 80),
            transport: transport,
            first: stamp(),
            midstream: isMidstream
        )
        var result = Result()
        var session = tracker.flowOpened(facts, at: stamp())
        var interest = Interest.both
        var octets = [0, 0]
        var declined: FlowTotals?
        for step in steps {
            let at = stamp()
            switch step {
            case .client(let chunk):
                octets[0] += chunk.count
                guard interest.reading != .none, !chunk.isEmpty else { break }
                interest =
                    transport == .udp
                    ? tracker.datagram(chunk.span, missing: 0, .toServer, &session, at: at)
                    : tracker.chunk(chunk.span, .toServer, &session, at: at)
            case .server(let chunk):
                octets[1] += chunk.count
                guard interest.reading == .both, !chunk.isEmpty else { break }
                result.serverRead += chunk.count
                interest =
                    transport == .udp
                    ? tracker.datagram(chunk.span, missing: 0, .toClient, &session, at: at)
                    : tracker.chunk(chunk.span, .toClient, &session, at: at)
            case .clientGap(let size, let reason):
                octets[0] += max(1, size)
                guard interest.reading != .none else { break }
                interest = tracker.gap(size, reason: reason, .toServer, &session, at: at)
            case .serverGap(let size):
                guard interest.reading == .both else { break }
                interest = tracker.gap(size, reason: .lost, .toClient, &session, at: at)
            case .clientEnd(let end):
                guard interest.reading != .none else { break }
                tracker.streamEnded(.toServer, end, &session, at: at)
            case .keys(let lines): log.consume(Array(lines.utf8).span, into: store)
            case .pause(let milliseconds): paused += Int64(milliseconds)
            case .look:
                guard interest.reading != .none, tracker.mustWake(at: at.timestamp) else { break }
                for key in tracker.takeFlowsToWake(at: at.timestamp) {
                    if key != facts.key { result.faults.append("another flow is woken") }
                    result.wakes += 1
                    interest = tracker.flowWoken(&session, at: at)
                }
            }
            number += 1
            if case .look = step { result.looks.append(tracker.consumer.entries.map(\.isOver)) }
            if interest == .none, declined == nil {
                declined = FlowTotals(toServerOctets: octets[0], toClientOctets: octets[1])
            }
        }
        let totals = FlowTotals(toServerOctets: octets[0], toClientOctets: octets[1])
        if let declined {
            let remnant = tracker.flowDeclined(declined, session, at: stamp())
            tracker.declinedFlowClosed(remnant, totals, end, at: stamp())
        } else {
            tracker.flowClosed(totals, session, end, at: stamp())
        }
        tracker.reviewClosed(at: stamp().timestamp, isFinal: true)
        result.entries = tracker.consumer.entries
        result.declined = tracker.consumer.declined
        result.faults = tracker.consumer.faults
        result.counters = tracker.counters
        result.lastInterest = interest
        result.keysUsed = tracker.keysUsed
        if tracker.quicOctets != 0 { result.faults.append("\(tracker.quicOctets) octets of QUIC are held for ever") }
        if tracker.heldOctets != 0 { result.faults.append("\(tracker.heldOctets) octets are held for ever") }
        result.check(clientOctets: octets[0], serverOctets: octets[1])
        return result
    }

    /// The script with each client chunk cut into pieces; one packet each.
    func cut(_ pieces: ([UInt8]) -> [ArraySlice<UInt8>]) -> FlowScript {
        var script = self
        script.steps = steps.flatMap { step -> [Step] in
            guard case .client(let octets) = step else { return [step] }
            return pieces(octets).filter { !$0.isEmpty }.map { .client(Array($0)) }
        }
        return script
    }
}

extension FlowScript.Result {
    /// Finds what does not balance; it then stands among the faults.
    fileprivate mutating func check(clientOctets: Int, serverOctets: Int) {
        let all = counters
        let isReversed = all.reversals > 0
        if all.clientOctets - all.quicHoleOctets != (isReversed ? serverOctets : clientOctets) {
            faults.append("counted \(all.clientOctets) of \(clientOctets) client octets: \(all)")
        }
        if all.serverOctets != (isReversed ? clientOctets : serverOctets) { faults.append("server octets: \(all)") }
        for entry in entries where !entry.isOver { faults.append("never ended: \(entry)") }
        let delivered = entries.reduce(0) { $0 + $1.body.count }
        let lost = entries.reduce(0) { $0 + $1.lost.values.reduce(0, +) }
        let watched = entries.reduce(0) { $0 + ($1.connectionOctets ?? 0) }
        if delivered != all.deliveredOctets { faults.append("delivered \(delivered), counted \(all.deliveredOctets)") }
        if lost != all.lostOctets { faults.append("lost \(lost), counted \(all.lostOctets)") }
        if watched != all.watchedOctets { faults.append("watched \(watched), counted \(all.watchedOctets)") }
        let numbers = entries.filter { !$0.isConnection }.map(\.number)
        if numbers != numbers.sorted() || Set(numbers).count != numbers.count { faults.append("numbers \(numbers)") }
        let counts = [
            all.framingOctets, all.deliveredOctets, all.lostOctets, all.skippedBodyOctets, all.unreadableOctets,
            all.watchedOctets, all.shuntedOctets, all.unrecognisedOctets, all.datagramOctets,
        ]
        if counts.contains(where: { $0 < 0 }) { faults.append("negative: \(all)") }
    }
}
