/// How readily evidence makes a finding.
package enum MatchSensitivity: String, Sendable, CaseIterable {
    /// More is asked: fewer short and renamed excerpts are found, and hardly any code of others.
    case low
    /// Of the code of others, one text in a thousand may make a finding.
    case normal
    /// Less is asked: thin excerpts are found too, and more of the code of others.
    case high

    /// The score from which there is a finding.
    package var threshold: Double {
        switch self {
        case .low: MatchScore.threshold + 2
        case .normal: MatchScore.threshold
        case .high: MatchScore.threshold - 1.5
        }
    }
}

/// From which score on the code of each collection is a finding.
package struct MatchThresholds: Sendable, Hashable {
    /// That of all collections that have none of their own.
    package var standard: Double
    /// Those that have, by name.
    package var collections: [String: Double]

    /// The same for all, or for all but some.
    package init(_ standard: Double = MatchScore.threshold, collections: [String: Double] = [:]) {
        self.standard = standard
        self.collections = collections
    }

    /// For each collection of an index, in order.
    func list(of index: FingerprintIndex) -> [Double] { index.collections.map { collections[$0] ?? standard } }
}
