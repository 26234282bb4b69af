private import Wire

/// The server's answers to the client's extensions that TLS 1.3 encrypts (RFC 8446 § 4.3.1, Encrypted Extensions).
enum EncryptedExtensions {
    /// The protocol chosen by ALPN; nil when none was, or the message is damaged.
    static func alpn(_ body: Span<UInt8>) -> String? {
        var reader = ByteReader(body)
        guard reader.readUInt16() != nil else { return nil }
        while let number = reader.readUInt16(), let length = reader.readUInt16(), let content = reader.take(Int(length))
        {
            guard TLSExtensionType(rawValue: number) == .alpn else { continue }
            var field = ByteReader(content)
            guard field.skip(2), let count = field.readUInt8(), let name = field.take(Int(count)) else { return nil }
            return ClientHello.printable(name)
        }
        return nil
    }

    /// Whether the server answered with an extension.
    static func has(_ type: TLSExtensionType, _ body: Span<UInt8>) -> Bool {
        var reader = ByteReader(body)
        guard reader.readUInt16() != nil else { return false }
        while let number = reader.readUInt16(), let length = reader.readUInt16(), reader.skip(Int(length)) {
            if TLSExtensionType(rawValue: number) == type { return true }
        }
        return false
    }
}
