package import PacketCapture
package import Wire

/// Turns a frame into its IP packet, layer by layer, without copying.
package enum PacketDecoder {
    /// VLAN tags that are followed, priority tags included.
    package static let tagLimit = 4

    /// Reads a frame's headers down to TCP or UDP.
    ///
    /// Lengths are checked at every layer; checksums never, because cards that compute them do so after the capture.
    ///
    /// - Throws: why there is no IP packet, or none that its receiver would take.
    @_lifetime(copy frame)
    package static func decode(_ frame: borrowing Frame) throws(PacketError) -> DecodedPacket {
        let bytes = frame.bytes
        switch frame.linkType {
        case .ethernet:
            let header = try EthernetFrame(bytes)
            return try tagged(header.etherType, header.payload, beyond: frame.originalLength - bytes.count)
        case .linuxSLL2, .linuxSLL:
            let header = try LinuxCookedHeader(bytes, version: frame.linkType == .linuxSLL ? .one : .two)
            return try tagged(header.etherType, header.payload, beyond: frame.originalLength - bytes.count)
        case .null, .loop:
            let header = try LoopbackHeader(bytes)
            return try tagged(header.etherType, header.payload, beyond: frame.originalLength - bytes.count)
        case .raw, .ipv4, .ipv6, .bsdRaw, .openBSDRaw:
            return try raw(bytes, beyond: frame.originalLength - bytes.count)
        default:
            throw .unsupportedLinkType(frame.linkType)
        }
    }

    /// Reads the headers of a packet that was put together from its fragments.
    ///
    /// `payload` is what they carried together, up to the first octet that was not captured; `missing` octets follow it.
    ///
    /// - Throws: as for a frame; `.tooDeep(.ipv6Extension)` for a fragment within, which receivers refuse.
    @_lifetime(copy payload)
    package static func decode(
        reassembled payload: Span<UInt8>,
        missing: Int,
        protocol number: UInt8,
        from source: IPAddress,
        to destination: IPAddress,
        vlan: VLANTags
    ) throws(PacketError) -> DecodedPacket {
        let addresses = Addresses(source: source, destination: destination, tags: vlan)
        guard !source.isIPv4 else { return try transport(addresses, number, payload, missing) }
        let chain = try IPv6Packet.ExtensionChain(
            after: number,
            in: payload,
            from: 0,
            totalLength: payload.count + missing
        )
        guard chain.fragment == nil else { throw .tooDeep(.ipv6Extension) }
        return try transport(addresses, chain.protocol, payload.extracting(chain.length..<payload.count), missing)
    }

    /// The packet inside the tunnels around it: of a datagram to VXLAN's port that is no VXLAN, the datagram itself.
    ///
    /// `levels` counts the tunnels that were taken away, also before: what is inside of `VXLANHeader.nestingLimit` of them
    /// may be no tunnel.
    ///
    /// - Throws: as for a frame; `.tooDeep(.vxlan)`.
    @inline(never)
    @_lifetime(copy packet)
    package static func innermost(
        of packet: borrowing DecodedPacket,
        levels: inout Int
    ) throws(PacketError) -> DecodedPacket {
        var packet = copy packet
        while case .udp(let fields) = packet.transport, fields.destinationPort == VXLANHeader.port {
            guard let header = VXLANHeader(packet.payload) else { break }
            guard levels < VXLANHeader.nestingLimit else { throw .tooDeep(.vxlan) }
            levels += 1
            let frame = try EthernetFrame(header.payload)
            packet = try tagged(frame.etherType, frame.payload, beyond: packet.missing)
        }
        return packet
    }

    /// Follows VLAN tags to the IP packet; `beyond` counts the octets that the snap length cut.
    @_lifetime(copy bytes)
    private static func tagged(
        _ etherType: UInt16,
        _ bytes: Span<UInt8>,
        beyond: Int
    ) throws(PacketError) -> DecodedPacket {
        var etherType = etherType
        var bytes = bytes
        var tags = VLANTags()
        var count = 0
        while EtherType.isVLAN(etherType) {
            let tag = try VLANTag(bytes)
            count += 1
            // Identifier 0 carries a priority and names no VLAN: the two directions of a flow may differ in it.
            guard count <= tagLimit, tag.identifier == 0 || tags.append(tag.identifier) else { throw .tooDeep(.vlan) }
            etherType = tag.etherType
            bytes = tag.payload
        }
        switch etherType {
        case EtherType.ipv4: return try ipv4(bytes, tags, beyond: beyond)
        case EtherType.ipv6: return try ipv6(bytes, tags, beyond: beyond)
        default: throw .notIP(etherType)
        }
    }

    @_lifetime(copy bytes)
    private static func raw(_ bytes: Span<UInt8>, beyond: Int) throws(PacketError) -> DecodedPacket {
        guard bytes.count > 0 else { throw .truncated(.link) }
        switch bytes[0] >> 4 {
        case 4: return try ipv4(bytes, VLANTags(), beyond: beyond)
        case 6: return try ipv6(bytes, VLANTags(), beyond: beyond)
        default: throw .badVersion
        }
    }

    @inline(__always)
    @_lifetime(copy bytes)
    private static func ipv4(
        _ bytes: Span<UInt8>,
        _ tags: VLANTags,
        beyond: Int
    ) throws(PacketError) -> DecodedPacket {
        let packet = try IPv4Packet(bytes, wireLength: bytes.count + beyond)
        let addresses = Addresses(source: packet.source, destination: packet.destination, tags: tags)
        if packet.isFragment {
            return addresses.packet(.fragment(packet.fragment), packet.payload, packet.missing)
        }
        return try transport(addresses, packet.protocol, packet.payload, packet.missing)
    }

    @inline(__always)
    @_lifetime(copy bytes)
    private static func ipv6(
        _ bytes: Span<UInt8>,
        _ tags: VLANTags,
        beyond: Int
    ) throws(PacketError) -> DecodedPacket {
        let packet = try IPv6Packet(bytes, wireLength: bytes.count + beyond)
        let addresses = Addresses(source: packet.source, destination: packet.destination, tags: tags)
        if let fragment = packet.fragment {
            return addresses.packet(.fragment(fragment), packet.payload, packet.missing)
        }
        return try transport(addresses, packet.protocol, packet.payload, packet.missing)
    }

    @inline(__always)
    @_lifetime(copy payload)
    private static func transport(
        _ addresses: Addresses,
        _ number: UInt8,
        _ payload: Span<UInt8>,
        _ missing: Int
    ) throws(PacketError) -> DecodedPacket {
        switch number {
        case 6:
            let segment = try TCPSegment(payload, missing: missing)
            return addresses.packet(.tcp(segment.fields), segment.payload, segment.missing)
        case 17:
            let datagram = try UDPDatagram(payload, missing: missing)
            return addresses.packet(.udp(datagram.fields), datagram.payload, datagram.missing)
        default:
            return addresses.packet(.other(protocol: number), payload, missing)
        }
    }

    /// What the layers above IP add to.
    private struct Addresses {
        let source: IPAddress
        let destination: IPAddress
        let tags: VLANTags

        @inline(__always)
        @_lifetime(copy payload)
        func packet(_ transport: Transport, _ payload: Span<UInt8>, _ missing: Int) -> DecodedPacket {
            DecodedPacket(
                source: source,
                destination: destination,
                vlan: tags,
                transport: transport,
                payload: payload,
                missing: missing
            )
        }
    }
}
