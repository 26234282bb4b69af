/// A cipher suite: how records are protected, and by which hash keys are derived (IANA, TLS Cipher Suites).
package struct TLSCipherSuite: RawRepresentable, Hashable, Sendable {
    /// The two octets on the wire.
    package let rawValue: UInt16

    /// Any suite, known or not.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The suites of TLS 1.3 (RFC 8446 § B.4), in the order of their numbers.
    package static let tls13 = (0x1301...0x1305).map { TLSCipherSuite(rawValue: $0) }

    /// Whether the suite is one of TLS 1.3.
    package var isTLS13: Bool { rawValue >> 8 == 0x13 }

    /// How records are protected; nil when they cannot be opened here.
    ///
    /// The exchange of keys does not matter, for key logs hold what comes of it.
    package var cipher: TLSBulkCipher? { TLSCipherSuite.table[rawValue]?.cipher }

    /// The hash of the key derivation in TLS 1.2 and 1.3.
    package var hash: TLSHash { TLSCipherSuite.table[rawValue]?.hash ?? .sha256 }

    /// Suites by how they protect records; each list names the exchanges for which the suite is registered.
    private static let families: [(TLSBulkCipher, TLSHash, [UInt16])] = [
        // RFC 5288, RFC 5289, RFC 5487, RFC 8442, RFC 8446
        (
            .aesGCM(key: 16), .sha256,
            [
                0x009C, 0x009E, 0x00A0, 0x00A2, 0x00A4, 0x00A6, 0x00A8, 0x00AA, 0x00AC, 0xC02B, 0xC02D, 0xC02F, 0xC031,
                0xD001, 0x1301,
            ]
        ),
        (
            .aesGCM(key: 32), .sha384,
            [
                0x009D, 0x009F, 0x00A1, 0x00A3, 0x00A5, 0x00A7, 0x00A9, 0x00AB, 0x00AD, 0xC02C, 0xC02E, 0xC030, 0xC032,
                0xD002, 0x1302,
            ]
        ),
        // RFC 7905, RFC 8446
        (
            .chaCha20Poly1305, .sha256,
            [0xCCA8, 0xCCA9, 0xCCAA, 0xCCAB, 0xCCAC, 0xCCAD, 0xCCAE, 0x1303]
        ),
        // RFC 6655, RFC 7251, RFC 8442, RFC 8446
        (.aesCCM(key: 16, tag: 16), .sha256, [0xC09C, 0xC09E, 0xC0A4, 0xC0A6, 0xC0AC, 0xD005, 0x1304]),
        (.aesCCM(key: 16, tag: 8), .sha256, [0xC0A0, 0xC0A2, 0xC0A8, 0xC0AA, 0xC0AE, 0xD003, 0x1305]),
        (.aesCCM(key: 32, tag: 16), .sha256, [0xC09D, 0xC09F, 0xC0A5, 0xC0A7, 0xC0AD]),
        (.aesCCM(key: 32, tag: 8), .sha256, [0xC0A1, 0xC0A3, 0xC0A9, 0xC0AB, 0xC0AF]),
        // RFC 3268, RFC 4279, RFC 4492, RFC 5054, RFC 5489
        (
            .aesCBC(key: 16, mac: .sha1), .sha256,
            [
                0x002F, 0x0030, 0x0031, 0x0032, 0x0033, 0x0034, 0x008C, 0x0090, 0x0094, 0xC004, 0xC009, 0xC00E, 0xC013,
                0xC018, 0xC01D, 0xC01E, 0xC01F, 0xC035,
            ]
        ),
        (
            .aesCBC(key: 32, mac: .sha1), .sha256,
            [
                0x0035, 0x0036, 0x0037, 0x0038, 0x0039, 0x003A, 0x008D, 0x0091, 0x0095, 0xC005, 0xC00A, 0xC00F, 0xC014,
                0xC019, 0xC020, 0xC021, 0xC022, 0xC036,
            ]
        ),
        // RFC 5246, RFC 5289, RFC 5487, RFC 5489
        (
            .aesCBC(key: 16, mac: .sha256), .sha256,
            [
                0x003C, 0x003E, 0x003F, 0x0040, 0x0067, 0x006C, 0x00AE, 0x00B2, 0x00B6, 0xC023, 0xC025, 0xC027, 0xC029,
                0xC037,
            ]
        ),
        (.aesCBC(key: 32, mac: .sha256), .sha256, [0x003D, 0x0068, 0x0069, 0x006A, 0x006B, 0x006D]),
        (
            .aesCBC(key: 32, mac: .sha384), .sha384,
            [0x00AF, 0x00B3, 0x00B7, 0xC024, 0xC026, 0xC028, 0xC02A, 0xC038]
        ),
    ]

    private static let table: [UInt16: (cipher: TLSBulkCipher, hash: TLSHash)] = families.reduce(into: [:]) {
        for number in $1.2 { $0[number] = ($1.0, $1.1) }
    }
}

/// A hash that TLS derives keys or message authentication codes with.
package enum TLSHash: Sendable {
    /// SHA-1, 20 octets.
    case sha1
    /// SHA-256, 32 octets.
    case sha256
    /// SHA-384, 48 octets.
    case sha384

    /// The octets of a digest.
    package var octets: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        }
    }
}

/// How a cipher suite protects records; lengths are octets.
package enum TLSBulkCipher: Hashable, Sendable {
    /// AES in Galois/Counter Mode.
    case aesGCM(key: Int)
    /// ChaCha20 with Poly1305.
    case chaCha20Poly1305
    /// AES in Counter Mode with CBC-MAC.
    case aesCCM(key: Int, tag: Int)
    /// AES in Cipher Block Chaining, with a message authentication code of its own.
    case aesCBC(key: Int, mac: TLSHash)

    /// The key's octets.
    package var keyOctets: Int {
        switch self {
        case .aesGCM(let key), .aesCCM(let key, _), .aesCBC(let key, _): key
        case .chaCha20Poly1305: 32
        }
    }

    /// Octets of authentication behind the ciphertext of a cipher that authenticates by itself; nil for CBC.
    package var tagOctets: Int? {
        switch self {
        case .aesGCM, .chaCha20Poly1305: 16
        case .aesCCM(_, let tag): tag
        case .aesCBC: nil
        }
    }
}
