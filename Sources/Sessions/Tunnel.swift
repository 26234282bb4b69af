package import Wire

/// Where a proxy was asked to connect to: what a CONNECT or a SOCKS request named.
package struct Tunnel: Hashable, Sendable {
    /// The named host.
    package let host: Hostname
    /// The named port; 0 when none was.
    package let port: UInt16

    /// Joins a host and a port.
    package init(host: Hostname, port: UInt16) {
        self.host = host
        self.port = port
    }
}
