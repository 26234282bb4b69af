/// Tells whether a datagram looks like QUIC.
package enum QUICProbe {
    /// Whether a datagram begins with a long header of QUIC, as the first of a connection does (RFC 8999 § 5.1, Long Header).
    ///
    /// ```text
    /// form 1 bit (1) | fixed 1 bit (1) | type-specific 6 bits | version 4 | length 1 | destination id | length 1 | source id
    /// ```
    /// - Note: The fixed bit is not part of what all versions have in common, but of all that are in use (RFC 9000 § 17.2),
    ///   and the ids are at most 20 octets in these.
    package static func hasLongHeader(_ octets: Span<UInt8>) -> Bool {
        guard octets.count >= 7, octets[0] & 0xC0 == 0xC0 else { return false }
        let hasVersion = octets[1] != 0 || octets[2] != 0 || octets[3] != 0 || octets[4] != 0
        let destination = Int(octets[5])
        guard hasVersion, destination <= 20, octets.count > 6 + destination else { return false }
        let source = Int(octets[6 + destination])
        return source <= 20 && octets.count >= 7 + destination + source
    }
}
