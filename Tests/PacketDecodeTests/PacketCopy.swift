import PacketCapture
import PacketDecode
import TestSupport
import Wire

/// A decoded packet copied out of its frame, for comparing.
struct PacketCopy: Equatable {
    var addresses: [IPAddress]
    var vlan: [UInt16]
    var transport: Transport
    var payload: [UInt8]
    var missing: Int

    /// Decodes a frame.
    init(_ frame: borrowing Frame) throws(PacketError) {
        self.init(try PacketDecoder.decode(frame))
    }

    /// Copies a packet.
    init(_ packet: borrowing DecodedPacket) {
        addresses = [packet.source, packet.destination]
        vlan = packet.vlan.ids
        transport = packet.transport
        payload = packet.payload.indices.map { packet.payload[$0] }
        missing = packet.missing
    }

    /// Decodes octets.
    init(_ octets: [UInt8], linkType: LinkType = .ethernet, originalLength: Int = 0) throws(PacketError) {
        try self.init(
            Frame(
                bytes: octets.span,
                timestamp: Timestamp(nanoseconds: 0),
                originalLength: originalLength,
                linkType: linkType
            )
        )
    }

    /// The TCP fields; nil for other transports.
    var tcp: TCPFields? { if case .tcp(let fields) = transport { fields } else { nil } }

    /// The UDP fields; nil for other transports.
    var udp: UDPFields? { if case .udp(let fields) = transport { fields } else { nil } }
}

/// What decoding octets throws; nil when it succeeds.
func decodingError(_ octets: [UInt8], linkType: LinkType = .ethernet, originalLength: Int = 0) -> PacketError? {
    do throws(PacketError) {
        _ = try PacketCopy(octets, linkType: linkType, originalLength: originalLength)
        return nil
    } catch {
        return error
    }
}
