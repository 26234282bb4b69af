private import Wire

/// What a server chose, as far as it is in clear (RFC 8446 § 4.1.3, Server Hello).
package struct ServerHello: Sendable {
    /// The version in force: of the supported_versions extension, else of the version field.
    package let version: TLSVersion
    /// The cipher suite chosen.
    package let cipherSuite: UInt16
    /// The protocol chosen by ALPN; nil when none was, and in TLS 1.3, where it is encrypted.
    package let alpn: String?
    /// The server's 32 random octets.
    package let random: [UInt8]
    /// Whether this only asks the client for another hello (RFC 8446 § 4.1.4).
    package let isHelloRetryRequest: Bool

    /// Whether the server agreed to authenticate what is encrypted (RFC 7366, Encrypt-then-MAC).
    package let encryptsThenMACs: Bool
    /// Whether the session goes on from an earlier one by a pre-shared key, without which early data is refused.
    package let hasPreSharedKey: Bool

    /// SHA-256 of "HelloRetryRequest", in place of the random octets.
    private static let retryRandom: [UInt8] = [
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ]

    /// Reads the body of a ServerHello message, its four-octet handshake header removed.
    ///
    /// - Throws: `.truncatedHello` when the fields before the extensions are not whole.
    package init(_ body: Span<UInt8>) throws(TLSError) {
        var reader = ByteReader(body)
        guard let legacyVersion = reader.readUInt16(), let random = reader.take(32),
            let sessionLength = reader.readUInt8(), reader.skip(Int(sessionLength)),
            let suite = reader.readUInt16(), reader.skip(1)
        else { throw .truncatedHello }
        cipherSuite = suite
        self.random = Array(copying: random)
        isHelloRetryRequest = self.random == ServerHello.retryRandom
        var version = TLSVersion(rawValue: legacyVersion)
        var alpn: String?
        var encryptsThenMACs = false
        var hasPreSharedKey = false
        if reader.readUInt16() != nil {
            while let number = reader.readUInt16(), let length = reader.readUInt16(),
                let content = reader.take(Int(length))
            {
                var field = ByteReader(content)
                switch TLSExtensionType(rawValue: number) {
                case .supportedVersions: if let chosen = field.readUInt16() { version = TLSVersion(rawValue: chosen) }
                case .alpn:
                    if field.skip(2), let length = field.readUInt8(), let name = field.take(Int(length)) {
                        alpn = alpn ?? ClientHello.printable(name)
                    }
                case .encryptThenMAC: encryptsThenMACs = true
                case .preSharedKey: hasPreSharedKey = true
                default: break
                }
            }
        }
        self.encryptsThenMACs = encryptsThenMACs
        self.hasPreSharedKey = hasPreSharedKey
        self.version = version
        self.alpn = alpn
    }
}
