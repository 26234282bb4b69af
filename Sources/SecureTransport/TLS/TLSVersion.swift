/// A protocol version as TLS writes it.
package struct TLSVersion: RawRepresentable, Hashable, Sendable {
    /// The two octets of the version field.
    package let rawValue: UInt16

    /// Any version, known or not.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// SSL 3.0.
    package static let ssl30 = TLSVersion(rawValue: 0x0300)
    /// TLS 1.0 (RFC 2246).
    package static let tls10 = TLSVersion(rawValue: 0x0301)
    /// TLS 1.1 (RFC 4346).
    package static let tls11 = TLSVersion(rawValue: 0x0302)
    /// TLS 1.2 (RFC 5246).
    package static let tls12 = TLSVersion(rawValue: 0x0303)
    /// TLS 1.3 (RFC 8446).
    package static let tls13 = TLSVersion(rawValue: 0x0304)

    /// Whether this is one of the values that clients send to keep servers tolerant (RFC 8701, GREASE).
    package var isGREASE: Bool { GREASE.contains(rawValue) }
}

extension TLSVersion: CustomStringConvertible {
    /// The name that EVE records use, `TLS 1.3`, or the number in hexadecimal.
    package var description: String {
        switch self {
        case .ssl30: "SSLv3"
        case .tls10: "TLSv1"
        case .tls11: "TLS 1.1"
        case .tls12: "TLS 1.2"
        case .tls13: "TLS 1.3"
        default: "0x" + String(rawValue, radix: 16)
        }
    }
}

/// The reserved values of RFC 8701, Applying GREASE to TLS Extensibility.
package enum GREASE {
    /// Whether a cipher suite, extension, group, algorithm or version is `0x0A0A`, `0x1A1A`, … `0xFAFA`.
    package static func contains(_ value: UInt16) -> Bool { value & 0x0F0F == 0x0A0A && value >> 8 == value & 0xFF }
}
