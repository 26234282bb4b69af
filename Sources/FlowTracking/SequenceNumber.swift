/// A TCP sequence number: 32 bits that wrap (RFC 9293 § 3.4, Sequence Numbers).
///
/// Numbers are compared by the shorter way round the circle; of two that lie exactly 2^31 apart neither is ahead of the
/// other in any useful sense, and `distance(to:)` calls the second one behind.
package struct SequenceNumber: RawRepresentable, Hashable, Sendable {
    /// The number as on the wire.
    package let rawValue: UInt32

    /// The number with those 32 bits.
    @inlinable
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The number with those 32 bits.
    @inlinable
    package init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// How many octets `other` is ahead: positive when later, negative when earlier, −2^31…2^31−1.
    @inlinable
    package func distance(to other: SequenceNumber) -> Int {
        Int(Int32(bitPattern: other.rawValue &- rawValue))
    }

    /// The number `octets` later (earlier when negative), round the circle as often as it takes.
    @inlinable
    package func advanced(by octets: Int) -> SequenceNumber {
        SequenceNumber(rawValue &+ UInt32(truncatingIfNeeded: octets))
    }
}
