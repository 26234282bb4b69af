internal import PacketDecode
internal import Wire

/// A packet of which fragments are missing.
struct FragmentedPacket: ~Copyable {
    let key: FragmentKey
    /// When the first fragment came, in ticks of the packet clock.
    let started: UInt32
    /// What came, first octet 0.
    var store = SegmentStore()
    /// Octets that came, those that the snap length cut included.
    var covered = 0
    /// The end of what came.
    var reach = 0
    /// Octets in all, as the last fragment tells; nil before it.
    var total: Int?
    /// What the packet carries, as its first piece tells.
    var `protocol`: UInt8 = 0
    /// Fragments whose octets are in `store`.
    var fragments: UInt64 = 0
    /// The one that began before this one, and the one after; `FlowEntry.none` at the ends.
    var older = FlowEntry.none
    var newer = FlowEntry.none

    /// Octets of memory charged for each, besides the pieces: entries, links and buckets with room to grow.
    static let charge = 512

    /// Whether no octet is missing.
    var isComplete: Bool { total == covered }

    init(_ key: FragmentKey, started: UInt32) {
        self.key = key
        self.started = started
    }
}

/// What the fragments of one packet have in common.
///
/// Those of an IPv6 packet may differ in what they say follows (RFC 8200 § 4.5), so the protocol is part of IPv4's key only.
struct FragmentKey: Hashable {
    let source: IPAddress
    let destination: IPAddress
    let vlan: VLANTags
    let identification: UInt32
    let `protocol`: UInt8

    init(_ packet: borrowing DecodedPacket, _ fields: FragmentFields) {
        source = packet.source
        destination = packet.destination
        vlan = packet.vlan
        identification = fields.identification
        `protocol` = source.isIPv4 ? fields.protocol : 0
    }

    /// A hash that a sender who does not know the secret cannot aim.
    func hash(_ secret: HashSecret) -> UInt64 {
        var state = HashSecret.fold(source.low ^ secret.first, destination.low ^ secret.second)
        state = HashSecret.fold(state ^ source.high ^ secret.first, destination.high ^ secret.second)
        let tags = UInt64(vlan.outer) << 16 | UInt64(vlan.inner)
        let rest = UInt64(identification) << 32 | tags
        return HashSecret.fold(state ^ rest ^ secret.first, (UInt64(`protocol`) << 48) ^ secret.second)
    }
}
