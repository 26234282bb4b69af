package import PacketCapture
internal import Synchronization
package import Telemetry

/// What a capture thread shows to the others: a copy of its counters each tick, and how it fares.
package final class CaptureStatus: Sendable {
    private let state = Mutex(State())

    struct State {
        var counters = Counters()
        var stop: CaptureStop?
        var phase = Phase.starting
        var stopRequested = false
    }

    /// Where the thread is in its life.
    package enum Phase: Sendable {
        /// The device or file is being opened.
        case starting
        /// Frames are taken.
        case running
        /// It ended as asked, or its file is read.
        case ended
        /// It could not start or go on.
        case failed(CaptureError)
    }

    /// Nothing has happened yet.
    package init() {}

    /// The counters as last published.
    package var counters: Counters { state.withLock { $0.counters } }

    /// Where the thread is.
    package var phase: Phase { state.withLock { $0.phase } }

    /// Whether the thread is gone.
    package var isOver: Bool {
        switch phase {
        case .ended, .failed: true
        case .starting, .running: false
        }
    }

    /// Whether stopping was asked for.
    package var stopRequested: Bool { state.withLock { $0.stopRequested } }

    func publish(_ counters: Counters) { state.withLock { $0.counters = counters } }

    func started(stop: CaptureStop?) {
        state.withLock {
            $0.phase = .running
            $0.stop = stop
            if $0.stopRequested { stop?.stop() }
        }
    }

    func finished(_ phase: Phase) { state.withLock { $0.phase = phase } }

    /// Asks the thread to drain and end.
    package func requestStop() {
        state.withLock {
            $0.stopRequested = true
            $0.stop?.stop()
        }
    }
}
