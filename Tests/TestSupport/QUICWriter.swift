import Crypto
import CryptoExtras

/// Protects packets of QUIC with a traffic secret, independently of the code under test (RFC 9001 § 5).
package struct QUICWriter: Sendable {
    /// What a long header is for.
    package enum Kind: UInt8, Sendable {
        case initial, zeroRTT, handshake, retry
    }

    /// The number of the next packet.
    package var number: UInt64 = 0
    /// The key phase of short headers.
    package private(set) var phase = false
    private let version: UInt32
    private let cipher: TLSWriter.Cipher
    private var secret: [UInt8]
    private let headerKey: SymmetricKey

    /// Writes with a secret that fits the cipher.
    package init(secret: [UInt8], cipher: TLSWriter.Cipher, version: UInt32 = 1) {
        self.secret = secret
        self.cipher = cipher
        self.version = version
        headerKey = SymmetricKey(data: Self.expand(secret, "hp", cipher.keyOctets, cipher, version))
    }

    /// The writers of both sides' Initial packets, from the id that the client's first goes to (RFC 9001 § 5.2).
    package static func initial(destination: [UInt8], version: UInt32 = 1) -> (client: QUICWriter, server: QUICWriter) {
        let salt =
            version == 1
            ? "38762cf7f55934b34d179ae6a4c80cadccbb7f0a" : "0dede3def700a6db819381be6e269dcbf9bd2ed9"
        let key = SymmetricKey(data: Hex.octets(salt) ?? [])
        let common = Array(HMAC<SHA256>.authenticationCode(for: destination, using: key))
        func writer(_ label: String) -> QUICWriter {
            let secret = TLSWriter.expandLabel(common, label, 32, .aes128GCM)
            return QUICWriter(secret: secret, cipher: .aes128GCM, version: version)
        }
        return (writer("client in"), writer("server in"))
    }

    /// Goes on with the next keys (RFC 9001 § 6.1).
    package mutating func update() {
        secret = Self.expand(secret, "ku", cipher.secretOctets, cipher, version)
        phase.toggle()
    }

    /// A packet with a long header.
    package mutating func long(
        _ kind: Kind,
        destination: [UInt8],
        source: [UInt8],
        token: [UInt8] = [],
        numberOctets: Int = 2,
        _ frames: [UInt8]
    ) throws -> [UInt8] {
        let type = version == 1 ? kind.rawValue : (kind.rawValue + 1) & 3
        var header: [UInt8] = [0xC0 | type << 4 | UInt8(numberOctets - 1)]
        header += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: version >> UInt32($0)) }
        header += [UInt8(destination.count)] + destination + [UInt8(source.count)] + source
        if kind == .initial { header += HTTP3Writer.variableInteger(UInt64(token.count)) + token }
        let length = UInt64(numberOctets + frames.count + 16)
        header += [0x40 | UInt8(length >> 8), UInt8(length & 0xFF)]
        return try sealed(header, numberOctets, frames)
    }

    /// A packet with a short header.
    package mutating func short(destination: [UInt8], numberOctets: Int = 2, _ frames: [UInt8]) throws -> [UInt8] {
        let first: UInt8 = 0x40 | (phase ? 4 : 0) | UInt8(numberOctets - 1)
        return try sealed([first] + destination, numberOctets, frames)
    }

    private mutating func sealed(_ header: [UInt8], _ numberOctets: Int, _ frames: [UInt8]) throws -> [UInt8] {
        let written = (0..<numberOctets).reversed().map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
        let full = header + written
        var packet = full + (try seal(frames, full))
        let sample = Array(packet[(header.count + 4)..<(header.count + 20)])
        let mask = try mask(sample)
        packet[0] ^= mask[0] & (packet[0] & 0x80 != 0 ? 0x0F : 0x1F)
        for index in 0..<numberOctets { packet[header.count + index] ^= mask[1 + index] }
        number += 1
        return packet
    }

    private func seal(_ frames: [UInt8], _ header: [UInt8]) throws -> [UInt8] {
        let key = SymmetricKey(data: Self.expand(secret, "key", cipher.keyOctets, cipher, version))
        var nonce = Self.expand(secret, "iv", 12, cipher, version)
        for index in 0..<8 { nonce[4 + index] ^= UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * index)) }
        switch cipher {
        case .chaCha20:
            let box = try ChaChaPoly.seal(
                frames,
                using: key,
                nonce: ChaChaPoly.Nonce(data: nonce),
                authenticating: header
            )
            return Array(box.ciphertext) + Array(box.tag)
        case .aes128CCM: return try TLSWriter.ccm(frames, key, nonce, header, 16)
        default:
            let box = try AES.GCM.seal(
                frames,
                using: key,
                nonce: AES.GCM.Nonce(data: nonce),
                authenticating: header
            )
            return Array(box.ciphertext) + Array(box.tag)
        }
    }

    private func mask(_ sample: [UInt8]) throws -> [UInt8] {
        guard cipher == .chaCha20 else {
            var block = sample
            try AES.permute(&block, key: headerKey)
            return block
        }
        let counter = try Insecure.ChaCha20CTR.Counter(data: sample[..<4])
        let nonce = try Insecure.ChaCha20CTR.Nonce(data: sample[4...])
        return Array(
            try Insecure.ChaCha20CTR.encrypt(
                [UInt8](repeating: 0, count: 5),
                using: headerKey,
                counter: counter,
                nonce: nonce
            )
        )
    }

    private static func expand(
        _ secret: [UInt8],
        _ label: String,
        _ octets: Int,
        _ cipher: TLSWriter.Cipher,
        _ version: UInt32
    ) -> [UInt8] {
        TLSWriter.expandLabel(secret, (version == 1 ? "quic " : "quicv2 ") + label, octets, cipher)
    }
}

/// Frames (RFC 9000 § 19).
extension QUICWriter {
    /// Octets of the handshake.
    package static func crypto(_ octets: some Collection<UInt8>, at offset: Int = 0) -> [UInt8] {
        [6] + HTTP3Writer.variableInteger(UInt64(offset)) + HTTP3Writer.variableInteger(UInt64(octets.count)) + octets
    }

    /// Octets of a stream.
    package static func stream(
        _ id: UInt64,
        _ octets: some Collection<UInt8>,
        at offset: Int = 0,
        isFinal: Bool = false
    ) -> [UInt8] {
        [0x0E | (isFinal ? 1 : 0)] + HTTP3Writer.variableInteger(id) + HTTP3Writer.variableInteger(UInt64(offset))
            + HTTP3Writer.variableInteger(UInt64(octets.count)) + octets
    }

    /// Another id by which the sender can be reached.
    package static func newConnectionID(_ id: [UInt8], sequence: UInt64 = 1) -> [UInt8] {
        [0x18] + HTTP3Writer.variableInteger(sequence) + [0, UInt8(truncatingIfNeeded: id.count)] + id
            + [UInt8](repeating: 9, count: 16)
    }

    /// The end of a stream that is given up.
    package static func reset(_ id: UInt64, finalSize: Int) -> [UInt8] {
        [4] + HTTP3Writer.variableInteger(id) + [0] + HTTP3Writer.variableInteger(UInt64(finalSize))
    }
}
