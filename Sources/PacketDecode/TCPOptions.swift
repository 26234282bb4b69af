/// What the options of a TCP header say, as far as flow tracking cares; the rest is passed over.
@usableFromInline
package struct TCPOptions: Hashable, Sendable {
    /// The largest segment that the sender takes, in octets; nil when not said (RFC 9293 § 3.7.1).
    @usableFromInline package var maximumSegmentSize: UInt16?
    /// By how many bits the sender's windows are shifted, 0…255 as sent; nil when not said (RFC 7323 § 2).
    @usableFromInline package var windowScale: UInt8?
    /// Whether the sender takes selective acknowledgements (RFC 2018 § 2).
    @usableFromInline package var isSACKPermitted: Bool
    /// The timestamps option; nil when absent (RFC 7323 § 3).
    @usableFromInline package var timestamp: TCPTimestamp?

    /// No options.
    @inlinable
    package init() {
        maximumSegmentSize = nil
        windowScale = nil
        isSACKPermitted = false
        timestamp = nil
    }
}

/// The TCP timestamps option (RFC 7323 § 3).
@usableFromInline
package struct TCPTimestamp: Hashable, Sendable {
    /// The sender's clock (`TSval`).
    @usableFromInline package let value: UInt32
    /// The peer's clock as last seen (`TSecr`).
    @usableFromInline package let echo: UInt32

    /// Joins the two clocks.
    @inlinable
    package init(value: UInt32, echo: UInt32) {
        self.value = value
        self.echo = echo
    }
}
