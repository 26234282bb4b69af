/// The number of a hello's extension (IANA, TLS ExtensionType Values).
package struct TLSExtensionType: RawRepresentable, Hashable, Sendable {
    /// The two octets on the wire.
    package let rawValue: UInt16

    /// Any extension, known or not.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// RFC 6066 § 3, Server Name Indication.
    package static let serverName = TLSExtensionType(rawValue: 0)
    /// RFC 8446 § 4.2.3, Signature Algorithms.
    package static let signatureAlgorithms = TLSExtensionType(rawValue: 13)
    /// RFC 7301, Application-Layer Protocol Negotiation.
    package static let alpn = TLSExtensionType(rawValue: 16)
    /// RFC 7366, Encrypt-then-MAC.
    package static let encryptThenMAC = TLSExtensionType(rawValue: 22)
    /// RFC 8446 § 4.2.11, Pre-Shared Key Extension.
    package static let preSharedKey = TLSExtensionType(rawValue: 41)
    /// RFC 8446 § 4.2.10, Early Data Indication.
    package static let earlyData = TLSExtensionType(rawValue: 42)
    /// RFC 8446 § 4.2.1, Supported Versions.
    package static let supportedVersions = TLSExtensionType(rawValue: 43)
    /// RFC 9849, Encrypted Client Hello.
    package static let encryptedClientHello = TLSExtensionType(rawValue: 0xFE0D)
}
