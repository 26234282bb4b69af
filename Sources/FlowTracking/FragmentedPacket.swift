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

    /// A hash that a sender who does not know the seed cannot aim.
    func hash(seed: UInt64) -> UInt64 {
        let secret = FlowKey.fold(seed ^ 0x9E37_79B9_7F4A_7C15, 0x8EBC_6AF0_9C88_C6E3) | 1 << 63
        var state = FlowKey.fold(source.low ^ secret, destination.low ^ 0xA076_1D64_78BD_642F)
        state = FlowKey.fold(state ^ source.high ^ secret, destination.high ^ 0xE703_7ED1_A0B4_28DB)
        let tags = UInt64(vlan.outer) << 16 | UInt64(vlan.inner)
        let rest = UInt64(identification) << 32 | tags
        return FlowKey.fold(state ^ rest ^ secret, (UInt64(`protocol`) << 56) ^ 0x5899_65CC_7537_4CC3)
    }
}
