/// What becomes of a packet two of whose fragments hold the same octets, without the one being part of the other.
///
/// A tap that decides otherwise than the receiver can be shown another text than the receiver gets.
package enum OverlapPolicy: Sendable, Hashable {
    /// The packet is discarded with all its fragments, as RFC 5722 § 4 demands of IPv6 and as Linux and Windows do with both
    /// versions: no sender that means to be understood makes overlaps.
    case discard
    /// What came first stays, as BSD systems do with IPv4.
    case firstWins
}
