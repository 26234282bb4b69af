/// Why a packet or a frame of QUIC could not be read.
package enum QUICError: Error, Equatable, Sendable {
    /// The header ends before its fields do.
    case truncatedHeader
    /// A connection id is longer than any version in use permits.
    case badConnectionID
    /// The packet's length is beyond its datagram.
    case truncatedPacket
    /// A frame ends before its fields do.
    case truncatedFrame
    /// The frame's type is none that is known, so that its end is not either.
    case unknownFrame
}

extension QUICError: CustomStringConvertible {
    /// What is wrong, without any octet of it.
    package var description: String {
        switch self {
        case .truncatedHeader: "truncated QUIC header"
        case .badConnectionID: "QUIC connection id of more than 20 octets"
        case .truncatedPacket: "QUIC packet longer than its datagram"
        case .truncatedFrame: "truncated QUIC frame"
        case .unknownFrame: "QUIC frame of unknown type"
        }
    }
}
