private import Wire

/// A frame of an opened packet; of those that carry octets, where in the packet these lie (RFC 9000 § 19, Frame Types and
/// Formats; RFC 9221, Datagrams).
package enum QUICFrame: Hashable, Sendable {
    /// Octets of the handshake on the packet's level, from `offset` of its stream on (§ 19.6).
    case crypto(offset: UInt64, octets: Range<Int>)
    /// Octets of a stream, from `offset` on; `isFinal` where it ends with them (§ 19.8).
    case stream(id: UInt64, offset: UInt64, octets: Range<Int>, isFinal: Bool)
    /// The sender gives up a stream, of which it has sent so many octets (§ 19.4).
    case resetStream(id: UInt64, finalSize: UInt64)
    /// Another id by which the sender can be reached (§ 19.15).
    case newConnectionID(sequence: UInt64, id: Range<Int>)
    /// An application's datagram (RFC 9221 § 4).
    case datagram(octets: Range<Int>)
    /// The connection is over (§ 19.19).
    case connectionClose
    /// Any other, which tells nothing here: padding, pings, acknowledgements, limits, tokens, paths.
    case other
}

/// Reads the frames of an opened packet one by one.
///
/// - Note: A frame of unknown type ends the reading: nothing tells where the next begins.
package struct QUICFrameReader: Sendable {
    /// Where the next frame begins.
    package private(set) var position = 0

    /// Starts at a packet's first frame.
    package init() {}

    /// The next frame; nil at the packet's end.
    ///
    /// Padding is passed over in one go.
    ///
    /// - Throws: `.truncatedFrame`, or `.unknownFrame`; the rest of the packet cannot be read then.
    package mutating func next(in packet: Span<UInt8>) throws(QUICError) -> QUICFrame? {
        while position < packet.count, packet[position] == 0 { position += 1 }
        guard position < packet.count else { return nil }
        var cursor = Cursor(packet, at: position)
        guard let type = cursor.integer() else { throw .truncatedFrame }
        let frame = try Self.frame(type, &cursor)
        position = cursor.position
        return frame
    }

    /// Reads what follows a type.
    @_lifetime(cursor: copy cursor)
    private static func frame(_ type: UInt64, _ cursor: inout Cursor) throws(QUICError) -> QUICFrame {
        switch type {
        case 0x01, 0x1E: return .other
        case 0x02, 0x03: return try acknowledgement(&cursor, hasCounts: type == 0x03)
        case 0x04:
            guard let id = cursor.integer(), cursor.integer() != nil, let size = cursor.integer() else { break }
            return .resetStream(id: id, finalSize: size)
        case 0x05, 0x11, 0x15: return try skip(&cursor, integers: 2)
        case 0x06:
            guard let offset = cursor.integer(), let octets = cursor.octets() else { break }
            return .crypto(offset: offset, octets: octets)
        case 0x07:
            guard cursor.octets() != nil else { break }
            return .other
        case 0x08...0x0F:
            guard let id = cursor.integer(), let offset = type & 4 != 0 ? cursor.integer() : 0,
                let octets = type & 2 != 0 ? cursor.octets() : cursor.rest()
            else { break }
            return .stream(id: id, offset: offset, octets: octets, isFinal: type & 1 != 0)
        case 0x10, 0x12, 0x13, 0x14, 0x16, 0x17, 0x19: return try skip(&cursor, integers: 1)
        case 0x18:
            guard let sequence = cursor.integer(), cursor.integer() != nil, let length = cursor.octet(),
                Int(length) <= QUICPacketHeader.longestID, let id = cursor.fixed(Int(length)), cursor.fixed(16) != nil
            else { break }
            return .newConnectionID(sequence: sequence, id: id)
        case 0x1A, 0x1B:
            guard cursor.fixed(8) != nil else { break }
            return .other
        case 0x1C, 0x1D:
            guard cursor.integer() != nil, type == 0x1D || cursor.integer() != nil, cursor.octets() != nil else {
                break
            }
            return .connectionClose
        case 0x30, 0x31:
            guard let octets = type == 0x31 ? cursor.octets() : cursor.rest() else { break }
            return .datagram(octets: octets)
        default: throw .unknownFrame
        }
        throw .truncatedFrame
    }

    /// `ACK`: as many pairs of integers as it says, each of which takes two octets at least (§ 19.3).
    @_lifetime(cursor: copy cursor)
    private static func acknowledgement(_ cursor: inout Cursor, hasCounts: Bool) throws(QUICError) -> QUICFrame {
        guard cursor.integer() != nil, cursor.integer() != nil, let ranges = cursor.integer(),
            cursor.integer() != nil, ranges <= UInt64(cursor.remaining / 2)
        else { throw .truncatedFrame }
        return try skip(&cursor, integers: 2 * Int(ranges) + (hasCounts ? 3 : 0))
    }

    @_lifetime(cursor: copy cursor)
    private static func skip(_ cursor: inout Cursor, integers: Int) throws(QUICError) -> QUICFrame {
        for _ in 0..<integers where cursor.integer() == nil { throw .truncatedFrame }
        return .other
    }
}

/// Where the fields of frames are read.
private struct Cursor: ~Escapable {
    private var reader: ByteReader

    @_lifetime(copy packet)
    init(_ packet: Span<UInt8>, at start: Int) {
        reader = ByteReader(packet)
        _ = reader.skip(start)
    }

    var position: Int { reader.position }
    var remaining: Int { reader.remaining }

    @_lifetime(self: copy self)
    mutating func integer() -> UInt64? { reader.readVariableInteger() }

    @_lifetime(self: copy self)
    mutating func octet() -> UInt8? { reader.readUInt8() }

    /// So many octets.
    @_lifetime(self: copy self)
    mutating func fixed(_ count: Int) -> Range<Int>? {
        let start = reader.position
        return reader.skip(count) ? start..<reader.position : nil
    }

    /// Octets with their number before them.
    @_lifetime(self: copy self)
    mutating func octets() -> Range<Int>? {
        guard let count = integer(), count <= UInt64(reader.remaining) else { return nil }
        return fixed(Int(count))
    }

    /// All that is left.
    @_lifetime(self: copy self)
    mutating func rest() -> Range<Int>? { fixed(reader.remaining) }
}
