package import PacketDecode
package import Wire

/// The transports that have flows.
@usableFromInline
package enum FlowTransport: UInt8, Sendable, Hashable {
    /// TCP, whose streams are put in order.
    case tcp = 0
    /// UDP, whose datagrams are handed on as they come.
    case udp = 1
}

/// What makes two packets belong to one flow: addresses, ports, transport and VLAN, the same for both directions.
///
/// Of the two endpoints the one with the lower address (then port) is the *lower*, the other the *higher*. 41 octets
/// and no heap, so that a table of flows stays small.
@usableFromInline
package struct FlowKey: Hashable, Sendable {
    private let lowerHigh: UInt64
    private let lowerLow: UInt64
    private let higherHigh: UInt64
    private let higherLow: UInt64
    private let lowerPort: UInt16
    private let higherPort: UInt16
    private let outerVLAN: UInt16
    private let innerVLAN: UInt16
    /// Bit 0: IPv4; bit 1: UDP; bits 2 and 3: number of VLAN tags.
    private let shape: UInt8

    /// One of the two endpoints of a flow.
    @usableFromInline
    package enum Side: Int, Sendable, Hashable {
        /// The endpoint with the lower address, or of equal addresses the lower port.
        case lower = 0
        /// The other endpoint.
        case higher = 1

        /// The endpoint across.
        @inlinable
        package var opposite: Side { self == .lower ? .higher : .lower }
    }

    /// The key of packets between two endpoints, whichever of them sends.
    package init(
        _ one: SocketAddress,
        _ other: SocketAddress,
        transport: FlowTransport,
        vlan: VLANTags = VLANTags()
    ) {
        self.init(from: one, FlowKey.side(of: one, to: other), to: other, transport: transport, vlan: vlan)
    }

    /// The key of packets from `one`, which is the endpoint `side`, to `other`.
    private init(
        from one: SocketAddress,
        _ side: Side,
        to other: SocketAddress,
        transport: FlowTransport,
        vlan: VLANTags
    ) {
        let lower = side == .higher ? other : one
        let higher = side == .higher ? one : other
        lowerHigh = lower.address.high
        lowerLow = lower.address.low
        higherHigh = higher.address.high
        higherLow = higher.address.low
        lowerPort = lower.port
        higherPort = higher.port
        outerVLAN = vlan.outer
        innerVLAN = vlan.inner
        shape = (one.address.isIPv4 ? 1 : 0) | transport.rawValue << 1 | vlan.count << 2
    }

    /// The key of a packet and which endpoint sent it; nil for packets that are neither TCP nor UDP, and for fragments.
    package static func of(_ packet: borrowing DecodedPacket) -> (key: FlowKey, sender: Side)? {
        let ports: (source: UInt16, destination: UInt16)
        let transport: FlowTransport
        switch packet.transport {
        case .tcp(let fields):
            ports = (fields.sourcePort, fields.destinationPort)
            transport = .tcp
        case .udp(let fields):
            ports = (fields.sourcePort, fields.destinationPort)
            transport = .udp
        case .other, .fragment:
            return nil
        }
        let source = SocketAddress(packet.source, ports.source)
        let destination = SocketAddress(packet.destination, ports.destination)
        let sender = side(of: source, to: destination)
        return (FlowKey(from: source, sender, to: destination, transport: transport, vlan: packet.vlan), sender)
    }

    /// The key as an entry of a table holds it, but for what `addresses` stand for.
    ///
    /// IPv4 addresses are in it; `place` is where the table keeps those of IPv6.
    @inline(__always)
    func stored(addressesAt place: UInt32) -> StoredFlowKey {
        let isIPv4 = shape & 1 == 1
        return StoredFlowKey(
            lower: isIPv4 ? UInt32(truncatingIfNeeded: lowerLow) : place,
            higher: isIPv4 ? UInt32(truncatingIfNeeded: higherLow) : 0,
            ports: UInt32(lowerPort) << 16 | UInt32(higherPort),
            tags: UInt32(outerVLAN & 0x0FFF) << 16 | UInt32(innerVLAN & 0x0FFF) << 4 | UInt32(shape & 15)
        )
    }

    /// The addresses of an IPv6 key; nil of an IPv4 one, which needs none besides its stored form.
    @inline(__always)
    var longAddresses: AddressPair? {
        shape & 1 == 1 ? nil : AddressPair(lowerHigh, lowerLow, higherHigh, higherLow)
    }

    /// The key that a stored form and, for IPv6, its addresses stand for.
    init(_ stored: StoredFlowKey, _ addresses: AddressPair?) {
        lowerHigh = addresses?.lowerHigh ?? 0
        lowerLow = addresses?.lowerLow ?? UInt64(stored.lower)
        higherHigh = addresses?.higherHigh ?? 0
        higherLow = addresses?.higherLow ?? UInt64(stored.higher)
        lowerPort = UInt16(truncatingIfNeeded: stored.ports >> 16)
        higherPort = UInt16(truncatingIfNeeded: stored.ports)
        outerVLAN = UInt16(truncatingIfNeeded: stored.tags >> 16)
        innerVLAN = UInt16(truncatingIfNeeded: stored.tags >> 4) & 0x0FFF
        shape = UInt8(truncatingIfNeeded: stored.tags & 15)
    }

    /// Whether `one` is the lower or the higher endpoint of a flow with `other`.
    package static func side(of one: SocketAddress, to other: SocketAddress) -> Side {
        if one.address.high != other.address.high { return one.address.high < other.address.high ? .lower : .higher }
        if one.address.low != other.address.low { return one.address.low < other.address.low ? .lower : .higher }
        return one.port <= other.port ? .lower : .higher
    }

    /// The transport.
    package var transport: FlowTransport { shape & 2 == 0 ? .tcp : .udp }

    /// The VLAN tags around the flow's packets.
    package var vlan: VLANTags {
        switch shape >> 2 {
        case 0: VLANTags()
        case 1: VLANTags([outerVLAN])
        default: VLANTags([outerVLAN, innerVLAN])
        }
    }

    /// The address and port of one endpoint.
    package func endpoint(_ side: Side) -> SocketAddress {
        let (high, low, port) =
            side == .lower ? (lowerHigh, lowerLow, lowerPort) : (higherHigh, higherLow, higherPort)
        let address =
            shape & 1 == 1
            ? IPAddress(ipv4: UInt32(truncatingIfNeeded: low)) : IPAddress(ipv6High: high, low: low)
        return SocketAddress(address, port)
    }

    /// A hash that is the same for both directions; without the secret a sender cannot choose who collides.
    ///
    /// Deterministic in the key and the secret, on every machine. The upper half serves a table's own buckets, so
    /// whoever spreads flows over workers or shards by the same secret takes the lower bits.
    @inline(__always)
    package func hash(_ secret: HashSecret) -> UInt64 {
        let ports = UInt64(lowerPort) << 48 | UInt64(higherPort) << 32 | UInt64(outerVLAN) << 16 | UInt64(innerVLAN)
        var state = HashSecret.fold(lowerLow ^ secret.first, higherLow ^ secret.second)
        if shape & 1 == 0 {
            state = HashSecret.fold(state ^ lowerHigh ^ secret.first, higherHigh ^ secret.second)
        }
        // Four bits of shape never reach the highest one.
        return HashSecret.fold(state ^ ports ^ secret.first, (UInt64(shape) << 56) ^ secret.second)
    }

    /// The hash by the secret of a seed; for what is hashed once.
    package func hash(seed: UInt64) -> UInt64 { hash(HashSecret(seed: seed)) }

    /// Which flow a packet belongs to; nil for packets that are neither TCP nor UDP, and for fragments.
    @inline(__always)
    package static func route(of packet: borrowing DecodedPacket, _ secret: HashSecret) -> FlowRoute? {
        guard let (key, sender) = of(packet) else { return nil }
        return FlowRoute(key: key, hash: key.hash(secret), sender: sender)
    }

    /// Where the flow of this key is found by a table of that secret.
    package func route(_ secret: HashSecret) -> FlowRoute { FlowRoute(key: self, hash: hash(secret), sender: .lower) }

    /// The same of a packet that the endpoint `sender` sends, which must be one of the two.
    package func route(_ secret: HashSecret, from sender: SocketAddress) -> FlowRoute {
        FlowRoute(key: self, hash: hash(secret), sender: sender == endpoint(.lower) ? .lower : .higher)
    }

    /// A hash by which flows are shared out: that of the key, whose value here is `hash`, but of UDP to the web's port that
    /// of the end there.
    ///
    /// So a client of QUIC that goes on from another address stays with whoever has its connection.
    @inline(__always)
    func sharing(_ hash: UInt64, _ secret: HashSecret) -> UInt64 {
        guard shape & 2 != 0, lowerPort == FlowKey.webPort || higherPort == FlowKey.webPort else { return hash }
        let isLower = lowerPort == FlowKey.webPort
        let (high, low) = isLower ? (lowerHigh, lowerLow) : (higherHigh, higherLow)
        return HashSecret.fold(low ^ secret.first, high ^ secret.second)
    }

    private static let webPort: UInt16 = 443
}

/// Which flow a packet belongs to, and which of its endpoints sent the packet.
@usableFromInline
package struct FlowRoute: Sendable {
    /// The flow's key.
    let key: FlowKey
    /// The key's hash, by the secret of the table that the packet goes to.
    package let hash: UInt64
    /// Who sent the packet.
    package let sender: FlowKey.Side

    /// What shares flows out to shards; its lower bits are as good as the hash's.
    @inline(__always)
    package func sharing(_ secret: HashSecret) -> UInt64 { key.sharing(hash, secret) }

    /// The same of a packet that the other end sent.
    package var opposite: FlowRoute { FlowRoute(key: key, hash: hash, sender: sender.opposite) }
}
