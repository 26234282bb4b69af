/// The bounds within which header blocks are decoded.
package struct HPACKLimits: Equatable, Sendable {
    /// The largest dynamic table in octets as RFC 7541 § 4.1 counts them; what a larger one would still hold is unknown.
    package var tableOctets = 65_536
    /// The most octets of names and values that one block's fields may have; further fields are dropped, and that is told.
    package var fieldOctets = 65_536
    /// The table's size until an update says otherwise (RFC 9113 § 6.5.2, SETTINGS_HEADER_TABLE_SIZE).
    package var initialTableOctets = 4_096

    /// The default bounds.
    package init() {}
}
