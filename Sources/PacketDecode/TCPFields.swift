/// The fixed fields of a TCP header and those of its options that flow tracking uses (RFC 9293 § 3.1, Header Format).
@usableFromInline
package struct TCPFields: Hashable, Sendable {
    /// The sender's port.
    @usableFromInline package let sourcePort: UInt16
    /// The receiver's port.
    @usableFromInline package let destinationPort: UInt16
    /// The sequence number of the first payload octet, or of the SYN.
    @usableFromInline package let sequence: UInt32
    /// The next sequence number that the sender expects; meaningful with `.ack`.
    @usableFromInline package let acknowledgement: UInt32
    /// The control bits.
    @usableFromInline package let flags: TCPFlags
    /// The receive window as sent, not scaled.
    @usableFromInline package let window: UInt16
    /// What the options say.
    @usableFromInline package let options: TCPOptions

    /// Joins the parts.
    @inlinable
    package init(
        sourcePort: UInt16,
        destinationPort: UInt16,
        sequence: UInt32,
        acknowledgement: UInt32,
        flags: TCPFlags,
        window: UInt16,
        options: TCPOptions = TCPOptions()
    ) {
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.flags = flags
        self.window = window
        self.options = options
    }
}
