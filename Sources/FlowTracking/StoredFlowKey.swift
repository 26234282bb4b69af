/// A flow's key in the 16 octets that an entry has for it.
struct StoredFlowKey: Hashable {
    /// The lower IPv4 address; of IPv6, the place of both addresses in the table's list of them.
    let lower: UInt32
    /// The higher IPv4 address; 0 of IPv6.
    let higher: UInt32
    /// The lower endpoint's port, then the higher one's.
    let ports: UInt32
    /// VLAN identifiers of twelve bits each, then four bits of `FlowKey`'s shape.
    let tags: UInt32

    /// Whether the addresses are IPv4.
    var isIPv4: Bool { tags & 1 == 1 }

    /// Whether two IPv6 keys differ at most in their addresses.
    func equalsButForAddresses(_ other: StoredFlowKey) -> Bool { ports == other.ports && tags == other.tags }

    /// The transport.
    var transport: FlowTransport { tags & 2 == 0 ? .tcp : .udp }
}

/// Two IPv6 addresses.
struct AddressPair: Hashable {
    /// The lower address's first eight octets.
    let lowerHigh: UInt64
    /// The lower address's last eight octets.
    let lowerLow: UInt64
    /// The higher address's first eight octets.
    let higherHigh: UInt64
    /// The higher address's last eight octets.
    let higherLow: UInt64

    /// Joins the halves.
    init(_ lowerHigh: UInt64, _ lowerLow: UInt64, _ higherHigh: UInt64, _ higherLow: UInt64) {
        self.lowerHigh = lowerHigh
        self.lowerLow = lowerLow
        self.higherHigh = higherHigh
        self.higherLow = higherLow
    }
}
