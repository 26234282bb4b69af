/// Cuts IP packets into fragments, as a router or a sender does (RFC 791 § 3.2; RFC 8200 § 4.5).
package enum IPFragmenter {
    /// The frames of a frame's packet in pieces of `size` octets of payload, a multiple of eight; the last may be shorter.
    ///
    /// `linkLength` octets before the packet are repeated before each piece. A packet that fits stays as it is.
    package static func fragments(
        of frame: [UInt8],
        linkLength: Int,
        size: Int,
        identification: UInt32
    ) -> [[UInt8]] {
        let link = Array(frame[..<linkLength])
        let packet = Array(frame[linkLength...])
        let isIPv4 = packet[0] >> 4 == 4
        let headerLength = isIPv4 ? Int(packet[0] & 15) * 4 : 40
        let payload = Array(packet[headerLength...])
        guard payload.count > size else { return [frame] }
        return stride(from: 0, to: payload.count, by: size).map { start in
            let piece = Array(payload[start..<min(start + size, payload.count)])
            let field = UInt16(truncatingIfNeeded: start) | (start + size < payload.count ? 1 : 0)
            let header = Array(packet[..<headerLength])
            return link
                + (isIPv4
                    ? ipv4(header, piece, field, identification) : ipv6(header, piece, field, identification))
        }
    }

    /// `field` has the offset in its upper 13 bits and "more fragments" in its lowest.
    private static func ipv4(_ header: [UInt8], _ piece: [UInt8], _ field: UInt16, _ identification: UInt32) -> [UInt8]
    {
        var header = header
        put(UInt16(truncatingIfNeeded: header.count + piece.count), at: 2, &header)
        put(UInt16(truncatingIfNeeded: identification), at: 4, &header)
        put(field >> 3 | field << 13, at: 6, &header)
        put(0, at: 10, &header)
        put(PacketBuilder.checksum(header), at: 10, &header)
        return header + piece
    }

    private static func ipv6(_ header: [UInt8], _ piece: [UInt8], _ field: UInt16, _ identification: UInt32) -> [UInt8]
    {
        var header = header
        var extra: [UInt8] = [header[6], 0, 0, 0, 0, 0, 0, 0]
        put(field, at: 2, &extra)
        put(UInt16(truncatingIfNeeded: identification >> 16), at: 4, &extra)
        put(UInt16(truncatingIfNeeded: identification), at: 6, &extra)
        header[6] = 44
        put(UInt16(truncatingIfNeeded: 8 + piece.count), at: 4, &header)
        return header + extra + piece
    }

    private static func put(_ value: UInt16, at index: Int, _ octets: inout [UInt8]) {
        octets[index] = UInt8(truncatingIfNeeded: value >> 8)
        octets[index + 1] = UInt8(truncatingIfNeeded: value)
    }
}
