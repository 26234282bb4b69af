/// Why octets of a TLS connection cannot be read although secrets of it are known.
package enum TLSLoss: Equatable, Sendable {
    /// They are missing, or so much before them is that their place is not known.
    case gap
    /// They do not prove to be what was sent.
    case damaged
    /// The secrets that are known are not those of the connection, or not of this part of it.
    case noKey
    /// They are protected in a way that cannot be undone here.
    case cipher
    /// What must be known of the handshake was not seen.
    case midstream
}
