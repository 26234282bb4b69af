/// The bounds within which HTTP/1 is read.
package struct HTTP1Limits: Equatable, Sendable {
    /// The longest head, request line and blank line included, in octets.
    package var headOctets = 65_536
    /// The longest trailer section in octets.
    package var trailerOctets = 65_536
    /// The longest chunk-size line, extensions included, in octets.
    package var chunkLineOctets = 16_384
    /// The longest method token in octets.
    package var methodOctets = 32

    /// The default bounds.
    package init() {}
}
