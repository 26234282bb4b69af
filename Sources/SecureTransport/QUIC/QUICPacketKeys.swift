internal import Crypto
internal import CryptoExtras
internal import FoundationEssentials

/// What protects the packets of one direction on one level, until keys are updated (RFC 9001 § 5, Packet Protection).
struct QUICPacketKeys: Sendable {
    let suite: TLSCipherSuite
    let version: QUICVersion
    private let cipher: TLSBulkCipher
    private let secret: SymmetricKey
    private let key: SymmetricKey
    private let vector: [UInt8]
    private let headerKey: SymmetricKey

    /// Keys from a traffic secret; nil for a suite that cannot protect QUIC or a secret that does not fit it.
    ///
    /// CCM with short tags cannot (RFC 9001 § 5.3, AEAD Usage).
    init?(secret: SymmetricKey, suite: TLSCipherSuite, version: QUICVersion) {
        guard suite.isTLS13, let cipher = suite.cipher, cipher.tagOctets == 16,
            secret.bitCount == suite.hash.octets * 8
        else { return nil }
        self.init(secret, suite, cipher, version, headerKey: nil)
    }

    private init(
        _ secret: SymmetricKey,
        _ suite: TLSCipherSuite,
        _ cipher: TLSBulkCipher,
        _ version: QUICVersion,
        headerKey: SymmetricKey?
    ) {
        func expand(_ name: String, _ octets: Int) -> [UInt8] {
            TLSKeyDerivation.expandLabel(secret, version.label(name), octets: octets, hash: suite.hash)
        }
        self.suite = suite
        self.version = version
        self.cipher = cipher
        self.secret = secret
        key = SymmetricKey(data: expand("key", cipher.keyOctets))
        vector = expand("iv", 12)
        self.headerKey = headerKey ?? SymmetricKey(data: expand("hp", cipher.keyOctets))
    }

    /// The keys of both directions' Initial packets, from the id that the client's first went to (RFC 9001 § 5.2,
    /// Initial Secrets).
    static func initial(
        destination: [UInt8],
        version: QUICVersion
    ) -> (client: QUICPacketKeys, server: QUICPacketKeys)? {
        let salt = SymmetricKey(data: version.initialSalt)
        let common = SymmetricKey(data: Data(HMAC<SHA256>.authenticationCode(for: destination, using: salt)))
        func keys(_ label: String) -> QUICPacketKeys? {
            let secret = TLSKeyDerivation.expandLabel(common, label, octets: 32, hash: .sha256)
            return QUICPacketKeys(secret: SymmetricKey(data: secret), suite: .aes128GCM, version: version)
        }
        guard let client = keys("client in"), let server = keys("server in") else { return nil }
        return (client, server)
    }

    /// The keys after an update, which leaves those of headers as they are (RFC 9001 § 6.1, Initiating a Key Update).
    var next: QUICPacketKeys {
        let following = TLSKeyDerivation.expandLabel(
            secret,
            version.label("ku"),
            octets: suite.hash.octets,
            hash: suite.hash
        )
        return QUICPacketKeys(SymmetricKey(data: following), suite, cipher, version, headerKey: headerKey)
    }

    /// What hides the first octet and the packet number, from 16 octets of ciphertext (RFC 9001 § 5.4.3, § 5.4.4); nil
    /// where it cannot be made.
    func mask(_ sample: ArraySlice<UInt8>) -> [UInt8]? {
        guard sample.count == 16 else { return nil }
        switch cipher {
        case .aesGCM, .aesCCM, .aesCBC:
            var block = Array(sample)
            guard (try? AES.permute(&block, key: headerKey)) != nil else { return nil }
            return block
        case .chaCha20Poly1305:
            let octets = Array(sample)
            let counter = octets[..<4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            guard let nonce = try? Insecure.ChaCha20CTR.Nonce(data: octets[4...]),
                let start = try? Insecure.ChaCha20CTR.Counter(offset: counter),
                let mask = try? Insecure.ChaCha20CTR.encrypt(
                    Array(repeating: UInt8(0), count: 5),
                    using: headerKey,
                    counter: start,
                    nonce: nonce
                )
            else { return nil }
            return Array(mask)
        }
    }

    /// Opens a packet's payload, its tag behind it; nil when it does not prove to be the one of that number.
    func open(_ sealed: ArraySlice<UInt8>, number: UInt64, header: [UInt8]) -> Data? {
        guard sealed.count >= 16 else { return nil }
        switch cipher {
        case .aesGCM:
            guard let box = try? AES.GCM.SealedBox(combined: combined(sealed, number)) else { return nil }
            return try? AES.GCM.open(box, using: key, authenticating: header)
        case .chaCha20Poly1305:
            guard let box = try? ChaChaPoly.SealedBox(combined: combined(sealed, number)) else { return nil }
            return try? ChaChaPoly.open(box, using: key, authenticating: header)
        case .aesCCM:
            let nonce = combined([], number)
            return AESCCM.open(sealed, key: key, nonce: nonce, authenticating: header, tagOctets: 16)
        case .aesCBC: return nil
        }
    }

    /// The nonce, which is the vector with the number laid over its end, and the payload behind it: one copy.
    private func combined(_ sealed: ArraySlice<UInt8>, _ number: UInt64) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(vector.count + sealed.count)
        octets += vector
        for index in 0..<8 { octets[4 + index] ^= UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * index)) }
        octets += sealed
        return octets
    }
}

extension TLSCipherSuite {
    /// TLS_AES_128_GCM_SHA256, which protects Initial packets.
    static let aes128GCM = TLSCipherSuite(rawValue: 0x1301)
}
