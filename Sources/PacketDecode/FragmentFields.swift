/// Which piece of which packet a fragment is (RFC 791 § 3.1, Internet Header Format; RFC 8200 § 4.5, Fragment Header).
@usableFromInline
package struct FragmentFields: Hashable, Sendable {
    /// What the packet carries, by its IP protocol number; of an IPv6 packet only what the first piece says counts.
    @usableFromInline package let `protocol`: UInt8
    /// What the pieces of one packet have in common, with their addresses.
    @usableFromInline package let identification: UInt32
    /// Where the piece begins in the packet's payload, in octets: a multiple of 8, 0…65,528.
    @usableFromInline package let offset: Int
    /// Whether this is not the last piece.
    @usableFromInline package let hasMore: Bool

    /// Joins the fields.
    @inlinable
    package init(protocol number: UInt8, identification: UInt32, offset: Int, hasMore: Bool) {
        self.protocol = number
        self.identification = identification
        self.offset = offset
        self.hasMore = hasMore
    }
}
