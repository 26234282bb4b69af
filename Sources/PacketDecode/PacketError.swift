package import PacketCapture

/// Why a frame gave no IP packet.
package enum PacketError: Error, Hashable, Sendable {
    /// The captured octets end within the named header.
    case truncated(Header)
    /// A length field of the named header contradicts the octets around it.
    case badLength(Header)
    /// The IP version is not the one that the layer below announced.
    case badVersion
    /// The frame carries something else than IP, such as ARP or an IEEE 802.3 length; the value is its EtherType field.
    case notIP(UInt16)
    /// More VLAN tags than two, IPv6 extension headers than eight, or tunnels than four.
    case tooDeep(Header)
    /// The capture's link type is not one we read.
    case unsupportedLinkType(LinkType)

    /// The headers that an error can name.
    package enum Header: String, Sendable {
        /// The Ethernet, loopback or cooked header.
        case link
        /// An 802.1Q or 802.1ad tag.
        case vlan
        /// The IPv4 header with its options.
        case ipv4
        /// The IPv6 header.
        case ipv6
        /// An IPv6 extension header.
        case ipv6Extension
        /// The TCP header with its options.
        case tcp
        /// The UDP header.
        case udp
        /// The VXLAN header.
        case vxlan
    }
}

extension PacketError: CustomStringConvertible {
    /// Such as `truncated tcp header`.
    package var description: String {
        switch self {
        case .truncated(let header): "truncated \(header.rawValue) header"
        case .badLength(let header): "a length in the \(header.rawValue) header contradicts the frame"
        case .badVersion: "the IP version contradicts the layer below"
        case .notIP(let type): "EtherType 0x\(String(type, radix: 16)) is not IP"
        case .tooDeep(let header): "too many \(header.rawValue) headers"
        case .unsupportedLinkType(let type): "\(type) is not supported"
        }
    }
}
