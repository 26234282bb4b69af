internal import Wire

/// The type of a handshake message (RFC 8446 § 4, Handshake Protocol).
package struct TLSHandshakeType: RawRepresentable, Hashable, Sendable {
    /// The octet on the wire.
    package let rawValue: UInt8

    /// Any type, known or not.
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The client's greeting.
    package static let clientHello = TLSHandshakeType(rawValue: 1)
    /// The server's greeting.
    package static let serverHello = TLSHandshakeType(rawValue: 2)
    /// What follows early data.
    package static let endOfEarlyData = TLSHandshakeType(rawValue: 5)
    /// The server's answers to the client's extensions, in TLS 1.3.
    package static let encryptedExtensions = TLSHandshakeType(rawValue: 8)
    /// The end of a handshake.
    package static let finished = TLSHandshakeType(rawValue: 20)
    /// The sender's next records have new keys.
    package static let keyUpdate = TLSHandshakeType(rawValue: 24)
}

/// Finds the messages in the handshake octets of decrypted records, however they are cut.
///
/// Only messages that tell something are kept until they are whole; the others, certificates above all, are passed over.
struct TLSMessageScanner {
    private var header: UInt32 = 0
    private var headerCount = 0
    private var remaining = 0
    private var body: [UInt8] = []
    private var isKept = false
    private let limits = TLSLimits()

    /// The next message that ends here, with its body if it is one that is kept; nil when all octets are used.
    mutating func next(in octets: Span<UInt8>, from offset: inout Int) -> (type: TLSHandshakeType, body: [UInt8])? {
        while offset < octets.count {
            if headerCount < 4 {
                header = header << 8 | UInt32(octets[offset])
                headerCount += 1
                offset += 1
                guard headerCount == 4 else { continue }
                remaining = Int(header & 0xFF_FFFF)
                isKept = remaining <= limits.handshakeOctets && Self.tells(type)
            } else {
                let count = min(remaining, octets.count - offset)
                if isKept { body.append(copying: octets.extracting(offset..<(offset + count))) }
                offset += count
                remaining -= count
            }
            guard headerCount == 4, remaining == 0 else { continue }
            let message = (type, body)
            self = TLSMessageScanner()
            return message
        }
        return nil
    }

    private var type: TLSHandshakeType { TLSHandshakeType(rawValue: UInt8(truncatingIfNeeded: header >> 24)) }

    private static func tells(_ type: TLSHandshakeType) -> Bool {
        type == .clientHello || type == .serverHello || type == .encryptedExtensions
    }
}
