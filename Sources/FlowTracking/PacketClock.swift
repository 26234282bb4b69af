internal import Wire

/// A clock that runs on packet time and never goes back, in ticks of one millisecond.
///
/// Packets of one capture need not be in order of time: one that is a little older than the last leaves the clock where
/// it is; one that is more than ten seconds older (the capture's clock was set back, or another capture begins) becomes
/// the new point from which later packets are measured. Ticks wrap after 49 days and are compared by the shorter way
/// round; so that this stays right, no single leap counts for more than a day, which outlasts every timeout we allow.
struct PacketClock {
    /// Milliseconds since the first packet, wrapping.
    private(set) var tick: UInt32 = 0

    private var elapsed: Int64 = 0
    private var anchor: Timestamp?

    private static let longestLeap: Int64 = 86_400 * 1_000_000_000
    private static let greatestStepBack: Int64 = 10 * 1_000_000_000

    /// Moves the clock to a packet's time; true when that changed `tick`.
    mutating func advance(to time: Timestamp) -> Bool {
        guard let anchor else {
            self.anchor = time
            return false
        }
        let step = time.nanoseconds(since: anchor)
        guard step > 0 else {
            if step < -PacketClock.greatestStepBack { self.anchor = time }
            return false
        }
        self.anchor = time
        elapsed &+= min(step, PacketClock.longestLeap)
        let next = UInt32(truncatingIfNeeded: elapsed / 1_000_000)
        defer { tick = next }
        return next != tick
    }

    /// Milliseconds from an earlier tick to now; 0 when `earlier` is in fact later.
    func milliseconds(since earlier: UInt32) -> Int {
        max(0, Int(Int32(bitPattern: tick &- earlier)))
    }
}
