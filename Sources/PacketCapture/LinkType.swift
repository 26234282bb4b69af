/// What a captured frame begins with, by the registry of link-layer header types that pcap and pcapng files use.
///
/// The numbers are the files' `LINKTYPE_` values (draft-ietf-opsawg-pcaplinktype), not libpcap's `DLT_` values, which
/// differ between platforms for a few types; `LiveCapture` translates. Unknown values are carried.
package struct LinkType: RawRepresentable, Hashable, Sendable {
    /// The registered number.
    package let rawValue: UInt32

    /// The type with that number, known to us or not.
    @inlinable
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// BSD loopback: the protocol family as four octets in the capturing host's order, then the packet.
    @inlinable
    package static var null: LinkType { LinkType(rawValue: 0) }
    /// IEEE 802.3 Ethernet, with or without its frame check sequence.
    @inlinable
    package static var ethernet: LinkType { LinkType(rawValue: 1) }
    /// Raw IP, IPv4 or IPv6 by the version nibble.
    @inlinable
    package static var raw: LinkType { LinkType(rawValue: 101) }
    /// Raw IP as files of most platforms' libpcap have it, by its `DLT_` value.
    @inlinable
    package static var bsdRaw: LinkType { LinkType(rawValue: 12) }
    /// Raw IP as OpenBSD's files have it, by its `DLT_` value.
    @inlinable
    package static var openBSDRaw: LinkType { LinkType(rawValue: 14) }
    /// OpenBSD loopback: the protocol family as four octets in network order, then the packet.
    @inlinable
    package static var loop: LinkType { LinkType(rawValue: 108) }
    /// Linux "cooked" capture, version 1.
    @inlinable
    package static var linuxSLL: LinkType { LinkType(rawValue: 113) }
    /// Raw IPv4.
    @inlinable
    package static var ipv4: LinkType { LinkType(rawValue: 228) }
    /// Raw IPv6.
    @inlinable
    package static var ipv6: LinkType { LinkType(rawValue: 229) }
    /// Linux "cooked" capture, version 2.
    @inlinable
    package static var linuxSLL2: LinkType { LinkType(rawValue: 276) }
}

extension LinkType: CustomStringConvertible {
    /// The registry's name in lower case, or `link type 147`.
    package var description: String {
        switch self {
        case .null: "null"
        case .ethernet: "ethernet"
        case .raw, .bsdRaw, .openBSDRaw: "raw"
        case .loop: "loop"
        case .linuxSLL: "linux_sll"
        case .ipv4: "ipv4"
        case .ipv6: "ipv6"
        case .linuxSLL2: "linux_sll2"
        default: "link type \(rawValue)"
        }
    }
}
