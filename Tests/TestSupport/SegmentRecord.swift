package import Wire

/// A TCP segment taken out of a captured frame, to be sent again in another guise.
package struct SegmentRecord: Hashable, Sendable {
    /// When the segment passed.
    package var timestamp: Timestamp
    /// Its sender.
    package var source: SocketAddress
    /// Its receiver.
    package var destination: SocketAddress
    /// The sequence number.
    package var sequence: UInt32
    /// The acknowledgement number.
    package var acknowledgement: UInt32
    /// The flags as on the wire.
    package var flags: UInt8
    /// The window.
    package var window: UInt16
    /// The options, padding included.
    package var options: [UInt8]
    /// The payload.
    package var payload: [UInt8]

    /// Which way this goes between which sockets.
    package var path: Path { Path(source: source, destination: destination) }

    /// One direction of one connection.
    package struct Path: Hashable, Sendable {
        /// The sender.
        package let source: SocketAddress
        /// The receiver.
        package let destination: SocketAddress

        /// The other direction.
        package var reversed: Path { Path(source: destination, destination: source) }
    }

    /// Whether the segment has any of the flags.
    package func has(_ bits: UInt8) -> Bool { flags & bits != 0 }

    /// Sequence numbers that the segment takes up: its payload, SYN and FIN.
    package var span: Int { payload.count + (has(0x02) ? 1 : 0) + (has(0x01) ? 1 : 0) }

    /// The segment in a frame; nil for anything but a whole TCP segment over Ethernet, cooked, loopback or raw IP.
    ///
    /// A second, plain reader of headers, so that what tests `PacketDecode` does not lean on it.
    package init?(_ frame: CapturedFrame, linkType: UInt32) {
        var octets = frame.octets[...]
        guard SegmentRecord.dropLink(&octets, linkType), let version = octets.first else { return nil }
        let addresses: (IPAddress, IPAddress)
        if version >> 4 == 4 {
            let header = Int(version & 15) * 4
            guard octets.count >= max(header, 20), header >= 20 else { return nil }
            let ip = Array(octets.prefix(20))
            let stated = Int(ip[2]) << 8 | Int(ip[3])
            let total = stated == 0 ? octets.count : stated
            guard ip[9] == 6, total >= header, total <= octets.count, ip[6] & 0x3F == 0, ip[7] == 0 else { return nil }
            addresses = (
                IPAddress(ipv4: SegmentRecord.number(ip[12..<16])), IPAddress(ipv4: SegmentRecord.number(ip[16..<20]))
            )
            octets = octets.dropFirst(header).prefix(total - header)
        } else {
            let ip = Array(octets.prefix(40))
            guard version >> 4 == 6, ip.count == 40, ip[6] == 6 else { return nil }
            let length = Int(ip[4]) << 8 | Int(ip[5])
            guard length <= octets.count - 40 else { return nil }
            addresses = (SegmentRecord.ipv6(ip[8..<24]), SegmentRecord.ipv6(ip[24..<40]))
            octets = octets.dropFirst(40).prefix(length)
        }
        let tcp = Array(octets)
        guard tcp.count >= 20, Int(tcp[12] >> 4) * 4 >= 20, tcp.count >= Int(tcp[12] >> 4) * 4 else { return nil }
        let header = Int(tcp[12] >> 4) * 4
        timestamp = frame.timestamp
        source = SocketAddress(addresses.0, UInt16(truncatingIfNeeded: SegmentRecord.number(tcp[0..<2])))
        destination = SocketAddress(addresses.1, UInt16(truncatingIfNeeded: SegmentRecord.number(tcp[2..<4])))
        sequence = SegmentRecord.number(tcp[4..<8])
        acknowledgement = SegmentRecord.number(tcp[8..<12])
        flags = tcp[13]
        window = UInt16(truncatingIfNeeded: SegmentRecord.number(tcp[14..<16]))
        options = Array(tcp[20..<header])
        payload = Array(tcp[header...])
    }

    /// The segment as a frame; IPv4 addresses become those of 2001:db8::/96 where `overIPv6`.
    package func frame(link: PacketBuilder.Link, overIPv6: Bool) -> CapturedFrame {
        let builder = PacketBuilder(
            from: overIPv6 ? SegmentRecord.mapped(source) : source,
            to: overIPv6 ? SegmentRecord.mapped(destination) : destination,
            link: link
        )
        let octets = builder.tcp(
            sequence: sequence,
            acknowledgement: acknowledgement,
            flags: flags,
            window: window,
            options: options,
            payload: payload
        )
        return CapturedFrame(octets, at: timestamp)
    }

    /// The IPv6 address that stands for an IPv4 one.
    package static func mapped(_ socket: SocketAddress) -> SocketAddress {
        guard socket.address.isIPv4 else { return socket }
        return SocketAddress(IPAddress(ipv6High: 0x2001_0DB8_0000_0000, low: socket.address.low), socket.port)
    }

    private static func dropLink(_ octets: inout ArraySlice<UInt8>, _ linkType: UInt32) -> Bool {
        switch linkType {
        case 1:
            var header = 14
            while octets.count >= header, isTag(Array(octets.dropFirst(header - 2).prefix(2))) { header += 4 }
            octets = octets.dropFirst(header)
        case 113: octets = octets.dropFirst(16)
        case 276: octets = octets.dropFirst(20)
        case 0, 108: octets = octets.dropFirst(4)
        case 12, 14, 101, 228, 229: break
        default: return false
        }
        return !octets.isEmpty
    }

    private static func isTag(_ type: [UInt8]) -> Bool { type == [0x81, 0] || type == [0x88, 0xA8] }

    private static func number(_ octets: ArraySlice<UInt8>) -> UInt32 { octets.reduce(0) { $0 << 8 | UInt32($1) } }

    private static func ipv6(_ octets: ArraySlice<UInt8>) -> IPAddress {
        let word = { (slice: ArraySlice<UInt8>) in slice.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        return IPAddress(ipv6High: word(octets.prefix(8)), low: word(octets.suffix(8)))
    }
}
