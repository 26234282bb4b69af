package import Wire

/// One `stats` record: the counters as they stood at a moment.
package struct StatsRecord: Hashable, Sendable {
    /// The moment; in `scan` that of the last packet, nil where no packet was read.
    package let timestamp: Timestamp?
    /// The counters, cumulative since the start.
    package var counters: Counters
    /// What each capture queue saw; empty in `scan`.
    package let workers: [WorkerCounters]

    /// Joins a moment and the counters of that moment.
    package init(timestamp: Timestamp?, counters: Counters, workers: [WorkerCounters] = []) {
        self.timestamp = timestamp
        self.counters = counters
        self.workers = workers
    }
}
