internal import Wire

/// The header of a frame (RFC 6455 § 5.2, Base Framing Protocol).
///
///     FIN (1), RSV (3), Opcode (4), MASK (1), Length (7), [Extended length (16 or 64)], [Masking key (32)]
package struct WebSocketFrame: Equatable, Sendable {
    /// Whether the frame is the last of its message.
    package let isFinal: Bool
    /// The first reserved bit: permessage-deflate's mark of a compressed message (RFC 7692 § 6).
    package let isCompressed: Bool
    /// Whether another reserved bit is set, which an extension unknown here gives a meaning to.
    package let hasUnknownBits: Bool
    /// What the frame is: 0 continues, 1 is text, 2 binary; from 8 on control frames.
    package let opcode: UInt8
    /// The masking key, first octet most significant; nil when the payload is not masked.
    package let maskingKey: UInt32?
    /// Octets of the payload.
    package let length: UInt64
    /// Octets of the header, 2…14.
    package let headerOctets: Int

    /// The most octets that a header has.
    package static var maximumHeaderOctets: Int { 14 }

    /// Reads the header at the start of `octets`; nil when some of it is missing.
    package init?(_ octets: Span<UInt8>) {
        var reader = ByteReader(octets)
        guard let first = reader.readUInt8(), let second = reader.readUInt8() else { return nil }
        switch second & 0x7F {
        case 126:
            guard let value = reader.readUInt16() else { return nil }
            length = UInt64(value)
        case 127:
            guard let value = reader.readUInt64() else { return nil }
            length = value
        case let value: length = UInt64(value)
        }
        if second & 0x80 != 0 {
            guard let key = reader.readUInt32() else { return nil }
            maskingKey = key
        } else {
            maskingKey = nil
        }
        isFinal = first & 0x80 != 0
        isCompressed = first & 0x40 != 0
        hasUnknownBits = first & 0x30 != 0
        opcode = first & 0x0F
        headerOctets = reader.position
    }

    /// Whether it is a close, a ping or a pong, which may stand within a message.
    package var isControl: Bool { opcode & 0x8 != 0 }

    /// Whether `octets`, which begin anywhere in a client's stream, begin with a frame beyond doubt.
    ///
    /// They do when they are one after the other frames that the standard permits a client, with the last of which they
    /// end: two at least, or one whose length has two octets or more.
    static func isCertain(_ octets: Span<UInt8>) -> Bool {
        var position = 0
        var frames = 0
        var isLong = false
        while position < octets.count {
            guard let frame = WebSocketFrame(octets.extracting(position..<octets.count)), frame.isPermitted else {
                return false
            }
            position += frame.headerOctets
            guard frame.length <= UInt64(octets.count - position) else { return false }
            position += Int(frame.length)
            frames += 1
            isLong = isLong || frame.length > 125
        }
        return frames > 1 || isLong
    }

    /// Whether nothing in the header contradicts the standard, extensions other than permessage-deflate aside.
    private var isPermitted: Bool {
        guard maskingKey != nil, !hasUnknownBits else { return false }
        let prefixed = headerOctets - 4
        switch opcode {
        case 0...2: return prefixed == (length < 126 ? 2 : length < 65_536 ? 4 : 10) && (opcode > 0 || !isCompressed)
        case 8...10: return isFinal && !isCompressed && length < 126
        default: return false
        }
    }
}
