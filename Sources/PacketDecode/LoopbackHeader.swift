/// The four octets of a protocol family before a packet captured on a BSD loopback device.
package struct LoopbackHeader: ~Escapable {
    /// The family as an EtherType; 0 for families other than IP.
    package let etherType: UInt16
    /// Everything after the header.
    package let payload: Span<UInt8>

    /// Reads the header, whose octets may be in either order: families are small numbers.
    ///
    /// - Throws: `.truncated(.link)`.
    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>) throws(PacketError) {
        guard bytes.count >= 4 else { throw .truncated(.link) }
        let stored = bytes.uint32(at: 0)
        etherType =
            switch min(stored, stored.byteSwapped) {
            case 2: EtherType.ipv4
            // AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS.
            case 10, 24, 28, 30: EtherType.ipv6
            default: 0
            }
        payload = bytes.extracting(4..<bytes.count)
    }
}
