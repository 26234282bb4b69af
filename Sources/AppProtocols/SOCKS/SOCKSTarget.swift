package import Wire

/// Whom a SOCKS client asks its proxy to connect it to.
package struct SOCKSTarget: Hashable, Sendable {
    /// The host: a name (SOCKS4a, SOCKS5) or an address.
    package let host: Hostname
    /// The port, in host byte order.
    package let port: UInt16
    /// The protocol version: 4 (4a included) or 5.
    package let version: UInt8

    /// Names a host and a port asked for in a version of SOCKS.
    package init(host: Hostname, port: UInt16, version: UInt8) {
        self.host = host
        self.port = port
        self.version = version
    }
}

/// Why a SOCKS connection is not followed.
package enum SOCKSError: Error, Equatable, Sendable {
    /// The version is neither 4 nor 5, or changes on the way.
    case version
    /// The command is not CONNECT.
    case command
    /// GSSAPI or another method that wraps what follows.
    case method
    /// The address is of no known type or no host.
    case address
    /// A message exceeded what SOCKS permits.
    case tooLong
    /// Octets are missing in the negotiation.
    case gap
}

extension SOCKSError: CustomStringConvertible {
    /// One phrase for a counter or a log line.
    package var description: String {
        switch self {
        case .version: "unknown SOCKS version"
        case .command: "SOCKS command other than CONNECT"
        case .method: "SOCKS authentication method that wraps the stream"
        case .address: "unreadable SOCKS address"
        case .tooLong: "SOCKS message too long"
        case .gap: "octets missing in the SOCKS negotiation"
        }
    }
}
