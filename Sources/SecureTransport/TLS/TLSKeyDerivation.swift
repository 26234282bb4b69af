internal import Crypto
internal import FoundationEssentials

/// Derives the keys of records from the secrets of a session.
enum TLSKeyDerivation {
    /// HKDF-Expand-Label without a context (RFC 8446 § 7.1, Key Schedule).
    ///
    ///     length(2) label<7..255> context<0..255>, the label beginning with "tls13 "
    /// So much as one digest holds is asked for, so that HKDF-Expand is its first round.
    static func expandLabel(_ secret: SymmetricKey, _ label: String, octets: Int, hash: TLSHash) -> [UInt8] {
        let name = Array(("tls13 " + label).utf8)
        let count = UInt16(truncatingIfNeeded: octets)
        let info = [UInt8(count >> 8), UInt8(count & 0xFF), UInt8(truncatingIfNeeded: name.count)] + name + [0, 1]
        return hash == .sha384
            ? Array(HMAC<SHA384>.authenticationCode(for: info, using: secret).prefix(octets))
            : Array(HMAC<SHA256>.authenticationCode(for: info, using: secret).prefix(octets))
    }

    /// The pseudorandom function of TLS 1.2 (RFC 5246 § 5), and of the versions before (RFC 2246 § 5).
    static func expand(
        _ secret: SymmetricKey,
        _ label: String,
        seed: [UInt8],
        octets: Int,
        version: TLSVersion,
        hash: TLSHash
    ) -> [UInt8] {
        let seed = Array(label.utf8) + seed
        guard version.rawValue < TLSVersion.tls12.rawValue else {
            return hash == .sha384
                ? expand(HMAC<SHA384>.self, secret, seed, octets) : expand(HMAC<SHA256>.self, secret, seed, octets)
        }
        // Each hash has one half of the secret; of an odd number both have the octet in the middle.
        var whole = secret.octets
        defer { KeyStore.wipe(&whole) }
        let half = (whole.count + 1) / 2
        let first = expand(HMAC<Insecure.MD5>.self, SymmetricKey(data: whole.prefix(half)), seed, octets)
        let second = expand(HMAC<Insecure.SHA1>.self, SymmetricKey(data: whole.suffix(half)), seed, octets)
        return zip(first, second).map { $0 ^ $1 }
    }

    /// `P_hash`.
    private static func expand<Hash: HashFunction>(
        _: HMAC<Hash>.Type,
        _ secret: SymmetricKey,
        _ seed: [UInt8],
        _ octets: Int
    ) -> [UInt8] {
        var output: [UInt8] = []
        var chain = seed
        while output.count < octets {
            chain = Array(HMAC<Hash>.authenticationCode(for: chain, using: secret))
            output += Array(HMAC<Hash>.authenticationCode(for: chain + seed, using: secret))
        }
        return Array(output.prefix(octets))
    }
}
