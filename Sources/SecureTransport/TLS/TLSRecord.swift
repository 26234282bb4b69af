internal import Wire

/// What a TLS record carries (RFC 8446 § 5.1, Record Layer).
package struct TLSContentType: RawRepresentable, Hashable, Sendable {
    /// The octet on the wire.
    package let rawValue: UInt8

    /// Any type, known or not.
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// ChangeCipherSpec: what follows is encrypted before TLS 1.3, and means nothing since.
    package static let changeCipherSpec = TLSContentType(rawValue: 20)
    /// An alert.
    package static let alert = TLSContentType(rawValue: 21)
    /// Handshake messages, or pieces of them.
    package static let handshake = TLSContentType(rawValue: 22)
    /// Application data; in TLS 1.3 anything encrypted.
    package static let applicationData = TLSContentType(rawValue: 23)
    /// Heartbeats (RFC 6520).
    package static let heartbeat = TLSContentType(rawValue: 24)
}

/// The header of a TLS record (RFC 8446 § 5.1, Record Layer).
///
///      0        1        2        3        4
///     +--------+--------+--------+--------+--------+
///     |  type  |     version     |     length      |
///     +--------+--------+--------+--------+--------+
package struct TLSRecordHeader: Equatable, Sendable {
    /// What the record carries.
    package let contentType: TLSContentType
    /// The version written in the record, which says little: TLS 1.3 freezes it at 1.2.
    package let version: TLSVersion
    /// Octets that follow the header: 0 … `maximumLength`.
    package let length: Int

    /// The header's own octets.
    package static var octets: Int { 5 }

    /// The longest record: 2^14 octets and what TLS 1.2's ciphers may add (RFC 5246 § 6.2.3).
    package static var maximumLength: Int { 16_384 + 2_048 }

    /// Reads a header from the first five of `octets`; nil when there are fewer.
    ///
    /// - Throws: `.notTLS` when type, version or length are none of TLS's.
    package init?(_ octets: Span<UInt8>) throws(TLSError) {
        var reader = ByteReader(octets)
        guard let type = reader.readUInt8(), let version = reader.readUInt16(), let length = reader.readUInt16() else {
            return nil
        }
        guard (20...24).contains(type), version >> 8 == 3, Int(length) <= TLSRecordHeader.maximumLength else {
            throw .notTLS
        }
        contentType = TLSContentType(rawValue: type)
        self.version = TLSVersion(rawValue: version)
        self.length = Int(length)
    }
}
