package import Wire

/// An IPv4 packet (RFC 791 § 3.1, Internet Header Format).
///
/// ```text
/// version 4 bits | header length 4 bits | service 1 | total length 2 | identification 2 | flags 3 bits, offset 13 bits
/// time to live 1 | protocol 1 | checksum 2 | source 4 | destination 4 | options
/// ```
package struct IPv4Packet: ~Escapable {
    /// Who sent the packet.
    package let source: IPAddress
    /// To whom it goes.
    package let destination: IPAddress
    /// What the payload is, by its IP protocol number.
    package let `protocol`: UInt8
    /// What the pieces of one packet have in common.
    package let identification: UInt16
    /// "More fragments" (bit 13) and the offset in units of eight octets, without the two other flags.
    private let fragmentation: UInt16
    /// The captured payload, the padding of the layer below cut off.
    package let payload: Span<UInt8>
    /// Payload octets on the wire that were not captured.
    package let missing: Int

    /// Reads the header; `wireLength` is how many octets `bytes` had on the wire, before the snap length cut.
    ///
    /// - Throws: `.truncated(.ipv4)`, `.badVersion`, `.badLength(.ipv4)`.
    /// - Note: A total length of 0 means all there is: a sender that leaves segmentation to its network card, captured
    ///   before the card, cannot write larger lengths. The checksum is not looked at, for the same reason.
    @inline(__always)
    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>, wireLength: Int) throws(PacketError) {
        guard bytes.count >= 20 else { throw .truncated(.ipv4) }
        guard bytes[0] >> 4 == 4 else { throw .badVersion }
        let headerLength = Int(bytes[0] & 0x0F) * 4
        let stated = Int(bytes.uint16(at: 2))
        let totalLength = stated == 0 ? wireLength : stated
        guard headerLength >= 20, totalLength >= headerLength, totalLength <= wireLength else {
            throw .badLength(.ipv4)
        }
        guard bytes.count >= headerLength else { throw .truncated(.ipv4) }
        identification = bytes.uint16(at: 4)
        fragmentation = bytes.uint16(at: 6) & 0x3FFF
        `protocol` = bytes[9]
        source = IPAddress(ipv4: bytes.uint32(at: 12))
        destination = IPAddress(ipv4: bytes.uint32(at: 16))
        let end = min(totalLength, bytes.count)
        payload = bytes.extracting(headerLength..<end)
        missing = totalLength - end
    }

    /// Whether this is a piece of a packet, the first piece included.
    package var isFragment: Bool { fragmentation != 0 }

    /// Which piece of which packet this is; a whole packet is its first piece and its last.
    package var fragment: FragmentFields {
        FragmentFields(
            protocol: `protocol`,
            identification: UInt32(identification),
            offset: Int(fragmentation & 0x1FFF) * 8,
            hasMore: fragmentation & 0x2000 != 0
        )
    }
}
