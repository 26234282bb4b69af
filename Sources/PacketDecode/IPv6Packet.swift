package import Wire

/// An IPv6 packet, its extension headers passed over (RFC 8200 § 3, IPv6 Header Format; § 4, Extension Headers).
///
/// ```text
/// version 4 bits | class 8 bits | flow label 20 bits | payload length 2 | next header 1 | hop limit 1
/// source 16 | destination 16 | extension headers
/// ```
package struct IPv6Packet: ~Escapable {
    /// Who sent the packet.
    package let source: IPAddress
    /// To whom it goes.
    package let destination: IPAddress
    /// What the payload is: the first next-header value that names no extension header we pass over.
    package let `protocol`: UInt8
    /// Which piece of which packet this is; nil for a whole one, and for an atomic fragment (RFC 6946), which is whole.
    package let fragment: FragmentFields?
    /// The captured payload after the extension headers, the padding of the layer below cut off.
    package let payload: Span<UInt8>
    /// Payload octets on the wire that were not captured.
    package let missing: Int

    /// How many extension headers a packet may have; ordinary ones have at most three.
    package static let extensionLimit = 8

    /// Reads the header and passes over the extension headers; `wireLength` is how many octets `bytes` had on the wire.
    ///
    /// - Throws: `.truncated`, `.badVersion`, `.badLength` and `.tooDeep(.ipv6Extension)`.
    @inline(__always)
    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>, wireLength: Int) throws(PacketError) {
        guard bytes.count >= 40 else { throw .truncated(.ipv6) }
        guard bytes[0] >> 4 == 6 else { throw .badVersion }
        let totalLength = IPv6Packet.totalLength(bytes, wireLength: wireLength)
        guard totalLength <= wireLength else { throw .badLength(.ipv6) }
        source = IPAddress(ipv6High: bytes.uint64(at: 8), low: bytes.uint64(at: 16))
        destination = IPAddress(ipv6High: bytes.uint64(at: 24), low: bytes.uint64(at: 32))
        let end = min(totalLength, bytes.count)
        let chain = try ExtensionChain(
            after: bytes[6],
            in: bytes.extracting(0..<end),
            from: 40,
            totalLength: totalLength
        )
        `protocol` = chain.protocol
        fragment = chain.fragment
        payload = bytes.extracting(chain.length..<end)
        missing = totalLength - end
    }

    /// Octets of the packet as it says: 40 and the payload length, or a jumbogram's own (RFC 2675 § 2).
    ///
    /// - Note: With no payload length at all, a packet too large to say one is taken whole: Linux captures its own
    ///   large segments so, before the network card cuts them.
    private static func totalLength(_ bytes: Span<UInt8>, wireLength: Int) -> Int {
        let stated = Int(bytes.uint16(at: 4))
        if stated > 0 { return 40 + stated }
        if bytes[6] == 0, bytes.count >= 48, bytes[42] == 0xC2, bytes[43] == 4 { return 40 + Int(bytes.uint32(at: 44)) }
        return wireLength > 40 + 0xFFFF ? wireLength : 40
    }

    /// Where the extension headers end and what follows them.
    struct ExtensionChain {
        private(set) var `protocol`: UInt8
        private(set) var fragment: FragmentFields?
        private(set) var length: Int

        /// Passes over the headers at `start`, the first of which is a `next`, up to a piece of a packet.
        init(
            after next: UInt8,
            in bytes: Span<UInt8>,
            from start: Int,
            totalLength: Int
        ) throws(PacketError) {
            `protocol` = next
            length = start
            var count = 0
            while let unit = ExtensionChain.unit(`protocol`) {
                count += 1
                guard count <= IPv6Packet.extensionLimit else { throw .tooDeep(.ipv6Extension) }
                guard totalLength - length >= 8 else { throw .badLength(.ipv6Extension) }
                guard bytes.count - length >= 8 else { throw .truncated(.ipv6Extension) }
                let isFragmentHeader = `protocol` == 44
                let octets =
                    switch unit {
                    case .eight: isFragmentHeader ? 8 : (Int(bytes[length + 1]) + 1) * 8
                    // RFC 4302 § 2.2: in units of four octets, minus two.
                    case .four: (Int(bytes[length + 1]) + 2) * 4
                    }
                guard octets <= totalLength - length else { throw .badLength(.ipv6Extension) }
                guard octets <= bytes.count - length else { throw .truncated(.ipv6Extension) }
                `protocol` = bytes[length]
                let position = length
                length += octets
                guard isFragmentHeader else { continue }
                let field = bytes.uint16(at: position + 2)
                guard field & 0xFFF9 != 0 else { continue }
                fragment = FragmentFields(
                    protocol: `protocol`,
                    identification: bytes.uint32(at: position + 4),
                    offset: Int(field & 0xFFF8),
                    hasMore: field & 1 == 1
                )
                return
            }
        }

        /// In which units an extension header states its length.
        private enum Unit { case eight, four }

        @inline(__always)
        private static func unit(_ next: UInt8) -> Unit? {
            switch next {
            case 6, 17: nil
            // Hop-by-hop, routing, fragment, destination, mobility, host identity, shim6.
            case 0, 43, 44, 60, 135, 139, 140: .eight
            // Authentication.
            case 51: .four
            default: nil
            }
        }
    }
}
