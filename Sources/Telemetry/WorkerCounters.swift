/// What one capture queue saw, so that an uneven or a one-way share of the traffic shows.
package struct WorkerCounters: Hashable, Sendable {
    /// The interface or file.
    package var input = ""
    /// The queue's number among those of the interface, from 0.
    package var queue = 0
    /// Packets that it read.
    package var packets: UInt64 = 0
    /// Packets that the kernel dropped for want of room in its ring.
    package var dropped: UInt64 = 0
    /// Flows that it saw.
    package var flows: UInt64 = 0
    /// Those of them that are over and of which packets of one direction only were seen.
    package var oneWayFlows: UInt64 = 0

    /// Nothing counted yet.
    package init() {}
}
