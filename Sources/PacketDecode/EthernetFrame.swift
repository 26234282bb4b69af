/// An Ethernet header (IEEE 802.3 § 3.1.1).
///
/// ```text
/// destination 6 | source 6 | EtherType 2 | payload
/// ```
package struct EthernetFrame: ~Escapable {
    /// What the payload is; below 0x600 it is an IEEE 802.3 length instead.
    package let etherType: UInt16
    /// Everything after the header: padding and frame check sequence included.
    package let payload: Span<UInt8>

    /// Octets of the header.
    package static let headerLength = 14

    /// Reads the header.
    ///
    /// - Throws: `.truncated(.link)`.
    @inline(__always)
    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>) throws(PacketError) {
        guard bytes.count >= EthernetFrame.headerLength else { throw .truncated(.link) }
        etherType = bytes.uint16(at: 12)
        payload = bytes.extracting(EthernetFrame.headerLength..<bytes.count)
    }
}
