internal import Crypto
internal import FoundationEssentials

/// Tells whether a Retry comes from who has seen the client's first packet (RFC 9001 § 5.8, Retry Packet Integrity;
/// RFC 9369 § 3.3.3).
enum QUICRetry {
    /// Whether the tag at the end of a Retry is right for the id that the client's first packet went to.
    static func isGenuine(_ packet: [UInt8], original: [UInt8], version: QUICVersion) -> Bool {
        guard packet.count > QUICPacketHeader.retryTag, original.count <= QUICPacketHeader.longestID else {
            return false
        }
        let (key, vector) = version == .v2 ? second : first
        let pseudo = [UInt8(truncatingIfNeeded: original.count)] + original + packet.dropLast(QUICPacketHeader.retryTag)
        guard let nonce = try? AES.GCM.Nonce(data: vector),
            let sealed = try? AES.GCM.seal(
                Data(),
                using: SymmetricKey(data: key),
                nonce: nonce,
                authenticating: pseudo
            )
        else { return false }
        return Array(sealed.tag) == Array(packet.suffix(QUICPacketHeader.retryTag))
    }

    /// Key and nonce of version 1.
    private static let first: ([UInt8], [UInt8]) = (
        [0xBE, 0x0C, 0x69, 0x0B, 0x9F, 0x66, 0x57, 0x5A, 0x1D, 0x76, 0x6B, 0x54, 0xE3, 0x68, 0xC8, 0x4E],
        [0x46, 0x15, 0x99, 0xD3, 0x5D, 0x63, 0x2B, 0xF2, 0x23, 0x98, 0x25, 0xBB]
    )
    /// Key and nonce of version 2.
    private static let second: ([UInt8], [UInt8]) = (
        [0x8F, 0xB4, 0xB0, 0x1B, 0x56, 0xAC, 0x48, 0xE2, 0x60, 0xFB, 0xCB, 0xCE, 0xAD, 0x7C, 0xCC, 0x92],
        [0xD8, 0x69, 0x69, 0xBC, 0x2D, 0x7C, 0x6D, 0x99, 0x90, 0xEF, 0xB0, 0x4A]
    )
}
