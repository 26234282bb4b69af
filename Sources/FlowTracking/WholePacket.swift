package import PacketDecode
internal import Wire

/// What a packet consists of that was put together from its fragments.
package struct WholePacket: ~Copyable {
    /// What the fragments carried, up to the first octet that was not captured.
    var octets: [UInt8] = []
    /// How many octets follow them.
    var missing = 0
    var `protocol`: UInt8 = 0
    var source = IPAddress(ipv4: 0)
    var destination = IPAddress(ipv4: 0)
    var vlan = VLANTags()

    /// The packet.
    ///
    /// - Throws: why its headers cannot be read.
    @_lifetime(borrow self)
    package func packet() throws(PacketError) -> DecodedPacket {
        try PacketDecoder.decode(
            reassembled: octets.span,
            missing: missing,
            protocol: `protocol`,
            from: source,
            to: destination,
            vlan: vlan
        )
    }
}
