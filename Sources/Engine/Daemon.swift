package import Detection
package import FlowTracking
internal import Foundation
package import Incidents
package import PacketCapture
internal import Synchronization
internal import Telemetry
internal import Wire

/// What a daemon is run with.
package struct DaemonOptions: Sendable {
    /// Where frames come from; each input has a capture thread and a scan thread.
    package var inputs: [CaptureInput]
    /// The flow tables' bounds.
    package var limits = FlowLimits()
    /// Octets of bodies that may wait to be scanned, for each input.
    package var scanQueueOctets = 64 << 20
    /// Reports that may wait to be recorded.
    package var reportQueue = 4_096
    /// Seconds between `stats` records.
    package var statsInterval = 60

    /// Options with their defaults.
    package init(inputs: [CaptureInput]) {
        self.inputs = inputs
    }
}

/// The running daemon: capture threads, scan threads, and one recorder thread.
package struct Daemon: Sendable {
    private let set: DetectionSet
    private let digest: CredentialDigest?
    private let options: DaemonOptions
    private let complain: @Sendable (String) -> Void

    /// Prepares a daemon; nothing is opened yet.
    package init(
        set: DetectionSet,
        digest: CredentialDigest?,
        options: DaemonOptions,
        complain: @escaping @Sendable (String) -> Void
    ) {
        self.set = set
        self.digest = digest
        self.options = options
        self.complain = complain
    }

    /// Runs until `stop` is raised or every input has ended, then drains.
    ///
    /// - Parameters:
    ///   - makeOutputs: Opens the records' places, on the recorder's thread.
    ///   - stop: Raised by a signal.
    ///   - started: Called once, when every input is open.
    /// - Returns: How many incidents were opened.
    /// - Throws: the error of an input that did not open, or of the last one that failed.
    package func run(
        makeOutputs: @escaping @Sendable () throws -> RecordOutputs,
        stop: StopSignal,
        started: () -> Void
    ) throws(CaptureError) -> Int {
        let isLive = options.inputs.contains { if case .live = $0 { true } else { false } }
        let policy: QueuePolicy = isLive ? .refuse : .wait
        let reports = BoundedQueue<Report>(capacity: options.reportQueue, policy: policy)
        let recorder = startRecorder(reports, makeOutputs)
        var statuses: [CaptureStatus] = []
        var scanners: [DispatchSemaphore] = []
        for input in options.inputs {
            let queue = BoundedQueue<ScanMessage>(capacity: options.scanQueueOctets, policy: policy)
            let status = CaptureStatus()
            statuses.append(status)
            scanners.append(startScanner(queue, reports))
            let seed = isLive ? UInt64.random(in: .min ... .max) : OfflineScan.seed
            let thread = CaptureThread(
                input: input,
                set: set,
                digest: digest,
                limits: options.limits,
                seed: seed,
                queue: queue,
                status: status
            )
            EngineThread.start("weir-capture") { thread.run() }
        }
        let failure = watch(statuses, stop, reports, started)
        for scanner in scanners { scanner.wait() }
        let time = isLive ? CaptureThread.wallClock : nil
        _ = reports.push(
            .last(StatsRecord(timestamp: time, counters: Daemon.total(statuses, reports))),
            mandatory: true
        )
        reports.close()
        let incidents = recorder.wait()
        if let failure { throw failure }
        return incidents
    }

    /// Waits for the end: publishes counters on the way, returns the failure of an input.
    private func watch(
        _ statuses: [CaptureStatus],
        _ stop: StopSignal,
        _ reports: BoundedQueue<Report>,
        _ started: () -> Void
    ) -> CaptureError? {
        var isStarted = false
        var failure: CaptureError?
        var reported = Set<Int>()
        var lastStats = ContinuousClock.now
        while !statuses.allSatisfy(\.isOver) {
            for (index, status) in statuses.enumerated() {
                guard case .failed(let error) = status.phase, reported.insert(index).inserted else { continue }
                failure = error
                if statuses.count > 1 { complain(error.description) }
                // Before all are open, one that fails ends the start; later, the others go on.
                if !isStarted { statuses.forEach { $0.requestStop() } }
            }
            if !isStarted, statuses.allSatisfy({ if case .starting = $0.phase { false } else { true } }), failure == nil
            {
                isStarted = true
                started()
            }
            if stop.wait(milliseconds: isStarted ? 200 : 5) { statuses.forEach { $0.requestStop() } }
            let now = ContinuousClock.now
            if options.statsInterval > 0, now - lastStats >= .seconds(options.statsInterval) {
                lastStats = now
                let record = StatsRecord(timestamp: CaptureThread.wallClock, counters: Daemon.total(statuses, reports))
                _ = reports.push(.stats(record))
            }
        }
        for status in statuses {
            if case .failed(let error) = status.phase { failure = failure ?? error }
        }
        return failure
    }

    private func startScanner(
        _ queue: BoundedQueue<ScanMessage>,
        _ reports: BoundedQueue<Report>
    ) -> DispatchSemaphore {
        let done = DispatchSemaphore(value: 0)
        let (set, complain) = (set, complain)
        EngineThread.start("weir-scan") {
            do {
                try Daemon.scan(queue, reports, set)
            } catch {
                complain("the rules could not be prepared for scanning: \(error)")
                while queue.popAll(waiting: 1_000) != nil {}
            }
            done.signal()
        }
        return done
    }

    private func startRecorder(
        _ reports: BoundedQueue<Report>,
        _ makeOutputs: @escaping @Sendable () throws -> RecordOutputs
    ) -> RecorderEnd {
        let end = RecorderEnd()
        let complain = complain
        EngineThread.start("weir-recorder") {
            do {
                let outputs = try makeOutputs()
                end.signal(incidents: Daemon.record(reports, IncidentRecorder(outputs: outputs, complain: complain)))
            } catch {
                complain("records cannot be written: \(error)")
                while reports.popAll(waiting: 1_000) != nil {}
                end.signal(incidents: 0)
            }
        }
        return end
    }

    private static func scan(
        _ queue: BoundedQueue<ScanMessage>,
        _ reports: BoundedQueue<Report>,
        _ set: DetectionSet
    ) throws {
        var worker = try ScanWorker(set: set, output: QueuedReporter(reports))
        while let messages = queue.popAll(waiting: 1_000) {
            for message in messages { worker.perform(message) }
        }
    }

    private static func record(_ reports: BoundedQueue<Report>, _ recorder: consuming IncidentRecorder) -> Int {
        var recorder = recorder
        var lastTick = ContinuousClock.now
        while let batch = reports.popAll(waiting: 200) {
            for report in batch { recorder.take(report) }
            let now = ContinuousClock.now
            if now - lastTick >= .seconds(1) {
                lastTick = now
                recorder.tick()
            }
        }
        return recorder.incidentCount
    }

    private static func total(_ statuses: [CaptureStatus], _ reports: BoundedQueue<Report>) -> Counters {
        var total = Counters()
        for status in statuses { total += status.counters }
        if reports.refused > 0 { total.limits.add(reports.refused, to: "report_queue") }
        return total
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

extension ScanWorker where Output: ~Copyable {
    /// Performs what came through a queue.
    package mutating func perform(_ message: ScanMessage) {
        switch message {
        case .begin(let request, let slot): begin(request, slot: slot)
        case .body(let octets, let slot, let time): body(octets.span, slot: slot, at: time)
        case .lost(let octets, let reason, let slot, let time): lost(octets, reason, slot: slot, at: time)
        case .review(let slot, let time): review(slot: slot, at: time)
        case .end(let isComplete, let slot, let time): end(isComplete: isComplete, slot: slot, at: time)
        case .record(let record): self.record(record)
        }
    }
}
