import SecureTransport
import TestSupport
import Testing

@Suite("QUIC packet headers (RFC 9000 § 17)")
struct QUICPacketHeaderTests {
    private static let initial: [UInt8] =
        [0xC0, 0, 0, 0, 1, 3, 1, 2, 3, 2, 4, 5, 2, 8, 8, 0x40, 21] + [UInt8](repeating: 6, count: 21)

    @Test("§ 17.2.2, an Initial ends where its length says, and the next begins there")
    func initial() throws {
        let datagram = Self.initial + Self.initial + [0x40, 1, 2]
        let first = try QUICPacketHeader(datagram.span)
        #expect(first.type == .initial && first.version == .v1 && first.isLong)
        #expect(first.destination == 6..<9 && first.source == 10..<12)
        #expect(first.numberOffset == 17 && first.end == Self.initial.count)
        let second = try QUICPacketHeader(datagram.span, at: first.end)
        #expect(second.end == 2 * first.end && second.numberOffset == first.end + 17)
        let last = try QUICPacketHeader(datagram.span, at: second.end)
        #expect(!last.isLong && last.type == nil && last.end == datagram.count)
    }

    @Test("the types of version 2 are one farther (RFC 9369 § 3.2)")
    func types() throws {
        let types: [QUICPacketType] = [.initial, .zeroRTT, .handshake, .retry]
        for (place, type) in types.enumerated() {
            #expect(QUICVersion.v1.packetType(UInt8(place)) == type)
            #expect(QUICVersion.v2.packetType(UInt8((place + 1) & 3)) == type)
        }
    }

    @Test("of a version that is not known only what all have in common is read (RFC 8999)")
    func unknown() throws {
        let negotiation: [UInt8] = [0x80, 0, 0, 0, 0, 1, 9, 1, 8, 0, 0, 0, 1]
        let header = try QUICPacketHeader(negotiation.span)
        #expect(header.version == .negotiation && header.type == nil && header.end == negotiation.count)
        #expect(header.destination == 6..<7 && header.source == 8..<9)
    }

    @Test("what is cut off is told from what is too long")
    func truncated() {
        Torture.everyPrefix(of: Self.initial) { prefix in
            if prefix.count >= 17 {
                #expect(throws: QUICError.truncatedPacket) { try QUICPacketHeader(prefix) }
            } else {
                #expect(throws: QUICError.truncatedHeader) { try QUICPacketHeader(prefix) }
            }
        }
        let long: [UInt8] = [0xC0, 0, 0, 0, 1, 21] + [UInt8](repeating: 1, count: 40)
        #expect(throws: QUICError.badConnectionID) { try QUICPacketHeader(long.span) }
    }

    @Test("nothing traps")
    func torture() {
        Torture.everything(of: Self.initial) { pieces in
            for piece in pieces {
                let octets = Array(piece)
                for start in [0, 1, octets.count, octets.count + 1, -1] {
                    _ = try? QUICPacketHeader(octets.span, at: start)
                }
            }
        }
    }
}

extension QUICVersion {
    fileprivate func packetType(_ bits: UInt8) -> QUICPacketType? {
        var octets: [UInt8] = [0xC0 | bits << 4]
        octets += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> UInt32($0)) }
        octets += [0, 0, 0, 16] + [UInt8](repeating: 0, count: 20)
        return (try? QUICPacketHeader(octets.span))?.type
    }
}
