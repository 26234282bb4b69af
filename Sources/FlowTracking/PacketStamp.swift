public import Wire

/// When a packet passed the capture point, and its place in its capture.
@usableFromInline
package struct PacketStamp: Hashable, Sendable {
    /// The packet's own time.
    @usableFromInline package let timestamp: Timestamp
    /// The packet's place in its capture, counted from 1.
    @usableFromInline package let number: UInt64

    /// Joins a time and a number.
    @inlinable
    package init(timestamp: Timestamp, number: UInt64) {
        self.timestamp = timestamp
        self.number = number
    }
}
