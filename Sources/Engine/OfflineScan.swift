package import Detection
package import FlowTracking
package import Incidents
package import PacketCapture
internal import SecureTransport
package import Sinks
internal import Sessions
internal import Telemetry
internal import Wire

/// Runs the pipeline over capture files, on as many threads as asked for: the same packets give the same records, octet
/// for octet, whatever their number.
package struct OfflineScan: ~Copyable {
    private let threads: [ScanThread]
    private var reporter: ScanReporter
    private var ends: [ScanEnd]
    private var fileCount = 0
    private let keys: KeyLogs?

    /// The seed of the flow table's hash in scans: fixed, so that caps fall on the same flows each time.
    static let seed: UInt64 = 0x5EED_0F_5CA2_5CA2

    /// The most threads that a scan can use: one a shard.
    package static var mostWorkers: Int { ShardPlan.fileShards }

    /// A scan that prints to `printer`.
    ///
    /// - Parameters:
    ///   - set: What is looked for.
    ///   - digest: Names credentials; without it records have none.
    ///   - limits: The caps of the flow tables, all shards together.
    ///   - keys: Secrets of TLS, those that captures bring along aside.
    ///   - workers: Threads, 1...``mostWorkers``.
    ///   - printer: Where records go.
    /// - Throws: what preparing the rules for a thread throws.
    package init(
        set: DetectionSet,
        digest: CredentialDigest?,
        limits: FlowLimits,
        keys: KeyLogs? = nil,
        workers: Int,
        printer: consuming RecordPrinter
    ) throws {
        reporter = ScanReporter(printer: printer)
        self.keys = keys
        // All of them have been read: nothing is waited for.
        let access = keys.map { KeyAccess(KeySource([$0.store], mayGrow: false)) }
        threads = (0..<min(max(1, workers), Self.mostWorkers)).map { _ in
            ScanThread(set: set, digest: digest, limits: limits, keys: access)
        }
        ends = threads.map { _ in ScanEnd() }
        for thread in threads { EngineThread.start("weir-scan") { thread.run() } }
        for thread in threads { try Self.awaitReady(thread) }
    }

    deinit {
        for thread in threads {
            thread.orders.close()
            thread.events.close()
        }
    }

    /// Scans one capture.
    ///
    /// - Parameters:
    ///   - path: The file, `-` for standard input. What is no regular file is read once, by one thread.
    ///   - progress: Called now and then with the octets of packets read so far.
    /// - Returns: Whether the capture ends within its last packet.
    /// - Throws: `.capture` when the file cannot be read as a capture; what came before the damage has been scanned.
    ///   `.output` when records cannot be written any more.
    package mutating func scan(_ path: String, progress: (UInt64) -> Void) throws(ScanError) -> Bool {
        let identity = CaptureIdentity.of(path)
        let used = identity == nil ? threads.prefix(1) : threads[...]
        for (worker, thread) in used.enumerated() {
            let plan = ShardPlan.file(worker: worker, of: used.count)
            _ = thread.orders.push(.capture(path: path, file: fileCount, plan: plan, identity: identity))
        }
        fileCount += 1
        var merge = ReportMerge(used.map(\.events))
        var shown: UInt64 = 0
        while let reports = merge.next() {
            for report in reports { reporter.take(report) }
            if let error = reporter.failure { throw .output(error) }
            if merge.octets != shown {
                shown = merge.octets
                progress(shown)
            }
        }
        for (worker, end) in merge.ends.enumerated() { ends[worker] = end }
        if let failure = ends[0].failure { throw .capture(failure) }
        return ends[0].isTruncated
    }

    /// Prints incidents and counters; returns the incidents.
    package mutating func finish() throws(ScanError) -> [Incident] {
        var counters = Counters()
        for end in ends { counters += end.counters }
        keys?.tally.count(in: &counters)
        reporter.finish(counters, at: ends[0].lastTime)
        if let error = reporter.failure { throw .output(error) }
        return reporter.incidents
    }

    private static func awaitReady(_ thread: borrowing ScanThread) throws {
        while let events = thread.events.popAll(waiting: 1_000) {
            for case .unready(let error) in events { throw error }
            if !events.isEmpty { return }
        }
    }
}

/// Why a scan, or one file of it, failed.
package enum ScanError: Error {
    /// A capture cannot be read.
    case capture(CaptureError)
    /// Records cannot be written.
    case output(SinkError)
}
