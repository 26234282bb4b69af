/// The bounds within which field sections are decoded.
package struct QPACKLimits: Equatable, Sendable {
    /// The largest dynamic table in octets as RFC 9204 § 3.2.1 counts them; what a larger one would still hold is unknown.
    package var tableOctets = 65_536
    /// The most octets of names and values that one section's fields may have; further fields are dropped, and that is told.
    package var fieldOctets = 65_536
    /// The longest instruction of the encoder's; a longer one would not fit into the table.
    package var instructionOctets = 65_568

    /// The default bounds.
    package init() {}
}
