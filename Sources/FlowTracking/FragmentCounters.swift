/// What became of IP fragments, each of which stands in one counter besides `fragments` once it is dealt with.
package struct FragmentCounters: Hashable, Sendable {
    /// Fragments taken.
    package var fragments: UInt64 = 0
    /// Packets put together.
    package var packets: UInt64 = 0
    /// Fragments of those packets.
    package var reassembled: UInt64 = 0
    /// Fragments all of whose octets had come before.
    package var duplicate: UInt64 = 0
    /// Fragments of packets that were discarded because two overlap.
    package var overlapping: UInt64 = 0
    /// Fragments whose place or length cannot be, or contradicts another's, and those discarded with them.
    package var malformed: UInt64 = 0
    /// Fragments of packets that were discarded because they came in too many pieces.
    package var crowded: UInt64 = 0
    /// Fragments of packets that were not complete in time.
    package var timedOut: UInt64 = 0
    /// Fragments of packets that had to make room.
    package var evicted: UInt64 = 0
    /// Fragments of packets that were not complete when the capture ended.
    package var incomplete: UInt64 = 0
    /// Fragments so small that no network makes them, the first without its whole transport header among them.
    package var tiny: UInt64 = 0

    /// All zero.
    package init() {}

    /// Fragments that stand in a counter of what became of them; the others wait.
    package var settled: UInt64 {
        reassembled + duplicate + overlapping + malformed + crowded + timedOut + evicted + incomplete
    }
}
