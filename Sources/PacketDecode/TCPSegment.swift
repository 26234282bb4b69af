/// A TCP segment (RFC 9293 § 3.1, Header Format).
///
/// ```text
/// source port 2 | destination port 2 | sequence 4 | acknowledgement 4
/// data offset 4 bits | reserved 4 bits | flags 1 | window 2 | checksum 2 | urgent pointer 2 | options | payload
/// ```
package struct TCPSegment: ~Escapable {
    /// The header's fields.
    package let fields: TCPFields
    /// The captured payload.
    package let payload: Span<UInt8>
    /// Payload octets on the wire that were not captured.
    package let missing: Int

    /// Reads the header; `missing` is how many octets after `bytes` the snap length cut.
    ///
    /// - Throws: `.truncated(.tcp)`, `.badLength(.tcp)`.
    /// - Note: A header whose options the snap length cut is read as far as it goes, so that the payload is known to be
    ///   missing rather than forgotten.
    @inline(__always)
    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>, missing: Int) throws(PacketError) {
        guard bytes.count >= 20 else { throw .truncated(.tcp) }
        let headerLength = Int(bytes[12] >> 4) * 4
        guard headerLength >= 20, headerLength <= bytes.count + missing else { throw .badLength(.tcp) }
        let start = min(headerLength, bytes.count)
        fields = TCPFields(
            sourcePort: bytes.uint16(at: 0),
            destinationPort: bytes.uint16(at: 2),
            sequence: bytes.uint32(at: 4),
            acknowledgement: bytes.uint32(at: 8),
            flags: TCPFlags(rawValue: bytes[13]),
            window: bytes.uint16(at: 14),
            options: start == 20 ? TCPOptions() : TCPOptions(bytes.extracting(20..<start))
        )
        payload = bytes.extracting(start..<bytes.count)
        self.missing = missing - (headerLength - start)
    }
}

extension TCPOptions {
    /// Reads options up to the first that is malformed; those before it count (RFC 9293 § 3.2, Specific Option
    /// Definitions).
    init(_ bytes: Span<UInt8>) {
        self.init()
        // The usual form of every segment after the handshake: two no-operations and the timestamps (RFC 7323 § A).
        if bytes.count == 12, bytes.uint32(at: 0) == 0x0101_080A {
            timestamp = TCPTimestamp(value: bytes.uint32(at: 4), echo: bytes.uint32(at: 8))
            return
        }
        var position = 0
        while position < bytes.count {
            let kind = bytes[position]
            if kind == 0 { return }
            if kind == 1 {
                position += 1
                continue
            }
            guard bytes.count - position >= 2 else { return }
            let length = Int(bytes[position + 1])
            guard length >= 2, length <= bytes.count - position else { return }
            switch (kind, length) {
            case (2, 4): maximumSegmentSize = bytes.uint16(at: position + 2)
            case (3, 3): windowScale = bytes[position + 2]
            case (4, 2): isSACKPermitted = true
            case (8, 10):
                timestamp = TCPTimestamp(value: bytes.uint32(at: position + 2), echo: bytes.uint32(at: position + 6))
            default: break
            }
            position += length
        }
    }
}
