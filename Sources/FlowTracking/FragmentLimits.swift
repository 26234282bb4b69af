/// How much a `FragmentReassembler` may hold and how long it waits.
package struct FragmentLimits: Hashable, Sendable {
    /// Octets of memory, overhead included, for packets of which fragments are missing.
    package var memory = 4 << 20
    /// Milliseconds of packet time after its first fragment in which a packet must be complete.
    package var timeout = 30_000
    /// Pieces in which one packet may wait; fragments that follow each other join into one.
    package var pieces = 1_024
    /// What becomes of packets whose fragments overlap.
    package var overlaps = OverlapPolicy.discard

    /// The defaults.
    package init() {}

    /// A fragment other than the last with fewer octets is counted as tiny: no network's packets are so small.
    package static var tinyFragment: Int { 256 }
}
