/// The header that Linux puts before a packet captured on its `any` device, in either of its versions.
///
/// ```text
/// version 1:  packet type 2 | ARPHRD type 2 | address length 2 | address 8 | protocol 2
/// version 2:  protocol 2 | reserved 2 | interface 4 | ARPHRD type 2 | packet type 1 | address length 1 | address 8
/// ```
package struct LinuxCookedHeader: ~Escapable {
    /// The payload's EtherType; small numbers are Linux's own and never IP.
    package let etherType: UInt16
    /// Everything after the header.
    package let payload: Span<UInt8>

    /// The header's versions.
    package enum Version: Sendable {
        /// `LINKTYPE_LINUX_SLL`, 16 octets.
        case one
        /// `LINKTYPE_LINUX_SLL2`, 20 octets.
        case two
    }

    /// Reads the header.
    ///
    /// - Throws: `.truncated(.link)`.
    @inline(__always)
    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>, version: Version) throws(PacketError) {
        let length = version == .one ? 16 : 20
        guard bytes.count >= length else { throw .truncated(.link) }
        etherType = bytes.uint16(at: version == .one ? 14 : 0)
        payload = bytes.extracting(length..<bytes.count)
    }
}
