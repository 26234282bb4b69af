import Crypto
import CryptoExtras
import Foundation

/// Writes the protected records of one direction of a made-up TLS session, independently of what reads them.
package struct TLSWriter: Sendable {
    /// How records are protected.
    package enum Cipher: CaseIterable, Sendable {
        case aes128GCM, aes256GCM, chaCha20, aes128CCM, aes128CCM8, aes256CCM, aes256CCM8
        case cbcSHA1, cbcSHA256, cbc256SHA384

        /// The suite's number in TLS 1.2; nil where there is none here.
        package var suite12: UInt16 {
            switch self {
            case .aes128GCM: 0xC02F
            case .aes256GCM: 0xC030
            case .chaCha20: 0xCCA8
            case .aes128CCM: 0xC0AC
            case .aes128CCM8: 0xC0AE
            case .aes256CCM: 0xC0AD
            case .aes256CCM8: 0xC0AF
            case .cbcSHA1: 0xC013
            case .cbcSHA256: 0xC027
            case .cbc256SHA384: 0xC028
            }
        }

        /// The suite's number in TLS 1.3; nil where there is none.
        package var suite13: UInt16? {
            switch self {
            case .aes128GCM: 0x1301
            case .aes256GCM: 0x1302
            case .chaCha20: 0x1303
            case .aes128CCM: 0x1304
            case .aes128CCM8: 0x1305
            default: nil
            }
        }

        /// The octets of a traffic secret in TLS 1.3.
        package var secretOctets: Int { self == .aes256GCM ? 48 : 32 }

        var usesSHA384: Bool { self == .aes256GCM || self == .cbc256SHA384 }

        var keyOctets: Int {
            switch self {
            case .aes128GCM, .aes128CCM, .aes128CCM8, .cbcSHA1, .cbcSHA256: 16
            case .aes256GCM, .chaCha20, .aes256CCM, .aes256CCM8, .cbc256SHA384: 32
            }
        }

        var macOctets: Int {
            switch self {
            case .cbcSHA1: 20
            case .cbcSHA256: 32
            case .cbc256SHA384: 48
            default: 0
            }
        }
    }

    /// The number of the next record.
    package var sequence: UInt64 = 0

    private let cipher: Cipher
    private let version: UInt16
    private var secret: [UInt8] = []
    private var key: [UInt8]
    private var vector: [UInt8]
    private var macKey: [UInt8] = []
    private var encryptsThenMACs = false

    /// The writer of a traffic secret (RFC 8446 § 7.3).
    package init(secret: [UInt8], cipher: Cipher) {
        self.cipher = cipher
        self.secret = secret
        version = 0x0304
        key = Self.expandLabel(secret, "key", cipher.keyOctets, cipher)
        vector = Self.expandLabel(secret, "iv", 12, cipher)
    }

    /// The writer of one side of a session before TLS 1.3 (RFC 5246 § 6.3).
    package init(
        master: [UInt8],
        clientRandom: [UInt8],
        serverRandom: [UInt8],
        cipher: Cipher,
        isClient: Bool,
        encryptsThenMACs: Bool = false,
        version: UInt16 = 0x0303
    ) {
        self.cipher = cipher
        self.version = version
        self.encryptsThenMACs = encryptsThenMACs
        let mac = cipher.macOctets
        let fixed = mac > 0 ? (version == 0x0301 ? 16 : 0) : cipher == .chaCha20 ? 12 : 4
        let seed = Array("key expansion".utf8) + serverRandom + clientRandom
        let total = 2 * (mac + cipher.keyOctets + fixed)
        let block: [UInt8]
        if version < 0x0303 {
            let md5 = Self.spread(HMAC<Insecure.MD5>.self, Array(master.prefix(24)), seed, total)
            let sha = Self.spread(HMAC<Insecure.SHA1>.self, Array(master.suffix(24)), seed, total)
            block = zip(md5, sha).map { $0 ^ $1 }
        } else {
            block =
                cipher.usesSHA384
                ? Self.spread(HMAC<SHA384>.self, master, seed, total)
                : Self.spread(HMAC<SHA256>.self, master, seed, total)
        }
        let side = isClient ? 0 : 1
        macKey = Array(block[(side * mac)..<((side + 1) * mac)])
        let keys = 2 * mac + side * cipher.keyOctets
        key = Array(block[keys..<(keys + cipher.keyOctets)])
        let vectors = 2 * (mac + cipher.keyOctets) + side * fixed
        vector = Array(block[vectors..<(vectors + fixed)])
    }

    /// Goes on with the next secret (RFC 8446 § 7.2).
    package mutating func update() {
        self = TLSWriter(secret: Self.expandLabel(secret, "traffic upd", secret.count, cipher), cipher: cipher)
    }

    /// A record of up to 2^14 octets; `padding` zeros follow the content in TLS 1.3.
    package mutating func record(_ content: [UInt8], type: UInt8 = 23, padding: Int = 0) throws -> [UInt8] {
        defer { sequence += 1 }
        let number = (0..<8).map { UInt8(truncatingIfNeeded: sequence >> UInt64(56 - 8 * $0)) }
        if cipher.macOctets > 0 { return try chained(content, type, number) }
        let isNew = version == 0x0304
        let plain = isNew ? content + [type] + [UInt8](repeating: 0, count: padding) : content
        var nonce = vector
        var explicit: [UInt8] = []
        if vector.count == 4 {
            // An explicit part need not be the number.
            explicit = number.map { $0 ^ 0x5A }
            nonce += explicit
        } else {
            for index in 0..<8 { nonce[4 + index] ^= number[index] }
        }
        let tag = cipher == .aes128CCM8 || cipher == .aes256CCM8 ? 8 : 16
        let header = Self.header(isNew ? 23 : type, explicit.count + plain.count + tag)
        let authenticated = isNew ? header : number + Self.header(type, plain.count)
        let symmetric = SymmetricKey(data: key)
        let sealed: [UInt8]
        switch cipher {
        case .aes128GCM, .aes256GCM:
            let box = try AES.GCM.seal(
                plain,
                using: symmetric,
                nonce: AES.GCM.Nonce(data: nonce),
                authenticating: authenticated
            )
            sealed = Array(box.ciphertext) + Array(box.tag)
        case .chaCha20:
            let box = try ChaChaPoly.seal(
                plain,
                using: symmetric,
                nonce: ChaChaPoly.Nonce(data: nonce),
                authenticating: authenticated
            )
            sealed = Array(box.ciphertext) + Array(box.tag)
        default: sealed = try Self.ccm(plain, symmetric, nonce, authenticated, tag)
        }
        return header + explicit + sealed
    }

    /// Records of at most `size` octets.
    package mutating func records(_ content: [UInt8], size: Int = 16_384) throws -> [UInt8] {
        var octets: [UInt8] = []
        for start in stride(from: 0, to: content.count, by: size) {
            octets += try record(Array(content[start..<min(start + size, content.count)]))
        }
        return octets
    }

    private mutating func chained(_ content: [UInt8], _ type: UInt8, _ number: [UInt8]) throws -> [UInt8] {
        let salt = UInt8(truncatingIfNeeded: sequence)
        let initial = version == 0x0301 ? vector : (0..<16).map { UInt8($0) &* 17 &+ salt }
        let explicit = version == 0x0301 ? [] : initial
        var text = content
        if !encryptsThenMACs { text += mac(number + header(type, content.count) + content) }
        // More padding than needed, as some write to hide lengths.
        let padding = 15 - text.count % 16 + (sequence % 2 == 1 ? 32 : 0)
        text += [UInt8](repeating: UInt8(padding), count: padding + 1)
        let sealed = Array(
            try AES._CBC.encrypt(
                text,
                using: SymmetricKey(data: key),
                iv: AES._CBC.IV(ivBytes: initial),
                noPadding: true
            )
        )
        var fragment = explicit + sealed
        if encryptsThenMACs { fragment += mac(number + header(type, fragment.count) + fragment) }
        if version == 0x0301 { vector = Array(sealed.suffix(16)) }
        return header(type, fragment.count) + fragment
    }

    private func mac(_ octets: [UInt8]) -> [UInt8] {
        let key = SymmetricKey(data: macKey)
        switch cipher {
        case .cbcSHA1: return Array(HMAC<Insecure.SHA1>.authenticationCode(for: octets, using: key))
        case .cbcSHA256: return Array(HMAC<SHA256>.authenticationCode(for: octets, using: key))
        default: return Array(HMAC<SHA384>.authenticationCode(for: octets, using: key))
        }
    }

    private func header(_ type: UInt8, _ length: Int) -> [UInt8] {
        [type, 3, version == 0x0304 ? 3 : UInt8(version & 0xFF), UInt8(length >> 8), UInt8(length & 0xFF)]
    }

    private static func header(_ type: UInt8, _ length: Int) -> [UInt8] {
        [type, 3, 3, UInt8(length >> 8), UInt8(length & 0xFF)]
    }

    static func expandLabel(_ secret: [UInt8], _ label: String, _ octets: Int, _ cipher: Cipher) -> [UInt8] {
        let name = Array("tls13 \(label)".utf8)
        let info = [0, UInt8(octets), UInt8(name.count)] + name + [0]
        let key = SymmetricKey(data: secret)
        let expanded =
            cipher.usesSHA384
            ? HKDF<SHA384>.expand(pseudoRandomKey: key, info: info, outputByteCount: octets)
            : HKDF<SHA256>.expand(pseudoRandomKey: key, info: info, outputByteCount: octets)
        // SAFETY: the octets are copied within the call.
        return unsafe expanded.withUnsafeBytes { unsafe Array($0) }
    }

    private static func spread<Hash: HashFunction>(
        _: HMAC<Hash>.Type,
        _ secret: [UInt8],
        _ seed: [UInt8],
        _ octets: Int
    ) -> [UInt8] {
        let key = SymmetricKey(data: secret)
        var output: [UInt8] = []
        var chain = seed
        while output.count < octets {
            chain = Array(HMAC<Hash>.authenticationCode(for: chain, using: key))
            output += Array(HMAC<Hash>.authenticationCode(for: chain + seed, using: key))
        }
        return Array(output.prefix(octets))
    }

    /// RFC 3610, one block at a time.
    static func ccm(
        _ plain: [UInt8],
        _ key: SymmetricKey,
        _ nonce: [UInt8],
        _ header: [UInt8],
        _ tag: Int
    ) throws -> [UInt8] {
        func encrypted(_ block: [UInt8]) throws -> [UInt8] {
            var block = block
            try AES.permute(&block, key: key)
            return block
        }
        func padded(_ octets: [UInt8]) -> [UInt8] {
            octets + [UInt8](repeating: 0, count: (16 - octets.count % 16) % 16)
        }
        func number(_ value: Int) -> [UInt8] {
            [UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
        }
        let first = [UInt8(0x40 + (tag - 2) / 2 * 8 + 2)] + nonce + number(plain.count)
        let blocks = first + padded([0, UInt8(header.count)] + header) + padded(plain)
        var code = [UInt8](repeating: 0, count: 16)
        for start in stride(from: 0, to: blocks.count, by: 16) {
            code = try encrypted(zip(code, blocks[start..<(start + 16)]).map { $0 ^ $1 })
        }
        var sealed: [UInt8] = []
        for (index, start) in stride(from: 0, to: plain.count, by: 16).enumerated() {
            let key = try encrypted([2] + nonce + number(index + 1))
            sealed += zip(plain[start..<min(start + 16, plain.count)], key).map { $0 ^ $1 }
        }
        return sealed + zip(code, try encrypted([2] + nonce + number(0))).map { $0 ^ $1 }.prefix(tag)
    }
}
