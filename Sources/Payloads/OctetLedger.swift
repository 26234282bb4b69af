/// What became of each octet of a request body, in the body's own octets: after transfer framing, before content decoding.
///
/// Holds by construction: `requestOctets == inspectedOctets + Σ opaque`, every figure non-negative.
package struct OctetLedger: Sendable, Equatable {
    /// Octets that were decoded and scanned.
    package private(set) var inspectedOctets = 0

    private var opaque: [16 of Int] = .init(repeating: 0)

    /// Starts empty.
    package init() {}

    /// Octets of the request in all.
    package var requestOctets: Int { inspectedOctets + opaqueOctets }

    /// Octets not inspected, whatever the reason.
    package var opaqueOctets: Int {
        var sum = 0
        for slot in opaque.indices { sum += opaque[slot] }
        return sum
    }

    /// Octets not inspected for `reason`.
    package func opaque(_ reason: OpaqueReason) -> Int { opaque[reason.slot] }

    /// Reasons with at least one octet, in the order of declaration.
    package var opaqueByReason: [(reason: OpaqueReason, octets: Int)] {
        OpaqueReason.allCases.map { ($0, opaque($0)) }.filter { $0.1 > 0 }
    }

    /// Counts inspected octets; fewer than one changes nothing.
    package mutating func addInspected(_ octets: Int) {
        inspectedOctets += max(0, octets)
    }

    /// Counts octets that were not inspected; fewer than one changes nothing.
    package mutating func addOpaque(_ octets: Int, _ reason: OpaqueReason) {
        opaque[reason.slot] += max(0, octets)
    }

    /// Counts everything that `other` counted.
    package mutating func add(_ other: OctetLedger) {
        inspectedOctets += other.inspectedOctets
        for slot in opaque.indices { opaque[slot] += other.opaque[slot] }
    }

    /// Whether both charge alike.
    package static func == (left: OctetLedger, right: OctetLedger) -> Bool {
        for slot in left.opaque.indices where left.opaque[slot] != right.opaque[slot] { return false }
        return left.inspectedOctets == right.inspectedOctets
    }
}
