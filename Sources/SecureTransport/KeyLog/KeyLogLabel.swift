/// What a line of a key log is the secret of: the labels of NSS's format that decryption needs, or that it knows.
///
/// QUIC uses those of TLS 1.3.
package enum KeyLogLabel: UInt8, CaseIterable, Sendable {
    /// The master secret of TLS 1.2 and before, named by the client's random octets.
    case masterSecret
    /// What early data is protected with (RFC 8446 § 7.1, Key Schedule).
    case clientEarlyTraffic
    /// The client's handshake messages.
    case clientHandshakeTraffic
    /// The server's handshake messages.
    case serverHandshakeTraffic
    /// The client's application data, until its first key update.
    case clientTraffic
    /// The server's application data, until its first key update.
    case serverTraffic
    /// Exported keying material, which protects no record.
    case exporter
    /// Exported keying material of early data, which protects no record.
    case earlyExporter

    /// The label as it stands in a key log.
    package var text: String {
        switch self {
        case .masterSecret: "CLIENT_RANDOM"
        case .clientEarlyTraffic: "CLIENT_EARLY_TRAFFIC_SECRET"
        case .clientHandshakeTraffic: "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
        case .serverHandshakeTraffic: "SERVER_HANDSHAKE_TRAFFIC_SECRET"
        case .clientTraffic: "CLIENT_TRAFFIC_SECRET_0"
        case .serverTraffic: "SERVER_TRAFFIC_SECRET_0"
        case .exporter: "EXPORTER_SECRET"
        case .earlyExporter: "EARLY_EXPORTER_SECRET"
        }
    }

    /// Whether records can be opened with it.
    package var protectsRecords: Bool { rawValue < KeyLogLabel.exporter.rawValue }

    /// Whether a secret can have so many octets: 48 before TLS 1.3, else what the cipher suite's hash gives.
    package func fits(octets: Int) -> Bool {
        self == .masterSecret ? octets == 48 : octets == 32 || octets == 48
    }
}
