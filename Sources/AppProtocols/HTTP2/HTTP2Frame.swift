internal import Wire

/// The header of a frame (RFC 9113 § 4.1, Frame Format).
///
///     Length (24), Type (8), Flags (8), Reserved (1), Stream Identifier (31)
package struct HTTP2Frame: Equatable, Sendable {
    /// Octets of the payload, 0…16,777,215.
    package let length: Int
    /// What the frame is.
    package let type: HTTP2FrameType
    /// The flags, whose meaning depends on the type.
    package let flags: UInt8
    /// The stream that the frame belongs to; 0 for the connection.
    package let stream: UInt32
    /// Whether the reserved bit is set, which no sender should do.
    package let isReservedBitSet: Bool

    /// Octets of a frame's header.
    package static var headerOctets: Int { 9 }

    /// Reads the header at the start of `octets`; nil when fewer than nine are there.
    package init?(_ octets: Span<UInt8>) {
        var reader = ByteReader(octets)
        guard let length = reader.readUInt24(), let type = reader.readUInt8(), let flags = reader.readUInt8(),
            let stream = reader.readUInt32()
        else { return nil }
        self.length = Int(length)
        self.type = HTTP2FrameType(rawValue: type)
        self.flags = flags
        self.stream = stream & 0x7FFF_FFFF
        isReservedBitSet = stream >> 31 != 0
    }

    /// Whether a DATA or HEADERS frame is the last of its stream in this direction.
    package var endsStream: Bool { flags & 0x01 != 0 }
    /// Whether a header block ends with this frame.
    package var endsHeaders: Bool { flags & 0x04 != 0 }
    /// Whether a DATA or HEADERS frame is padded.
    package var isPadded: Bool { flags & 0x08 != 0 }
    /// Whether a HEADERS frame begins with a priority.
    package var hasPriority: Bool { flags & 0x20 != 0 }

    /// Whether `octets`, which begin anywhere in a client's stream, begin with a frame beyond doubt.
    ///
    /// They do when they are one after the other whole frames that a client may send, the last perhaps cut off, none of
    /// which the standard would refuse, and either one of them ends with the octets or there are two at least.
    static func isCertain(_ octets: Span<UInt8>) -> Bool {
        var position = 0
        var whole = 0
        while octets.count - position >= headerOctets {
            guard let frame = HTTP2Frame(octets.extracting(position..<octets.count)), frame.isPlausible else {
                return false
            }
            position += headerOctets
            guard frame.length <= octets.count - position else { return whole > 0 }
            position += frame.length
            whole += 1
        }
        return position == octets.count ? whole > 0 : whole > 1
    }

    /// Whether nothing in the header contradicts what a client may send here.
    private var isPlausible: Bool {
        guard !isReservedBitSet, length <= 1 << 20 else { return false }
        let isRequest = stream & 1 == 1
        switch type {
        case .data: return isRequest && flags & ~0x09 == 0
        case .headers: return isRequest && flags & ~0x2D == 0 && length > 0
        case .priority: return length == 5 && stream != 0 && flags == 0
        case .resetStream: return length == 4 && stream != 0 && flags == 0
        case .settings: return stream == 0 && flags & ~1 == 0 && (flags == 0 ? length % 6 == 0 : length == 0)
        case .ping: return length == 8 && stream == 0 && flags & ~1 == 0
        case .goAway: return stream == 0 && length >= 8 && flags == 0
        case .windowUpdate: return length == 4 && flags == 0
        default: return false
        }
    }
}

/// A frame's type (RFC 9113 § 6).
package struct HTTP2FrameType: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    package let rawValue: UInt8

    /// Any number; unknown types are passed over.
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// DATA: octets of a body.
    package static let data = HTTP2FrameType(rawValue: 0)
    /// HEADERS: a header section or trailers.
    package static let headers = HTTP2FrameType(rawValue: 1)
    /// PRIORITY, deprecated.
    package static let priority = HTTP2FrameType(rawValue: 2)
    /// RST_STREAM: the end of a stream before its time.
    package static let resetStream = HTTP2FrameType(rawValue: 3)
    /// SETTINGS.
    package static let settings = HTTP2FrameType(rawValue: 4)
    /// PUSH_PROMISE, which only servers send.
    package static let pushPromise = HTTP2FrameType(rawValue: 5)
    /// PING.
    package static let ping = HTTP2FrameType(rawValue: 6)
    /// GOAWAY.
    package static let goAway = HTTP2FrameType(rawValue: 7)
    /// WINDOW_UPDATE.
    package static let windowUpdate = HTTP2FrameType(rawValue: 8)
    /// CONTINUATION: more of a header block.
    package static let continuation = HTTP2FrameType(rawValue: 9)
}
