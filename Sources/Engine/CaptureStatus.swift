package import PacketCapture
internal import Synchronization
package import Telemetry

/// What a capture thread shows to the others: a copy of its counters each tick, and how it fares.
package final class CaptureStatus: Sendable {
    /// Ends the thread's capture, or its waiting for an interface.
    let stop = CaptureStop()
    /// The thread's sign of life.
    let pulse: WorkerPulse
    private let state = Mutex(State())

    struct State {
        var counters = Counters()
        var work = WorkerCounters()
        var publications: UInt64 = 0
        var phase = Phase.starting
    }

    /// Where the thread is in its life.
    package enum Phase: Sendable {
        /// The device or file is being opened.
        case starting
        /// Frames are taken.
        case running
        /// The interface went away while frames were taken, and is waited for.
        case waiting(CaptureError)
        /// It ended as asked, or its file is read.
        case ended
        /// It could not start or go on.
        case failed(CaptureError)
    }

    /// Nothing has happened yet; `name` is the thread's for people.
    package init(_ name: String = "capture") {
        pulse = WorkerPulse(name)
    }

    /// The counters as last published.
    package var counters: Counters { state.withLock { $0.counters } }

    /// The thread's own line in `stats`, as last published.
    package var work: WorkerCounters { state.withLock { $0.work } }

    /// How often counters were published.
    package var publications: UInt64 { state.withLock { $0.publications } }

    /// Where the thread is.
    package var phase: Phase { state.withLock { $0.phase } }

    /// Whether the thread is gone.
    package var isOver: Bool {
        switch phase {
        case .ended, .failed: true
        case .starting, .running, .waiting: false
        }
    }

    /// Whether stopping was asked for.
    package var stopRequested: Bool { stop.isStopped }

    func publish(_ counters: Counters, _ work: WorkerCounters) {
        pulse.beat()
        state.withLock {
            $0.counters = counters
            $0.work = work
            $0.publications += 1
        }
    }

    func started() { state.withLock { $0.phase = .running } }

    func waits(_ error: CaptureError) { state.withLock { $0.phase = .waiting(error) } }

    func finished(_ phase: Phase) {
        pulse.end()
        state.withLock { $0.phase = phase }
    }

    /// Asks the thread to drain and end.
    package func requestStop() { stop.stop() }
}
