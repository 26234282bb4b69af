/// The EtherTypes that the decoder follows; others are errors that name them.
enum EtherType {
    static let ipv4: UInt16 = 0x0800
    static let ipv6: UInt16 = 0x86DD

    /// Whether a VLAN tag follows: 802.1Q, 802.1ad, and the two that QinQ used before it.
    @inline(__always)
    static func isVLAN(_ type: UInt16) -> Bool {
        type == 0x8100 || type == 0x88A8 || type == 0x9100 || type == 0x9200
    }
}
