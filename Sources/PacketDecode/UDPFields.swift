/// The ports of a UDP header (RFC 768).
@usableFromInline
package struct UDPFields: Hashable, Sendable {
    /// The sender's port.
    @usableFromInline package let sourcePort: UInt16
    /// The receiver's port.
    @usableFromInline package let destinationPort: UInt16

    /// Joins the ports.
    @inlinable
    package init(sourcePort: UInt16, destinationPort: UInt16) {
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
    }
}
