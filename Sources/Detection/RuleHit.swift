package import Payloads

/// A pattern rule that hit in a message, or in all messages of an incident: one for each rule.
package struct RuleHit: Equatable, Sendable {
    /// The rule's id.
    package let id: String
    /// How much the rule's author thinks a hit matters.
    package let severity: Severity
    /// What kind of thing the rule finds.
    package let findingClass: FindingClass
    /// What may be shown of the first value; nil for private keys and markings.
    package private(set) var redacted: String?
    /// Where in the conversation the first value stood.
    package private(set) var segment: Segment
    /// The codings that were removed to reach the first value.
    package private(set) var codings: DecodeChain
    /// Hashes of the distinct values, meaningless outside the process; at most `maximumValues`.
    package private(set) var values: Set<UInt64>

    /// The most distinct values that are counted.
    package static let maximumValues = 1_024

    /// Names a rule's first hit.
    package init(
        id: String,
        severity: Severity,
        findingClass: FindingClass,
        redacted: String?,
        segment: Segment,
        codings: DecodeChain,
        values: Set<UInt64>
    ) {
        self.id = id
        self.severity = severity
        self.findingClass = findingClass
        self.redacted = redacted
        self.segment = segment
        self.codings = codings
        self.values = values
    }

    /// How many distinct values the rule found.
    ///
    /// An agent sends a conversation again with every turn; a secret in it counts once.
    package var count: Int { max(1, values.count) }

    /// 0…100, as `Score` says.
    package var score: Int { Score.rule(severity, count: count) }

    /// Counts a further value.
    ///
    /// - Returns: whether it was a new one.
    mutating func insert(_ value: UInt64) -> Bool {
        guard values.count < RuleHit.maximumValues else { return false }
        return values.insert(value).inserted
    }

    /// Moves the first value's place: its message element has found its role.
    mutating func move(to segment: Segment) { self.segment = segment }

    /// Joins what another message, or the same one read further, showed of the same rule.
    ///
    /// The earlier message's first value stays the one that is shown, unless `replacesFirst`: then `other` is that message
    /// itself, whose parts have meanwhile found their role.
    package mutating func merge(_ other: RuleHit, replacesFirst: Bool) {
        for value in other.values where values.count < RuleHit.maximumValues { values.insert(value) }
        guard replacesFirst else { return }
        redacted = other.redacted
        segment = other.segment
        codings = other.codings
    }

    /// Worse first, then by id in byte order.
    package static func isWorse(_ lhs: RuleHit, _ rhs: RuleHit) -> Bool {
        if lhs.severity != rhs.severity { return lhs.severity > rhs.severity }
        return lhs.id.utf8.lexicographicallyPrecedes(rhs.id.utf8)
    }
}
