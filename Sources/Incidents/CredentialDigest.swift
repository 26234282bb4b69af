import Crypto

/// Turns a request's credential into a text by which requests of one credential are known as such, and nothing else.
///
/// `hmac-sha256:` and 32 hexadecimal digits, keyed by the sensor's secret: without the key nobody can test a guess.
package struct CredentialDigest: Sendable {
    private let key: SymmetricKey

    /// The fewest octets that a secret may have.
    package static let minimumKeyOctets = 16

    /// A digest keyed by the octets of a secret file; nil when there are fewer than `minimumKeyOctets`.
    package init?(key octets: [UInt8]) {
        guard octets.count >= CredentialDigest.minimumKeyOctets else { return nil }
        key = SymmetricKey(data: octets)
    }

    /// The text that stands for a credential.
    package func text(_ credential: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(credential.utf8), using: key)
        return "hmac-sha256:" + HexText.lowercase(code.prefix(16))
    }
}

/// Lower-case hexadecimal digits, two an octet.
enum HexText {
    static func lowercase(_ octets: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for octet in octets {
            text.append(digits[Int(octet >> 4)])
            text.append(digits[Int(octet & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
