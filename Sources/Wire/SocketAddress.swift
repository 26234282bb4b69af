/// An IP address with a TCP or UDP port.
@usableFromInline
package struct SocketAddress: Hashable, Sendable {
    /// The host's address.
    @usableFromInline package let address: IPAddress
    /// The port, in host byte order.
    @usableFromInline package let port: UInt16

    /// Joins an address and a port.
    @inlinable
    package init(_ address: IPAddress, _ port: UInt16) {
        self.address = address
        self.port = port
    }
}

extension SocketAddress: CustomStringConvertible {
    /// `192.0.2.1:443` or `[2001:db8::1]:443`.
    @usableFromInline
    package var description: String { address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)" }
}
