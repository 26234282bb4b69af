package import Detection
package import FlowTracking
package import Incidents
internal import PacketCapture
internal import Payloads
internal import SecureTransport
internal import Sessions
internal import Telemetry
internal import Wire

/// Runs the pipeline over captures as `weir scan` does, on one thread, and keeps an account of every request.
package struct CaptureExplainer: ~Copyable {
    private typealias Worker = CaptureWorker<ExplainPort>

    private var worker: Worker
    private var fileCount = 0

    /// An explainer that looks for what a scan with the same arguments looks for.
    ///
    /// - Throws: what preparing the rules for a thread throws.
    package init(set: DetectionSet, digest: CredentialDigest?, limits: FlowLimits, keys: KeyLogs? = nil) throws {
        worker = Worker(
            set: set,
            digest: digest,
            limits: limits,
            plan: .file(worker: 0, of: 1),
            seed: OfflineScan.seed,
            origin: .capture("-"),
            file: 0,
            keys: keys.map { KeyAccess(KeySource([$0.store], mayGrow: false)) },
            port: ExplainPort(try ScanWorker(set: set, output: ReportBuffer()))
        )
    }

    /// Reads one capture to its end.
    ///
    /// - Parameters:
    ///   - path: The file, `-` for standard input.
    ///   - each: Called with each request as it ends, in the order of `weir scan`'s records.
    /// - Returns: What the capture came to besides.
    /// - Throws: `CaptureError` when the capture cannot be read; what came before the damage was accounted for.
    package mutating func explain(
        _ path: String,
        _ each: (RequestAccount) throws -> Void
    ) throws -> CaptureAccount {
        worker.beginCapture(origin: .capture(path), file: fileCount, plan: .file(worker: 0, of: 1))
        fileCount += 1
        var account = CaptureAccount()
        var reader = try CaptureReader(path: path)
        while let frame = try reader.next({ worker.learn($0) }) {
            worker.process(frame)
            for request in worker.port.takeAccounts() { try each(request) }
        }
        account.isTruncated = reader.isTruncated
        worker.finish()
        for request in worker.port.takeAccounts() { try each(request) }
        let counters = worker.counters
        account.packets = counters.packets
        account.flows = counters.flows
        account.skippedOctets = counters.skippedBytes.entries.map { ($0.name, $0.count) }
        return account
    }
}

/// Passes everything on to a scanner, with a trace for each message, and puts together what comes of it.
struct ExplainPort: ~Copyable, ScanPort {
    private var scanner: ScanWorker<ReportBuffer>
    private var folder = IncidentFolder()
    private var traces: [Int: ScanTrace] = [:]
    private var incidents: [IncidentKey: String] = [:]
    private var accounts: [RequestAccount] = []

    private struct IncidentKey: Hashable {
        let address: IPAddress
        let service: String
    }

    init(_ scanner: consuming ScanWorker<ReportBuffer>) {
        self.scanner = scanner
    }

    /// The requests that have ended since the last time.
    mutating func takeAccounts() -> [RequestAccount] {
        if accounts.isEmpty { return [] }
        defer { accounts = [] }
        return accounts
    }

    mutating func begin(_ request: consuming OpenRequest, slot: Int) {
        trace(slot)
        scanner.begin(request, slot: slot)
        settle(nil)
    }

    mutating func begin(_ message: consuming SocketMessage, slot: Int, within opening: Int) {
        trace(slot)
        scanner.begin(message, slot: slot, within: opening)
        settle(nil)
    }

    mutating func body(_ octets: Span<UInt8>, slot: Int, at time: Timestamp) {
        scanner.body(octets, slot: slot, at: time)
        settle(nil)
    }

    mutating func lost(_ octets: Int, _ reason: OpaqueReason, slot: Int, at time: Timestamp) {
        scanner.lost(octets, reason, slot: slot, at: time)
        settle(nil)
    }

    mutating func review(slot: Int, at time: Timestamp) {
        scanner.review(slot: slot, at: time)
        settle(nil)
    }

    mutating func end(isComplete: Bool, slot: Int, at time: Timestamp) {
        scanner.end(isComplete: isComplete, slot: slot, at: time)
        settle(traces.removeValue(forKey: slot))
    }

    mutating func record(_ record: consuming LLMRecord) {
        scanner.record(record)
        settle(nil)
    }

    /// Gives the message that begins at `slot` a trace of its own.
    private mutating func trace(_ slot: Int) {
        let trace = ScanTrace()
        traces[slot] = trace
        scanner.trace = trace
    }

    /// Takes what the scanner has reported; a request that is over has `trace`.
    private mutating func settle(_ trace: ScanTrace?) {
        guard let reports = scanner.output.take() else { return }
        var finding = Finding(leaks: [], rules: [])
        var incident: String?
        for case .sighting(let sighting) in reports {
            let key = IncidentKey(address: sighting.envelope.actor, service: sighting.service)
            if let grown = folder.fold(sighting) { incidents[key] = grown.uid }
            guard sighting.isLast else { continue }
            finding = sighting.finding
            incident = incidents[key]
        }
        for case .record(let record) in reports where !record.isPartial {
            accounts.append(RequestAccount(record: record, trace: trace, finding: finding, incident: incident))
        }
    }
}
