package import Wire

/// One `stats` record: the counters as they stood at a moment.
package struct StatsRecord: Hashable, Sendable {
    /// The moment; in `scan` that of the last packet, nil where no packet was read.
    package let timestamp: Timestamp?
    /// The counters, cumulative since the start.
    package let counters: Counters

    /// Joins a moment and the counters of that moment.
    package init(timestamp: Timestamp?, counters: Counters) {
        self.timestamp = timestamp
        self.counters = counters
    }
}
