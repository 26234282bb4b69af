/// The header before an Ethernet frame that UDP carries to port 4789 (RFC 7348 § 5, VXLAN Frame Format).
///
/// ```text
/// flags 1 (I: bit 3) | reserved 3 | network identifier 3 | reserved 1 | Ethernet frame
/// ```
///
/// - Note: The network identifier is not looked at. Where tunnels route, the two directions of a connection carry
///   different ones; so two networks that use the same addresses are taken for one.
package struct VXLANHeader: ~Escapable {
    /// The Ethernet frame inside, without its check sequence.
    package let payload: Span<UInt8>

    /// The port to which such datagrams go.
    package static let port: UInt16 = 4789
    /// How many tunnels inside each other are followed.
    package static let nestingLimit = 4
    /// Octets of the header.
    private static let length = 8

    /// Reads the header of a datagram to that port; nil when it is none: cut short, or without the flag that every header has.
    @_lifetime(copy datagram)
    package init?(_ datagram: Span<UInt8>) {
        guard datagram.count >= VXLANHeader.length, datagram[0] & 0x08 != 0 else { return nil }
        payload = datagram.extracting(VXLANHeader.length..<datagram.count)
    }
}
