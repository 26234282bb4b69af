/// What an IP packet carries.
@usableFromInline
package enum Transport: Hashable, Sendable {
    /// A TCP segment.
    case tcp(TCPFields)
    /// A UDP datagram.
    case udp(UDPFields)
    /// Anything else, by its IP protocol number; the payload is the IP payload.
    case other(protocol: UInt8)
    /// A piece of a fragmented packet; the payload is the piece, whose first octets need not be a header.
    case fragment(FragmentFields)
}
