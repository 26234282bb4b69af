public import PacketDecode
public import Wire

/// What is known of a flow from its first payload on, and does not change until it closes: told once.
@usableFromInline
package struct FlowFacts: Hashable, Sendable {
    /// Who opened the connection; of a midstream flow, a guess: the endpoint with the higher port.
    @usableFromInline package let client: SocketAddress
    /// To whom it was opened.
    @usableFromInline package let server: SocketAddress
    /// TCP or UDP.
    @usableFromInline package let transport: FlowTransport
    /// The VLAN tags around the flow's packets.
    @usableFromInline package let vlan: VLANTags
    /// The flow's identity, 0..<2^53: the same for the same packets, from run to run.
    @usableFromInline package let id: UInt64
    /// The number of the flow's first packet.
    @usableFromInline package let firstPacket: UInt64
    /// The time of the flow's first packet.
    @usableFromInline package let started: Timestamp
    /// Whether the capture holds no opening handshake of this TCP connection; false for UDP.
    @usableFromInline package let midstream: Bool

    /// Joins the facts; `id` follows from the others and `salt`.
    package init(
        client: SocketAddress,
        server: SocketAddress,
        transport: FlowTransport,
        vlan: VLANTags = VLANTags(),
        first: PacketStamp,
        midstream: Bool,
        salt: UInt64 = 0
    ) {
        self.client = client
        self.server = server
        self.transport = transport
        self.vlan = vlan
        self.firstPacket = first.number
        self.started = first.timestamp
        self.midstream = midstream
        let clientSide = FlowKey.side(of: client, to: server)
        let key = FlowKey(client, server, transport: transport, vlan: vlan).hash(seed: 0x2D35_8DCC_AA6C_78A5 ^ salt)
        let moment = HashSecret.fold(
            first.number ^ 0x9E37_79B9_7F4A_7C15,
            UInt64(bitPattern: first.timestamp.nanoseconds) ^ 0xD6E8_FEB8_6659_FD93
        )
        id = HashSecret.fold(key ^ UInt64(clientSide.rawValue), moment ^ 0xCA5A_8263_9512_1157) & (1 << 53 - 1)
    }
}

extension FlowFacts {
    /// The key of the flow.
    package var key: FlowKey { FlowKey(client, server, transport: transport, vlan: vlan) }
}

/// How much payload went over a flow, as told when it closes and at each review.
///
/// By sequence numbers, each octet counted once, those that the capture lost included; of UDP the sum of the lengths.
@usableFromInline
package struct FlowTotals: Hashable, Sendable {
    /// Octets from the client.
    @usableFromInline package let toServerOctets: Int
    /// Octets from the server.
    @usableFromInline package let toClientOctets: Int

    /// Joins the totals.
    package init(toServerOctets: Int, toClientOctets: Int) {
        self.toServerOctets = toServerOctets
        self.toClientOctets = toClientOctets
    }

    /// The octets of one direction.
    package subscript(direction: Direction) -> Int { direction == .toServer ? toServerOctets : toClientOctets }
}
