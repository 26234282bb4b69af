/// How much a finding or an incident matters.
///
/// It is the band in which the score lies, so the two never contradict each other: `low` below 40, `medium` 40–69, `high`
/// 70–89, `critical` from 90.
package enum Severity: String, CaseIterable, Sendable {
    /// Worth keeping, hardly worth a look.
    case low
    /// Worth a look this week: a few lines of code, a weak rule.
    case medium
    /// Worth a look today: a substantial piece of code, a credential.
    case high
    /// Worth waking somebody: a credential that opens much.
    case critical

    /// The band in which a score of 0…100 lies.
    package init(score: Int) {
        switch score {
        case ..<40: self = .low
        case ..<70: self = .medium
        case ..<90: self = .high
        default: self = .critical
        }
    }

    /// The next lower severity; `low` stays.
    package var lowered: Severity {
        switch self {
        case .low, .medium: .low
        case .high: .medium
        case .critical: .high
        }
    }
}

extension Severity: Comparable {
    /// From `low` to `critical`.
    package static func < (lhs: Severity, rhs: Severity) -> Bool { lhs.rank < rhs.rank }

    private var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .critical: 3
        }
    }
}
