internal import Crypto
internal import CryptoExtras
internal import FoundationEssentials

/// The keys of one direction between two changes of them, and the number of its next record.
struct TLSRecordKeys: Sendable {
    /// The number of the next record.
    var sequence: UInt64 = 0

    let cipher: TLSBulkCipher
    let version: TLSVersion
    /// In TLS 1.3 the secret from which the keys come, and from which the next are made.
    private let secret: SymmetricKey?
    private let hash: TLSHash
    private let key: SymmetricKey
    private let macKey: SymmetricKey?
    private let encryptsThenMACs: Bool
    /// The part of the nonce that the keys give: 12 octets, or 4 before an explicit part; in TLS 1.0 the first record's.
    private var vector: [UInt8]

    /// Keys from a traffic secret of TLS 1.3 (RFC 8446 § 7.3, Traffic Key Calculation); nil for a suite of another version
    /// or a secret that does not fit it.
    init?(secret: SymmetricKey, suite: TLSCipherSuite) {
        guard suite.isTLS13, let cipher = suite.cipher, secret.bitCount == suite.hash.octets * 8 else { return nil }
        self.init(secret: secret, cipher: cipher, hash: suite.hash)
    }

    private init(secret: SymmetricKey, cipher: TLSBulkCipher, hash: TLSHash) {
        self.cipher = cipher
        self.secret = secret
        self.hash = hash
        version = .tls13
        key = SymmetricKey(data: TLSKeyDerivation.expandLabel(secret, "key", octets: cipher.keyOctets, hash: hash))
        vector = TLSKeyDerivation.expandLabel(secret, "iv", octets: 12, hash: hash)
        macKey = nil
        encryptsThenMACs = false
    }

    /// The keys of both directions, client's first, from a master secret (RFC 5246 § 6.3, Key Calculation); nil when the
    /// suite's records cannot be opened.
    static func directions(
        master: SymmetricKey,
        clientRandom: [UInt8],
        hello: borrowing ServerHello
    ) -> (toServer: TLSRecordKeys, toClient: TLSRecordKeys)? {
        let suite = TLSCipherSuite(rawValue: hello.cipherSuite)
        guard !suite.isTLS13, let cipher = suite.cipher, hello.version != .ssl30 else { return nil }
        var mac = 0
        var vector = 4
        switch cipher {
        case .aesCBC(_, let hash):
            mac = hash.octets
            vector = hello.version == .tls10 ? 16 : 0
        case .chaCha20Poly1305: vector = 12
        case .aesGCM, .aesCCM: break
        }
        let block = TLSKeyDerivation.expand(
            master,
            "key expansion",
            seed: hello.random + clientRandom,
            octets: 2 * (mac + cipher.keyOctets + vector),
            version: hello.version,
            hash: suite.hash
        )
        func part(_ start: Int, _ octets: Int, _ side: Int) -> ArraySlice<UInt8> {
            block[(start + side * octets)..<(start + (side + 1) * octets)]
        }
        func keys(_ side: Int) -> TLSRecordKeys {
            TLSRecordKeys(
                cipher: cipher,
                version: hello.version,
                key: part(2 * mac, cipher.keyOctets, side),
                macKey: part(0, mac, side),
                vector: Array(part(2 * (mac + cipher.keyOctets), vector, side)),
                encryptsThenMACs: hello.encryptsThenMACs
            )
        }
        return (keys(0), keys(1))
    }

    private init(
        cipher: TLSBulkCipher,
        version: TLSVersion,
        key: ArraySlice<UInt8>,
        macKey: ArraySlice<UInt8>,
        vector: [UInt8],
        encryptsThenMACs: Bool
    ) {
        self.cipher = cipher
        self.version = version
        self.key = SymmetricKey(data: key)
        self.macKey = macKey.isEmpty ? nil : SymmetricKey(data: macKey)
        self.vector = vector
        self.encryptsThenMACs = encryptsThenMACs
        secret = nil
        hash = .sha256
    }

    /// The keys after a KeyUpdate (RFC 8446 § 7.2, Updating Traffic Secrets); nil before TLS 1.3.
    var next: TLSRecordKeys? {
        guard let secret else { return nil }
        let following = TLSKeyDerivation.expandLabel(secret, "traffic upd", octets: hash.octets, hash: hash)
        return TLSRecordKeys(secret: SymmetricKey(data: following), cipher: cipher, hash: hash)
    }

    /// Octets that a record adds to what it carries, its header included: exactly for a cipher that authenticates by
    /// itself, as far as padding is none of it; at least for CBC.
    var overhead: Int {
        let explicit =
            switch cipher {
            case .aesGCM, .aesCCM: version == .tls13 ? 1 : 8
            case .chaCha20Poly1305: version == .tls13 ? 1 : 0
            case .aesCBC(_, let mac): mac.octets + 1 + (version == .tls10 ? 0 : 16)
            }
        return TLSRecordHeader.octets + explicit + (cipher.tagOctets ?? 0)
    }

    /// Whether what a record carries follows from its length, padding aside.
    var hasExactOverhead: Bool { cipher.tagOctets != nil }

    /// Opens a record as the one of that number; nil when it does not prove to be that.
    ///
    /// In TLS 1.3 the content is followed by its type and, perhaps, zeros (RFC 8446 § 5.4, Record Padding).
    func open(_ header: TLSRecordHeader, _ fragment: inout SealedFragment, sequence: UInt64) -> Data? {
        switch cipher {
        case .aesCBC(_, let mac):
            switch mac {
            case .sha1: return openCBC(header, fragment.content, sequence, HMAC<Insecure.SHA1>.self)
            case .sha256: return openCBC(header, fragment.content, sequence, HMAC<SHA256>.self)
            case .sha384: return openCBC(header, fragment.content, sequence, HMAC<SHA384>.self)
            }
        case .aesGCM, .aesCCM, .chaCha20Poly1305: return openAEAD(header, &fragment, sequence)
        }
    }

    /// Notes a record that has gone by, which in TLS 1.0 begins the next one's chain.
    mutating func passed(_ fragment: ArraySlice<UInt8>) {
        guard version == .tls10, case .aesCBC(_, let hash) = cipher else { return }
        // A MAC behind the ciphertext is no part of the chain.
        let mac = encryptsThenMACs ? hash.octets : 0
        guard fragment.count >= 16 + mac else { return }
        vector = Array(fragment.dropLast(mac).suffix(16))
    }

    private func openAEAD(_ header: TLSRecordHeader, _ fragment: inout SealedFragment, _ sequence: UInt64) -> Data? {
        let tag = cipher.tagOctets ?? 16
        // Before TLS 1.3 the nonce's second part goes along with the record, but for ChaCha20.
        let explicit = vector.count == 4 ? 8 : 0
        guard fragment.count >= explicit + tag, let sealed = fragment.combined(vector, sequence: sequence) else {
            return nil
        }
        let octets = fragment.count - explicit - tag
        let authenticated =
            version == .tls13
            ? header.written(length: fragment.count) : TLSRecordKeys.octets(sequence) + header.written(length: octets)
        switch cipher {
        case .aesGCM:
            guard let box = try? AES.GCM.SealedBox(combined: sealed) else { return nil }
            return try? AES.GCM.open(box, using: key, authenticating: authenticated)
        case .chaCha20Poly1305:
            guard let box = try? ChaChaPoly.SealedBox(combined: sealed) else { return nil }
            return try? ChaChaPoly.open(box, using: key, authenticating: authenticated)
        case .aesCCM:
            return AESCCM.open(
                sealed.dropFirst(12),
                key: key,
                nonce: Array(sealed.prefix(12)),
                authenticating: authenticated,
                tagOctets: tag
            )
        case .aesCBC: return nil
        }
    }

    /// RFC 5246 § 6.2.3.2, CBC Block Cipher; RFC 7366, Encrypt-then-MAC.
    private func openCBC<Hash: HashFunction>(
        _ header: TLSRecordHeader,
        _ fragment: ArraySlice<UInt8>,
        _ sequence: UInt64,
        _: HMAC<Hash>.Type
    ) -> Data? {
        let macOctets = Hash.Digest.byteCount
        guard let macKey else { return nil }
        var sealed = fragment
        if encryptsThenMACs {
            guard sealed.count > macOctets else { return nil }
            let mac = sealed.suffix(macOctets)
            sealed = sealed.dropLast(macOctets)
            let proven = TLSRecordKeys.octets(sequence) + header.written(length: sealed.count) + sealed
            guard HMAC<Hash>.isValidAuthenticationCode(mac, authenticating: proven, using: macKey) else { return nil }
        }
        var first = vector
        if version != .tls10 {
            guard sealed.count > 16 else { return nil }
            first = Array(sealed.prefix(16))
            sealed = sealed.dropFirst(16)
        }
        guard let initial = try? AES._CBC.IV(ivBytes: first),
            let text = try? AES._CBC.decrypt(sealed, using: key, iv: initial, noPadding: true),
            let padding = text.last.map({ Int($0) + 1 }), padding <= text.count
        else { return nil }
        guard text.suffix(padding).allSatisfy({ Int($0) == padding - 1 }) else { return nil }
        let content = text.dropLast(padding)
        if encryptsThenMACs { return content }
        guard content.count >= macOctets else { return nil }
        let message = content.dropLast(macOctets)
        let proven = TLSRecordKeys.octets(sequence) + header.written(length: message.count) + message
        let mac = content.suffix(macOctets)
        return HMAC<Hash>.isValidAuthenticationCode(mac, authenticating: proven, using: macKey) ? message : nil
    }

    private static func octets(_ sequence: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: sequence >> UInt64(56 - 8 * $0)) }
    }
}

extension TLSRecordHeader {
    /// The header's octets as they are authenticated, with the length of what is.
    fileprivate func written(length: Int) -> [UInt8] {
        [
            contentType.rawValue, UInt8(version.rawValue >> 8), UInt8(version.rawValue & 0xFF),
            UInt8(truncatingIfNeeded: length >> 8), UInt8(truncatingIfNeeded: length),
        ]
    }
}
