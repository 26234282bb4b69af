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

    /// Whether a datagram may begin a connection that can be read: a long header of a version that is known, or of one that
    /// the server will not know either, in a datagram of a size that first ones have.
    ///
    /// - Note: First datagrams have 1200 octets (RFC 9000 § 14.1, Initial Datagram Size); shorter ones are looked at, too,
    ///   for the snap length may have cut them.
    package static func mayBegin(_ octets: Span<UInt8>) -> Bool {
        guard octets.count >= 64, hasLongHeader(octets) else { return false }
        return isKnown(octets) || octets.count >= 1_200
    }

    /// Whether the version of a long header is one whose packets can be read.
    package static func isKnown(_ octets: Span<UInt8>) -> Bool {
        guard octets.count >= 5, octets[0] & 0x80 != 0 else { return false }
        let version = QUICVersion(
            rawValue: UInt32(octets[1]) << 24 | UInt32(octets[2]) << 16 | UInt32(octets[3]) << 8 | UInt32(octets[4])
        )
        return version.isKnown
    }
}
