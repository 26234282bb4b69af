internal import Detection
internal import Fingerprints
internal import Foundation
internal import PacketCapture
internal import Telemetry

/// The daemon's main thread: sees the threads through their lives, tells how they fare, and has counters recorded.
struct DaemonWatch {
    private let daemon: Daemon
    private let statuses: [CaptureStatus]
    private let pool: ScanPool
    private let reports: BoundedQueue<Report>
    private let notifier: ServiceNotifier
    private var health: HealthWatch

    private var isStarted = false
    private var failure: CaptureError?
    /// What was last said of each capture thread, and when its interface went away.
    private var told: [Told]
    private var stuck: [String] = []
    private var isSwapTold = false
    private var damagedTold: Set<String> = []
    private var lastStats = ContinuousClock.now
    private var lastHealth = ContinuousClock.now
    private var pending: PendingStats?

    private enum Told {
        case nothing
        case waiting(since: ContinuousClock.Instant)
        case failed
    }

    /// Scanned octets, waiting for capture threads to publish counters that are younger.
    private struct PendingStats {
        let octets: Counters
        let publications: [UInt64]
        let since: ContinuousClock.Instant
    }

    init(
        _ daemon: Daemon,
        _ statuses: [CaptureStatus],
        _ pool: ScanPool,
        _ reports: BoundedQueue<Report>,
        _ recorder: WorkerPulse,
        _ notifier: ServiceNotifier
    ) {
        self.daemon = daemon
        self.statuses = statuses
        self.pool = pool
        self.reports = reports
        self.notifier = notifier
        told = statuses.map { _ in .nothing }
        let pulses = statuses.map(\.pulse) + pool.pulses + [recorder]
        health = HealthWatch(pulses, patience: daemon.options.patience, now: .now)
    }

    /// Waits for the end of every capture thread; returns the failure of an input.
    mutating func run(until stop: StopSignal, _ started: () -> Void) -> CaptureError? {
        while !statuses.allSatisfy(\.isOver) {
            for (index, status) in statuses.enumerated() { look(at: status, index) }
            if !isStarted, failure == nil,
                statuses.allSatisfy({ if case .starting = $0.phase { false } else { true } })
            {
                isStarted = true
                started()
            }
            if stop.wait(milliseconds: isStarted ? 200 : 5) { statuses.forEach { $0.requestStop() } }
            if stop.takeReopening() { _ = reports.push(.reopen, mandatory: true) }
            let now = ContinuousClock.now
            recordStats(now)
            watchHealth(now)
        }
        for status in statuses {
            if case .failed(let error) = status.phase { failure = failure ?? error }
        }
        return failure
    }

    /// The counters when all has been scanned.
    var lastRecord: StatsRecord { record(pool.octets) }

    /// Says once what became of a thread's input.
    private mutating func look(at status: CaptureStatus, _ index: Int) {
        switch (status.phase, told[index]) {
        case (.failed(let error), .nothing), (.failed(let error), .waiting):
            told[index] = .failed
            failure = error
            if statuses.count > 1, isStarted { daemon.complain(error.description) }
            // Before all are open, one that fails ends the start; later, the others go on.
            if !isStarted { statuses.forEach { $0.requestStop() } }
        case (.waiting(let error), .nothing):
            told[index] = .waiting(since: .now)
            guard status.work.queue == 0 else { return }
            daemon.complain("\(error.description); waiting for it to come back")
            notifier.status("\(error.source) is gone; waiting for it")
        case (.running, .waiting(let since)):
            told[index] = .nothing
            guard status.work.queue == 0 else { return }
            let seconds = max(1, (ContinuousClock.now - since).components.seconds)
            let name = status.work.input
            daemon.complain("\(name): watching again; what passed in some \(seconds) s was not seen")
            notifier.status("Watching \(name) again")
        default: break
        }
    }

    /// Has counters recorded, each `statsInterval`.
    ///
    /// What was scanned is read first; the counters of the capture threads must be younger, lest more be scanned than
    /// was captured. They publish several times a second.
    private mutating func recordStats(_ now: ContinuousClock.Instant) {
        if let waiting = pending {
            let isYounger = zip(statuses, waiting.publications).allSatisfy { status, count in
                // A publication that was under way does not count.
                status.isOver || status.publications >= count + 2
            }
            guard isYounger || now - waiting.since > .seconds(5) else { return }
            pending = nil
            _ = reports.push(.stats(record(waiting.octets)))
        } else if daemon.options.statsInterval > 0, now - lastStats >= .seconds(daemon.options.statsInterval) {
            lastStats = now
            pending = PendingStats(octets: pool.octets, publications: statuses.map(\.publications), since: now)
        }
    }

    private func record(_ scanned: Counters) -> StatsRecord {
        var total = Counters()
        for status in statuses { total += status.counters }
        total += scanned
        total.closeLedger()
        daemon.keys?.count(in: &total)
        if reports.refused > 0 { total.limits.add(reports.refused, to: "report_queue") }
        let damaged = daemon.set.indexes.count { $0.damage != nil }
        if damaged > 0 { total.limits.add(UInt64(damaged), to: "damaged_index") }
        let time = daemon.isLive ? CaptureThread.wallClock : nil
        return StatsRecord(timestamp: time, counters: total, workers: statuses.map(\.work))
    }

    /// Says once of each index that it proved damaged.
    mutating func tellDamage() {
        for damage in daemon.set.indexes.compactMap(\.damage) where damagedTold.insert(damage.description).inserted {
            daemon.complain("\(damage.description); going on without it")
        }
    }

    /// Tells the watchdog that all is well, once a second, unless a thread is stuck; which one, is said once.
    private mutating func watchHealth(_ now: ContinuousClock.Instant) {
        guard now - lastHealth >= .seconds(1) else { return }
        lastHealth = now
        tellDamage()
        if !isSwapTold, daemon.keys?.areLocked == false {
            isSwapTold = true
            daemon.complain("keys may be swapped to disk, since not all memory could be locked; raise LimitMEMLOCK=")
        }
        let names = daemon.isLive ? health.stuck(now: now) : []
        if names.isEmpty { notifier.watchdog() }
        guard names != stuck else { return }
        for name in names where !stuck.contains(name) {
            daemon.complain("the \(name) makes no progress")
        }
        notifier.status(names.isEmpty ? "All threads make progress again" : "Stuck: \(names.joined(separator: ", "))")
        stuck = names
    }
}
