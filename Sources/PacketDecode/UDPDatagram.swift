/// A UDP datagram (RFC 768).
///
/// ```text
/// source port 2 | destination port 2 | length 2 | checksum 2 | payload
/// ```
package struct UDPDatagram: ~Escapable {
    /// The header's fields.
    package let fields: UDPFields
    /// The captured payload, cut to the length that the header states.
    package let payload: Span<UInt8>
    /// Payload octets on the wire that were not captured.
    package let missing: Int

    /// Reads the header; `missing` is how many octets after `bytes` the snap length cut.
    ///
    /// - Throws: `.truncated(.udp)`, `.badLength(.udp)`.
    /// - Note: A length of 0 means all there is, as in a jumbogram (RFC 2675 § 4).
    @inline(__always)
    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>, missing: Int) throws(PacketError) {
        guard bytes.count >= 8 else { throw .truncated(.udp) }
        let wireLength = bytes.count + missing
        let stated = Int(bytes.uint16(at: 4))
        let length = stated == 0 ? wireLength : stated
        guard length >= 8, length <= wireLength else { throw .badLength(.udp) }
        fields = UDPFields(sourcePort: bytes.uint16(at: 0), destinationPort: bytes.uint16(at: 2))
        let end = min(length, bytes.count)
        payload = bytes.extracting(8..<end)
        self.missing = length - end
    }
}
