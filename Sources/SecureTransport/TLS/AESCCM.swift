internal import Crypto
internal import CryptoExtras
internal import FoundationEssentials

/// AES in Counter Mode with CBC-MAC, for nonces of 12 octets (RFC 3610, Counter with CBC-MAC; RFC 6655 § 3).
enum AESCCM {
    /// Opens a ciphertext with the tag behind it; nil when the tag, of 8 or 16 octets, is not right.
    static func open(
        _ sealed: ArraySlice<UInt8>,
        key: SymmetricKey,
        nonce: [UInt8],
        authenticating header: [UInt8],
        tagOctets: Int
    ) -> Data? {
        guard sealed.count >= tagOctets, nonce.count == 12 else { return nil }
        let octets = sealed.count - tagOctets
        // The counter has 3 octets; its first block encrypts the tag, the following the text.
        guard let text = stream(sealed.prefix(octets), key, nonce, from: 1),
            let tag = stream(sealed.suffix(tagOctets), key, nonce, from: 0),
            let code = code(text, key, nonce, header, tagOctets)
        else { return nil }
        var difference: UInt8 = 0
        for (one, other) in zip(tag, code) { difference |= one ^ other }
        return difference == 0 ? text : nil
    }

    private static func stream(_ octets: ArraySlice<UInt8>, _ key: SymmetricKey, _ nonce: [UInt8], from block: UInt8)
        -> Data?
    {
        guard let counter = try? AES._CTR.Nonce(nonceBytes: [2] + nonce + [0, 0, block]) else { return nil }
        return try? AES._CTR.decrypt(octets, using: key, nonce: counter)
    }

    /// The CBC-MAC over the first block, the header and the text, each padded: the last block of their encryption.
    private static func code(
        _ text: Data,
        _ key: SymmetricKey,
        _ nonce: [UInt8],
        _ header: [UInt8],
        _ tagOctets: Int
    ) -> ArraySlice<UInt8>? {
        let flags = UInt8(truncatingIfNeeded: 0x40 | ((tagOctets - 2) / 2) << 3 | 2)
        var blocks: [UInt8] = []
        blocks.reserveCapacity(text.count + 64)
        blocks.append(flags)
        blocks += nonce
        for shift in [16, 8, 0] { blocks.append(UInt8(truncatingIfNeeded: text.count >> shift)) }
        blocks += [UInt8(truncatingIfNeeded: header.count >> 8), UInt8(truncatingIfNeeded: header.count)]
        blocks += header
        blocks += Array(repeating: 0, count: -blocks.count & 15)
        blocks += text
        blocks += Array(repeating: 0, count: -blocks.count & 15)
        guard let zero = try? AES._CBC.IV(ivBytes: Array(repeating: UInt8(0), count: 16)),
            let chained = try? AES._CBC.encrypt(blocks, using: key, iv: zero, noPadding: true)
        else { return nil }
        return Array(chained.suffix(16)).prefix(tagOctets)
    }
}
