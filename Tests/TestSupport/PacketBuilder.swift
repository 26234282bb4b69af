package import Wire

/// Builds valid frames, from the link layer to TCP or UDP, checksums included.
package struct PacketBuilder: Sendable {
    /// What the frames begin with.
    package var link: Link = .ethernet(vlan: [])
    /// The sender's address and port.
    package var source: SocketAddress
    /// The receiver's address and port; of the same IP version.
    package var destination: SocketAddress
    /// IPv4 options, a multiple of four octets, at most 40.
    package var ipv4Options: [UInt8] = []
    /// IPv6 extension headers: the type of each and its octets, whose first (the next header) is filled in.
    package var extensionHeaders: [(type: UInt8, octets: [UInt8])] = []

    /// The link layers that can be built.
    package enum Link: Hashable, Sendable {
        /// Ethernet with the tags given: one is 802.1Q, two or more are QinQ.
        case ethernet(vlan: [UInt16])
        /// Linux cooked, version 1.
        case linuxSLL
        /// Linux cooked, version 2.
        case linuxSLL2
        /// No link layer.
        case raw
        /// BSD loopback, little-endian.
        case null
        /// OpenBSD loopback, in network order.
        case loop

        /// The number under which capture files know it.
        package var number: UInt32 {
            switch self {
            case .ethernet: 1
            case .linuxSLL: 113
            case .linuxSLL2: 276
            case .raw: 101
            case .null: 0
            case .loop: 108
            }
        }
    }

    /// Builds frames from one socket to another.
    package init(from source: SocketAddress, to destination: SocketAddress, link: Link = .ethernet(vlan: [])) {
        self.source = source
        self.destination = destination
        self.link = link
    }

    /// Builds frames between documentation addresses: 192.0.2.1:49152 to 198.51.100.2:80, or the like over IPv6.
    package init(ipv6: Bool = false, link: Link = .ethernet(vlan: []), clientPort: UInt16 = 49_152, port: UInt16 = 80) {
        let prefix: UInt64 = 0x2001_0DB8_0000_0000
        source = SocketAddress(
            ipv6 ? IPAddress(ipv6High: prefix, low: 1) : IPAddress(ipv4: 0xC000_0201),
            clientPort
        )
        destination = SocketAddress(
            ipv6 ? IPAddress(ipv6High: prefix, low: 2) : IPAddress(ipv4: 0xC633_6402),
            port
        )
        self.link = link
    }

    /// The builder of the answering direction.
    package var reversed: PacketBuilder {
        var other = self
        swap(&other.source, &other.destination)
        return other
    }

    /// A TCP segment's frame; `flags` as on the wire (FIN 1, SYN 2, RST 4, PSH 8, ACK 16), options padded here.
    package func tcp(
        sequence: UInt32,
        acknowledgement: UInt32 = 0,
        flags: UInt8 = 0x18,
        window: UInt16 = 65_535,
        options: [UInt8] = [],
        payload: some Collection<UInt8> = [UInt8]()
    ) -> [UInt8] {
        var padded = OctetWriter()
        padded.append(options)
        padded.pad(to: 4)
        var segment = OctetWriter()
        segment.append(source.port)
        segment.append(destination.port)
        segment.append(sequence)
        segment.append(acknowledgement)
        segment.append(UInt8(truncatingIfNeeded: (20 + padded.octets.count) / 4) << 4)
        segment.append(flags)
        segment.append(window)
        segment.append(UInt32(0))
        segment.append(padded.octets)
        segment.append(payload)
        return packet(protocol: 6, payload: checksummed(segment.octets, protocol: 6, at: 16))
    }

    /// A UDP datagram's frame.
    package func udp(payload: some Collection<UInt8>) -> [UInt8] {
        var datagram = OctetWriter()
        datagram.append(source.port)
        datagram.append(destination.port)
        datagram.append(UInt16(truncatingIfNeeded: 8 + payload.count))
        datagram.append(UInt16(0))
        datagram.append(payload)
        return packet(protocol: 17, payload: checksummed(datagram.octets, protocol: 17, at: 6))
    }

    /// An IP packet's frame; `fragment` is the IPv4 flags and offset field as on the wire.
    package func packet(protocol number: UInt8, payload: [UInt8], fragment: UInt16 = 0x4000) -> [UInt8] {
        let isIPv4 = source.address.isIPv4
        let octets = isIPv4 ? ipv4(number, payload, fragment) : ipv6(number, payload)
        return frame(etherType: isIPv4 ? 0x0800 : 0x86DD, payload: octets)
    }

    /// A frame of any EtherType.
    package func frame(etherType: UInt16, payload: [UInt8]) -> [UInt8] {
        var frame = OctetWriter()
        switch link {
        case .ethernet(let tags):
            frame.append([0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1])
            for (index, tag) in tags.enumerated() {
                frame.append(index < tags.count - 1 ? UInt16(0x88A8) : UInt16(0x8100))
                frame.append(tag)
            }
            frame.append(etherType)
        case .linuxSLL:
            frame.append([0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0])
            frame.append(etherType)
        case .linuxSLL2:
            frame.append(etherType)
            frame.append([0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0])
        case .raw: break
        case .null: frame.append([etherType == 0x0800 ? 2 : 30, 0, 0, 0])
        case .loop: frame.append([0, 0, 0, etherType == 0x0800 ? 2 : 24])
        }
        frame.append(payload)
        return frame.octets
    }

    private func ipv4(_ number: UInt8, _ payload: [UInt8], _ fragment: UInt16) -> [UInt8] {
        var header = OctetWriter()
        header.append(UInt8(truncatingIfNeeded: 0x45 + ipv4Options.count / 4))
        header.append(UInt8(0))
        header.append(UInt16(truncatingIfNeeded: 20 + ipv4Options.count + payload.count))
        header.append(UInt16(0))
        header.append(fragment)
        header.append(UInt8(64))
        header.append(number)
        header.append(UInt16(0))
        header.append(source.address.octets)
        header.append(destination.address.octets)
        header.append(ipv4Options)
        var octets = header.octets
        let sum = PacketBuilder.checksum(octets)
        octets[10] = UInt8(truncatingIfNeeded: sum >> 8)
        octets[11] = UInt8(truncatingIfNeeded: sum)
        return octets + payload
    }

    private func ipv6(_ number: UInt8, _ payload: [UInt8]) -> [UInt8] {
        var chain: [UInt8] = []
        for (index, header) in extensionHeaders.enumerated() {
            let next = index + 1 < extensionHeaders.count ? extensionHeaders[index + 1].type : number
            chain += [next] + header.octets.dropFirst()
        }
        var packet = OctetWriter()
        packet.append(UInt32(0x6000_0000))
        packet.append(UInt16(truncatingIfNeeded: chain.count + payload.count))
        packet.append(extensionHeaders.first?.type ?? number)
        packet.append(UInt8(64))
        packet.append(source.address.octets)
        packet.append(destination.address.octets)
        packet.append(chain)
        packet.append(payload)
        return packet.octets
    }

    /// Fills in the checksum over the pseudo-header (RFC 9293 § 3.1; RFC 8200 § 8.1) and the octets.
    private func checksummed(_ octets: [UInt8], protocol number: UInt8, at position: Int) -> [UInt8] {
        let pseudo =
            source.address.octets + destination.address.octets + [0, number]
            + [UInt8(truncatingIfNeeded: octets.count >> 8), UInt8(truncatingIfNeeded: octets.count)]
        let sum = PacketBuilder.checksum(pseudo + octets)
        var filled = octets
        filled[position] = UInt8(truncatingIfNeeded: sum >> 8)
        filled[position + 1] = UInt8(truncatingIfNeeded: sum)
        return filled
    }

    /// The Internet checksum (RFC 1071 § 1).
    package static func checksum(_ octets: [UInt8]) -> UInt16 {
        var sum: UInt64 = 0
        for (index, octet) in octets.enumerated() { sum += index % 2 == 0 ? UInt64(octet) << 8 : UInt64(octet) }
        while sum >> 16 != 0 { sum = (sum & 0xFFFF) + (sum >> 16) }
        return ~UInt16(truncatingIfNeeded: sum)
    }
}
