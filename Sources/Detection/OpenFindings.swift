import Fingerprints
import Patterns
import Payloads

/// What was found in one message so far, and what of it was told.
struct OpenFindings {
    /// The first match of a rule, and the values of all.
    struct OpenHit {
        let rule: Rule
        let tag: Int
        let redacted: String?
        fileprivate(set) var values: Set<UInt64> = []
    }

    /// Where leaves stood.
    var places = LeafPlaces()
    /// The rules that hit, by their ids.
    private(set) var hits: [String: OpenHit] = [:]
    /// Whether there may be more than was told.
    var isDirty = false
    /// What was told last.
    var reported: Finding?

    /// Nothing found.
    init() {}

    /// The rules that hit.
    var rules: [RuleHit] {
        hits.values.map { hit in
            let part = places[hit.tag]
            return RuleHit(
                id: hit.rule.id,
                severity: Severity(rawValue: hit.rule.severity.rawValue) ?? .medium,
                findingClass: FindingClass(rawValue: hit.rule.category.rawValue) ?? .credential,
                redacted: hit.redacted,
                segment: part.segment,
                codings: part.codings,
                values: hit.values
            )
        }
    }

    /// Octets of memory that it takes, about.
    var octets: Int {
        let values = hits.values.reduce(0) { $0 + 256 + 16 * $1.values.count }
        return 128 * places.count + values + (reported?.octets ?? 0)
    }

    /// Counts a match.
    mutating func add(_ match: PatternMatch) {
        let id = match.rule.id
        if hits[id] == nil { hits[id] = OpenHit(rule: match.rule, tag: match.tag, redacted: match.redacted) }
        guard let count = hits[id]?.values.count, count < RuleHit.maximumValues else { return }
        if hits[id]?.values.insert(match.secretDigest).inserted == true { isDirty = true }
    }
}

extension Finding {
    /// Octets of memory that it takes, about.
    var octets: Int {
        leaks.reduce(256 * rules.count) { $0 + 256 + 16 * $1.lines.ranges.count }
            + rules.reduce(0) { $0 + 16 * $1.values.count }
    }
}
