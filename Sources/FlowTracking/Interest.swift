/// What a consumer wants of a flow from now on, returned from each callback that hands it something.
@usableFromInline
package struct Interest: Hashable, Sendable {
    /// Which directions are put in order and handed on.
    @usableFromInline
    package enum Reading: UInt8, Sendable, Hashable {
        /// Both directions.
        case both
        /// The client's direction; the server's is only counted.
        case toServerOnly
        /// Neither: packets and octets are counted, buffers are freed, `flowClosed` still comes.
        case none
    }

    /// Which directions are read.
    @usableFromInline package let reading: Reading
    /// Whether the flow is one that the consumer is there for: evicted last, kept longer when idle, reviewed at intervals.
    @usableFromInline package let isWanted: Bool

    /// Joins the two.
    @inlinable
    package init(_ reading: Reading, isWanted: Bool) {
        self.reading = reading
        self.isWanted = isWanted
    }

    /// Both directions, not yet decided.
    @inlinable
    package static var both: Interest { Interest(.both, isWanted: false) }
    /// The client's direction only, not yet decided.
    @inlinable
    package static var toServerOnly: Interest { Interest(.toServerOnly, isWanted: false) }
    /// Shunted: count only.
    @inlinable
    package static var none: Interest { Interest(.none, isWanted: false) }

    /// The same reading, of a flow that the consumer is there for.
    ///
    /// `.none.wanted` is a connection to a service that cannot be read: counted, and reviewed for its running totals.
    @inlinable
    package var wanted: Interest { Interest(reading, isWanted: true) }
}
