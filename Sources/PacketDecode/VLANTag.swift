/// A VLAN tag after its own EtherType (IEEE 802.1Q § 9.6, VLAN Tag Control Information).
///
/// ```text
/// priority 3 bits | drop eligible 1 bit | identifier 12 bits | EtherType 2 | payload
/// ```
package struct VLANTag: ~Escapable {
    /// The VLAN, 1…4095; 0 marks a tag that only carries a priority.
    package let identifier: UInt16
    /// What the payload is.
    package let etherType: UInt16
    /// Everything after the tag.
    package let payload: Span<UInt8>

    /// Reads the tag.
    ///
    /// - Throws: `.truncated(.vlan)`.
    @inline(__always)
    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>) throws(PacketError) {
        guard bytes.count >= 4 else { throw .truncated(.vlan) }
        identifier = bytes.uint16(at: 0) & 0x0FFF
        etherType = bytes.uint16(at: 2)
        payload = bytes.extracting(4..<bytes.count)
    }
}
