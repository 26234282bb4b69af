package import Detection
package import FlowTracking
internal import Foundation
package import Incidents
package import PacketCapture
internal import SecureTransport
package import Sessions
internal import Synchronization
internal import Telemetry
internal import Wire

/// What a daemon is run with.
package struct DaemonOptions: Sendable {
    /// Where frames come from.
    package var inputs: [CaptureInput]
    /// Capture queues of each interface, each with a thread, a ring and a flow table of its own.
    package var captureWorkers = 1
    /// Threads that scan, for all inputs together.
    package var scanWorkers = 1
    /// The bounds of each flow table.
    package var limits = FlowLimits()
    /// Octets of bodies that may wait to be scanned.
    package var scanQueueOctets = 64 << 20
    /// Key logs that are followed.
    package var keyLogs: [String] = []
    /// Where key-log lines may be pushed, and who may; nil: nowhere.
    package var keySocket: KeySocketAccess?
    /// How long a connection waits for secrets, and in how many octets, for all inputs together.
    package var keyWait = KeyWait()
    /// Reports that may wait to be recorded.
    package var reportQueue = 4_096
    /// Seconds between `stats` records.
    package var statsInterval = 60
    /// How long a thread may make no progress before the watchdog is no longer told that all is well.
    package var patience = Duration.seconds(15)

    /// Options with their defaults.
    package init(inputs: [CaptureInput]) {
        self.inputs = inputs
    }
}

/// The running daemon: capture threads, scan threads, and one recorder thread.
package struct Daemon: Sendable {
    let options: DaemonOptions
    let complain: @Sendable (String) -> Void
    /// Where keys come from; nil where nothing is named.
    let keys: KeyFeeds?
    let set: DetectionSet
    private let digest: CredentialDigest?

    /// Prepares a daemon; nothing is opened yet but the socket for keys.
    ///
    /// - Throws: why there can be no such socket.
    package init(
        set: DetectionSet,
        digest: CredentialDigest?,
        options: DaemonOptions,
        complain: @escaping @Sendable (String) -> Void
    ) throws(LocalSocketError) {
        self.set = set
        self.digest = digest
        self.options = options
        self.complain = complain
        keys = try KeyFeeds(options, complain: complain)
    }

    /// Runs until `stop` is raised or every input has ended, then drains.
    ///
    /// - Parameters:
    ///   - makeOutputs: Opens the records' places, on the recorder's thread.
    ///   - stop: Raised by a signal.
    ///   - notifier: Is told how the threads fare.
    ///   - started: Called once, when every input is open.
    /// - Returns: How many incidents were opened.
    /// - Throws: the error of an input that did not open, or of the last one that failed.
    package func run(
        makeOutputs: @escaping @Sendable () throws -> RecordOutputs,
        stop: StopSignal,
        notifier: ServiceNotifier = ServiceNotifier(environment: [:]),
        started: () -> Void
    ) throws(CaptureError) -> Int {
        let policy: QueuePolicy = isLive ? .refuse : .wait
        let reports = BoundedQueue<Report>(capacity: options.reportQueue, policy: policy)
        let recorder = RecorderThread(reports, makeOutputs, complain)
        let pool = ScanPool(
            workers: options.scanWorkers,
            octets: options.scanQueueOctets,
            policy: policy,
            set: set,
            reports: reports,
            complain: complain
        )
        keys?.start()
        defer { keys?.stop() }
        let statuses = startCaptures(pool)
        var watch = DaemonWatch(self, statuses, pool, reports, recorder.pulse, notifier)
        let failure = watch.run(until: stop, started)
        pool.finish()
        watch.tellDamage()
        _ = reports.push(.last(watch.lastRecord), mandatory: true)
        reports.close()
        let incidents = recorder.finish()
        if let failure { throw failure }
        return incidents
    }

    /// Whether any input is an interface.
    var isLive: Bool { options.inputs.contains { if case .live = $0 { true } else { false } } }

    private func startCaptures(_ pool: ScanPool) -> [CaptureStatus] {
        let captures = options.inputs.flatMap(captureQueues)
        let names = NameExchange(workers: captures.count)
        let reserve = ScanPool.reserve(options.scanQueueOctets, pool.queues.count)
        let access = keys.map { keys in
            KeyAccess(KeySource([keys.store], mayGrow: true), wait: options.keyWait.divided(by: captures.count))
        }
        return captures.enumerated().map { index, capture in
            let title = captures.count == 1 ? "" : " \(index + 1)"
            let status = CaptureStatus("capture thread\(title) (\(capture.input.name))")
            let thread = CaptureThread(
                queue: capture,
                set: set,
                digest: digest,
                limits: options.limits,
                seed: isLive ? UInt64.random(in: .min ... .max) : OfflineScan.seed,
                scanQueues: pool.queues,
                policy: ScanQueuePolicy(producer: index, producers: captures.count, reserveOctets: reserve),
                status: status,
                names: names,
                worker: index,
                keys: access
            )
            EngineThread.start("weir-capture") { thread.run() }
            return status
        }
    }

    /// The queues of an input: several only of an interface whose packets the kernel shares out.
    private func captureQueues(_ input: CaptureInput) -> [CaptureQueue] {
        guard case .live(let live) = input, options.captureWorkers > 1 else { return [CaptureQueue(input: input)] }
        if let obstacle = FanoutGroup.obstacle(interface: live.interface) {
            complain("\(live.interface): one capture queue instead of \(options.captureWorkers): \(obstacle)")
            return [CaptureQueue(input: input)]
        }
        let group = FanoutGroup(queues: options.captureWorkers)
        return (0..<options.captureWorkers).map { CaptureQueue(input: input, number: $0, fanout: group) }
    }
}

/// The thread that owns the recorder.
private struct RecorderThread {
    /// The thread's sign of life.
    let pulse = WorkerPulse("recorder thread")
    private let end = RecorderEnd()

    init(
        _ reports: BoundedQueue<Report>,
        _ makeOutputs: @escaping @Sendable () throws -> RecordOutputs,
        _ complain: @escaping @Sendable (String) -> Void
    ) {
        let (end, pulse) = (end, pulse)
        EngineThread.start("weir-recorder") {
            var incidents = 0
            do {
                let outputs = try makeOutputs()
                let recorder = IncidentRecorder(outputs: outputs, complain: complain)
                incidents = RecorderThread.record(reports, recorder, pulse)
            } catch {
                complain("records cannot be written: \(error)")
                while reports.popAll(waiting: 1_000) != nil { pulse.beat() }
            }
            pulse.end()
            end.signal(incidents: incidents)
        }
    }

    /// Waits for the thread's end; returns how many incidents it opened.
    func finish() -> Int { end.wait() }

    private static func record(
        _ reports: BoundedQueue<Report>,
        _ recorder: consuming IncidentRecorder,
        _ pulse: WorkerPulse
    ) -> Int {
        var recorder = recorder
        var lastTick = ContinuousClock.now
        while let batch = reports.popAll(waiting: 200) {
            for report in batch {
                recorder.take(report)
                pulse.beat()
            }
            pulse.beat()
            let now = ContinuousClock.now
            if now - lastTick >= .seconds(1) {
                lastTick = now
                recorder.tick()
                recorder.tellRecovery()
            }
        }
        return recorder.incidentCount
    }
}

/// Hands the recorder's last word to the thread that waits for it.
private final class RecorderEnd: Sendable {
    private let incidents = Mutex(0)
    private let done = DispatchSemaphore(value: 0)

    func signal(incidents count: Int) {
        incidents.withLock { $0 = count }
        done.signal()
    }

    func wait() -> Int {
        done.wait()
        return incidents.withLock { $0 }
    }
}
