package import SecureTransport

/// TLS around a stream that is decrypted, and what both sides said of themselves.
package struct SecureLayer: Sendable {
    /// The client's greeting.
    package let hello: ClientHello
    /// The JA4 fingerprint of the greeting.
    package let ja4: String
    /// The server's greeting; nil where it was not seen.
    package let greeting: ServerHello?
    /// The protocol that the server chose; nil where it chose none or that could not be read.
    package internal(set) var serverALPN: String?
    /// Tunnels around this layer.
    let tunnelDepth: Int

    init(hello: ClientHello, greeting: ServerHello?, tunnelDepth: Int) {
        self.hello = hello
        self.greeting = greeting
        self.tunnelDepth = tunnelDepth
        ja4 = hello.ja4
        serverALPN = greeting?.alpn
    }
}
