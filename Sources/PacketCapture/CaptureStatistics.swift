/// What the kernel counted of a live capture: `received` is frames seen, `droppedByKernel`, and those still in the ring.
///
/// - Note: On `lo`, and for `lo` on `any`, the kernel counts each frame twice, out and in, and libpcap passes over the
///   first: there `received` is twice the frames seen.
package struct CaptureStatistics: Hashable, Sendable {
    /// Frames that passed the filter, dropped ones included (`ps_recv`).
    package var received: UInt64 = 0
    /// Frames that found no room in the ring (`ps_drop`).
    package var droppedByKernel: UInt64 = 0
    /// Frames that the interface or its driver dropped (`ps_ifdrop`).
    package var droppedByInterface: UInt64 = 0

    /// Nothing counted.
    package init() {}

    /// Counts on from libpcap's counters, which are 32 bits wide and wrap.
    mutating func advance(received: UInt32, dropped: UInt32, droppedByInterface: UInt32) {
        self.received += UInt64(received &- UInt32(truncatingIfNeeded: self.received))
        droppedByKernel += UInt64(dropped &- UInt32(truncatingIfNeeded: droppedByKernel))
        self.droppedByInterface += UInt64(droppedByInterface &- UInt32(truncatingIfNeeded: self.droppedByInterface))
    }
}
