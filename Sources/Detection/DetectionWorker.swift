internal import Fingerprints
package import Patterns

/// What a thread needs for detection with one generation: the set, and scratch memory that its messages share.
///
/// A class because many messages of a thread are open at once and share it; it is not `Sendable` and never leaves its
/// thread. After a reload the thread makes another; messages that are open keep theirs.
package final class DetectionWorker {
    /// The generation.
    package let set: DetectionSet

    /// What notes how the messages that begin from now on are looked through; nil but for `weir explain`.
    package var trace: ScanTrace? {
        didSet { code.trace = trace?.code }
    }

    let patterns: PatternWorker
    let prefixes: PrefixCache?
    let code: CodeWorker

    /// Octets of text, all codings removed, that were known from the beginnings of earlier messages and not scanned again, since
    /// the last call.
    package func takeResentOctets() -> Int { prefixes?.takeRecognised() ?? 0 }

    /// Prepares a thread for a generation.
    ///
    /// - Throws: `RuleError` when there is no memory for scratch.
    package init(_ set: DetectionSet) throws(RuleError) {
        self.set = set
        patterns = try PatternWorker(set.rules)
        code = CodeWorker(set.indexes, thresholds: set.thresholds)
        prefixes = set.resentOctets > 0 ? PrefixCache(octets: set.resentOctets) : nil
    }
}
