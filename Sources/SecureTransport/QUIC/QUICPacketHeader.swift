internal import Wire

/// The part of a packet's header that is not protected, as places in the datagram (RFC 9000 § 17, Packet Formats).
///
/// ```text
/// long:  form 1 bit (1) | fixed 1 | type 2 | protected 4 | version 4 octets | length 1, destination id 0…20
///        | length 1, source id 0…20 | Initial: token length (variable), token | length (variable) | packet number 1…4
/// short: form 1 bit (0) | fixed 1 | spin 1 | protected 5 | destination id | packet number 1…4
/// ```
/// A short header does not tell how long its id is.
package struct QUICPacketHeader: Hashable, Sendable {
    /// What a long header is for; nil of a short one, and of a version that is not known.
    package let type: QUICPacketType?
    /// The version of a long header; nil of a short one.
    package let version: QUICVersion?
    /// Where the destination's connection id lies; empty of a short header.
    package let destination: Range<Int>
    /// Where the source's connection id lies; empty of a short header.
    package let source: Range<Int>
    /// Where the token of a Retry lies; empty of all others.
    package let token: Range<Int>
    /// Where the packet number begins; of a short header, where its id does.
    package let numberOffset: Int
    /// Where the packet ends in its datagram: the next one, coalesced with it, begins there.
    package let end: Int

    /// Whether it is a long header.
    package var isLong: Bool { version != nil }

    /// The longest connection id of the versions in use (RFC 9000 § 17.2).
    package static var longestID: Int { 20 }
    /// The octets of a Retry behind its token.
    package static var retryTag: Int { 16 }

    /// Reads the header of the packet that begins at `start`.
    ///
    /// - Throws: `.truncatedHeader`, `.badConnectionID`, or `.truncatedPacket` when the length is beyond the datagram.
    package init(_ datagram: Span<UInt8>, at start: Int = 0) throws(QUICError) {
        guard start >= 0, start < datagram.count else { throw .truncatedHeader }
        var reader = ByteReader(datagram)
        guard reader.skip(start), let first = reader.readUInt8() else { throw .truncatedHeader }
        guard first & 0x80 != 0 else {
            type = nil
            version = nil
            (destination, source, token) = (start..<start, start..<start, start..<start)
            numberOffset = start + 1
            end = datagram.count
            return
        }
        guard let number = reader.readUInt32() else { throw .truncatedHeader }
        let version = QUICVersion(rawValue: number)
        self.version = version
        destination = try Self.connectionID(&reader)
        source = try Self.connectionID(&reader)
        let type = version.isKnown ? version.packetType(bits: first >> 4 & 3) : nil
        self.type = type
        let place = reader.position
        switch type {
        case nil:
            token = place..<place
            numberOffset = place
            end = datagram.count
        case .retry:
            guard reader.remaining >= Self.retryTag else { throw .truncatedHeader }
            token = place..<(datagram.count - Self.retryTag)
            numberOffset = place
            end = datagram.count
        case .initial, .zeroRTT, .handshake:
            token = place..<place
            if type == .initial {
                guard let octets = reader.readVariableInteger(), octets <= UInt64(reader.remaining),
                    reader.skip(Int(octets))
                else { throw .truncatedHeader }
            }
            guard let octets = reader.readVariableInteger() else { throw .truncatedHeader }
            guard octets <= UInt64(reader.remaining) else { throw .truncatedPacket }
            numberOffset = reader.position
            end = reader.position + Int(octets)
        }
    }

    @_lifetime(reader: copy reader)
    private static func connectionID(_ reader: inout ByteReader) throws(QUICError) -> Range<Int> {
        guard let length = reader.readUInt8() else { throw .truncatedHeader }
        guard Int(length) <= longestID else { throw .badConnectionID }
        let start = reader.position
        guard reader.skip(Int(length)) else { throw .truncatedHeader }
        return start..<reader.position
    }
}
