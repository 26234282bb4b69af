package import SecureTransport

/// TLS around a stream that is decrypted, or QUIC around several, and what both sides said of themselves.
package struct SecureLayer: Sendable {
    /// The client's greeting.
    package let hello: ClientHello
    /// The JA4 fingerprint of the greeting.
    package let ja4: String
    /// The server's greeting; nil where it was not seen.
    package internal(set) var greeting: ServerHello?
    /// The protocol that the server chose; nil where it chose none or that could not be read.
    package internal(set) var serverALPN: String?
    /// Tunnels around this layer.
    let tunnelDepth: Int

    init(hello: ClientHello, greeting: ServerHello?, tunnelDepth: Int, transport: JA4.Transport = .tcp) {
        self.hello = hello
        self.greeting = greeting
        self.tunnelDepth = tunnelDepth
        ja4 = JA4.fingerprint(of: hello, transport: transport)
        serverALPN = greeting?.alpn
    }
}
