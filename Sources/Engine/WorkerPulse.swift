internal import Synchronization

/// The sign of life of one thread: it beats as it makes progress, and another looks whether it still does.
package final class WorkerPulse: Sendable {
    /// The thread's name for people.
    package let name: String
    private let beats = Atomic<UInt64>(0)
    private let isOver = Atomic<Bool>(false)

    /// The pulse of a thread that has not begun.
    package init(_ name: String) {
        self.name = name
    }

    /// Says that the thread has got on; costs a store.
    package func beat() {
        // One thread beats, so nothing is lost between the load and the store.
        beats.store(beats.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// Says that the thread has ended: from now on nothing is expected of it.
    package func end() { isOver.store(true, ordering: .relaxed) }

    /// What tells two moments between which the thread got on; nil once it has ended.
    package var reading: UInt64? { isOver.load(ordering: .relaxed) ? nil : beats.load(ordering: .relaxed) }
}

/// Watches pulses, and tells whose thread is stuck.
package struct HealthWatch {
    /// How long a thread may make no progress.
    private let patience: Duration
    private var states: [(pulse: WorkerPulse, reading: UInt64?, since: ContinuousClock.Instant)]

    /// Watches the pulses of threads that run.
    package init(_ pulses: [WorkerPulse], patience: Duration, now: ContinuousClock.Instant) {
        self.patience = patience
        states = pulses.map { ($0, $0.reading, now) }
    }

    /// Takes the pulses; returns the names of threads that have made no progress for too long.
    package mutating func stuck(now: ContinuousClock.Instant) -> [String] {
        var names: [String] = []
        for index in states.indices {
            let reading = states[index].pulse.reading
            if reading == nil || reading != states[index].reading {
                states[index].reading = reading
                states[index].since = now
            } else if now - states[index].since > patience {
                names.append(states[index].pulse.name)
            }
        }
        return names
    }
}
