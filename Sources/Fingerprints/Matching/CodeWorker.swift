/// What a thread needs for matching code, whatever the number of messages that are open: the indexes, and scratch memory.
///
/// A class because all matchers of a thread share it; it is not `Sendable` and never leaves its thread.
package final class CodeWorker {
    /// The indexes that are searched.
    package let indexes: [FingerprintIndex]

    /// What notes how the matchers that begin from now on decide; nil but for `weir explain`.
    package var trace: MatchTrace?

    /// For each index, for each of its collections, the score from which its code is a finding.
    let thresholds: [[Double]]

    var scratch = CodeScratch()

    /// A tracker for each index, without evidence.
    var trackers: [EvidenceTracker] {
        indexes.indices.map { EvidenceTracker(indexes[$0], thresholds: thresholds[$0], ordinal: $0, trace: trace) }
    }

    /// Scratch for matchers of these indexes.
    package init(_ indexes: [FingerprintIndex], thresholds: MatchThresholds = MatchThresholds()) {
        self.indexes = indexes
        self.thresholds = indexes.map(thresholds.list)
    }
}
