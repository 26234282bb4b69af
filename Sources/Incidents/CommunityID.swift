import Crypto
package import Wire

/// The Community ID of a flow, version 1: the same text in every tool that saw it.
///
/// `1:` and the base64 of SHA-1 over, in network order,
///
///     +------+---------------+---------------+----------+---------+------+------+
///     | seed | smaller address | other address | protocol | padding | port | port |
///     |  2   |     4 or 16     |    4 or 16    |    1     |  1 (0)  |  2   |  2   |
///     +------+---------------+---------------+----------+---------+------+------+
///
/// <https://github.com/corelight/community-id-spec>. The endpoint with the smaller address, then the smaller port, comes
/// first, so both directions agree.
package enum CommunityID {
    /// The text for a flow of TCP, UDP or another protocol with ports; seed 0 is everyone's default.
    package static func text(
        source: SocketAddress,
        destination: SocketAddress,
        protocol number: UInt8,
        seed: UInt16 = 0
    ) -> String {
        let forward =
            source.address == destination.address
            ? source.port <= destination.port : source.address < destination.address
        let (first, second) = forward ? (source, destination) : (destination, source)
        var octets: [UInt8] = [UInt8(seed >> 8), UInt8(seed & 0xFF)]
        octets += first.address.octets
        octets += second.address.octets
        octets += [number, 0]
        for port in [first.port, second.port] { octets += [UInt8(port >> 8), UInt8(port & 0xFF)] }
        return "1:" + Base64Text.encode(Array(Insecure.SHA1.hash(data: octets)))
    }
}

/// Base64 with padding, RFC 4648 § 4.
enum Base64Text {
    static func encode(_ octets: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            var bits: UInt32 = 0
            for octet in group { bits = bits << 8 | UInt32(octet) }
            bits <<= UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let value = Int(bits >> UInt32(18 - 6 * place) & 63)
                text.append(place <= group.count ? alphabet[value] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
