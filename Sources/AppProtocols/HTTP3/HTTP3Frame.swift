internal import Wire

/// The header of a frame (RFC 9114 § 7.1, Frame Layout).
///
///     Type (i), Length (i)
package struct HTTP3Frame: Equatable, Sendable {
    /// What the frame is.
    package let type: HTTP3FrameType
    /// Octets of the payload, below 2⁶².
    package let length: Int
    /// Octets of the header, 2…16.
    package let headerOctets: Int

    /// Reads the header at the start of `octets`; nil when not all of it is there.
    package init?(_ octets: Span<UInt8>) {
        var reader = ByteReader(octets)
        guard let type = reader.readVariableInteger(), let length = reader.readVariableInteger() else { return nil }
        self.type = HTTP3FrameType(rawValue: type)
        self.length = Int(clamping: length)
        headerOctets = reader.position
    }
}

/// A frame's type (RFC 9114 § 7.2).
package struct HTTP3FrameType: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    package let rawValue: UInt64

    /// Any number; unknown types are passed over.
    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// DATA: octets of a body.
    package static let data = HTTP3FrameType(rawValue: 0)
    /// HEADERS: a header section or trailers.
    package static let headers = HTTP3FrameType(rawValue: 1)
    /// SETTINGS.
    package static let settings = HTTP3FrameType(rawValue: 4)
    /// WEBTRANSPORT_STREAM: no frame, but what turns a stream into one of WebTransport.
    package static let webTransport = HTTP3FrameType(rawValue: 0x41)
}

/// What the octets of a unidirectional stream are (RFC 9114 § 6.2, RFC 9204 § 4.2).
package struct HTTP3StreamType: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    package let rawValue: UInt64

    /// Any number; streams of unknown types are passed over.
    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The control stream.
    package static let control = HTTP3StreamType(rawValue: 0)
    /// QPACK's instructions for the dynamic table.
    package static let encoder = HTTP3StreamType(rawValue: 2)
    /// QPACK's acknowledgements.
    package static let decoder = HTTP3StreamType(rawValue: 3)
}

extension UInt64 {
    /// Whether a QUIC stream of this number is a request's: bidirectional and the client's (RFC 9000 § 2.1).
    var isRequestStream: Bool { self & 3 == 0 }
    /// Whether a QUIC stream of this number is unidirectional and the client's.
    var isClientUnidirectional: Bool { self & 3 == 2 }
    /// Whether a QUIC stream of this number is unidirectional and the server's.
    var isServerUnidirectional: Bool { self & 3 == 3 }
}
