/// A version of QUIC as long headers carry it.
package struct QUICVersion: RawRepresentable, Hashable, Sendable {
    /// The four octets on the wire.
    package let rawValue: UInt32

    /// Any version, known or not.
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Version 1 (RFC 9000).
    package static let v1 = QUICVersion(rawValue: 1)
    /// Version 2 (RFC 9369), which differs in numbers and labels only.
    package static let v2 = QUICVersion(rawValue: 0x6B33_43CF)
    /// What a server's list of its versions has in place of one (RFC 8999 § 6, Version Negotiation).
    package static let negotiation = QUICVersion(rawValue: 0)

    /// The versions whose packets are read.
    package static let known = [v1, v2]

    /// Whether packets of the version are read.
    package var isKnown: Bool { self == .v1 || self == .v2 }

    /// What initial secrets are extracted with (RFC 9001 § 5.2, Initial Secrets; RFC 9369 § 3.3.1).
    var initialSalt: [UInt8] {
        self == .v2
            ? [
                0x0D, 0xED, 0xE3, 0xDE, 0xF7, 0x00, 0xA6, 0xDB, 0x81, 0x93, 0x81, 0xBE, 0x6E, 0x26, 0x9D, 0xCB, 0xF9,
                0xBD, 0x2E, 0xD9,
            ]
            : [
                0x38, 0x76, 0x2C, 0xF7, 0xF5, 0x59, 0x34, 0xB3, 0x4D, 0x17, 0x9A, 0xE6, 0xA4, 0xC8, 0x0C, 0xAD, 0xCC,
                0xBB, 0x7F, 0x0A,
            ]
    }

    /// The label of a key: `quic key`, and `quicv2 key` in version 2 (RFC 9001 § 5.1; RFC 9369 § 3.3.2).
    func label(_ name: String) -> String { (self == .v2 ? "quicv2 " : "quic ") + name }

    /// What the two type bits of a long header say (RFC 9000 § 17.2; RFC 9369 § 3.2).
    func packetType(bits: UInt8) -> QUICPacketType {
        switch (bits &+ (self == .v2 ? 3 : 0)) & 3 {
        case 0: .initial
        case 1: .zeroRTT
        case 2: .handshake
        default: .retry
        }
    }
}

/// What a packet with a long header is for.
package enum QUICPacketType: Sendable, Hashable {
    /// The two hellos, protected by keys that anyone can derive.
    case initial
    /// What a client sends before the server has answered.
    case zeroRTT
    /// The rest of the handshake.
    case handshake
    /// A server's demand that the client begin again with a token.
    case retry
}
