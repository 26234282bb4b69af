/// What a pcapng Decryption Secrets Block holds, kept as it stands in the file.
package struct CaptureSecrets: Hashable, Sendable {
    /// What the octets are: 0x544C534B is a TLS key log in NSS format.
    package let type: UInt32
    /// The secrets, without padding.
    package let octets: [UInt8]

    /// Joins the parts.
    package init(type: UInt32, octets: [UInt8]) {
        self.type = type
        self.octets = octets
    }

    /// The type of a TLS key log.
    package static let tlsKeyLog: UInt32 = 0x544C_534B
}
