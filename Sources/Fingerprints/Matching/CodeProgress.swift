/// How far a matcher has come between two leaves: all that its further results depend on.
///
/// A copy takes memory only for what changes after it was made.
package struct CodeProgress {
    var trackers: [EvidenceTracker]
    var normalizer = Normalizer()
    var lexer = ShapeLexer()
    var state = CodeState()
    var tag = 0
    var lineNumbers = LineNumbers()
    /// Words before the text of which several versions come, and words that only repeat others.
    var versionStart = 0
    var repeated = 0
    /// Words of the text.
    var words = 0

    /// Before the first leaf; there is a tracker for each index.
    init(_ trackers: [EvidenceTracker]) {
        self.trackers = trackers
    }

    /// Octets of memory that a copy takes once everything has changed, about.
    package var octets: Int {
        trackers.reduce(MemoryLayout<Self>.size + state.octets + lineNumbers.octets) { $0 + $1.octets }
    }
}
