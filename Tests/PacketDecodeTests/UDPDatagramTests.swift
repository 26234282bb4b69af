import PacketCapture
import PacketDecode
import TestSupport
import Testing
import Wire

@Suite("UDP datagrams (RFC 768)")
struct UDPDatagramTests {
    private let octets = PacketBuilder(link: .raw).udp(payload: [1, 2, 3])

    private func withLength(_ length: UInt8) -> [UInt8] {
        var changed = octets
        changed[25] = length
        return changed
    }

    @Test("the length cuts the payload", arguments: [(8, 0), (9, 1), (11, 3), (0, 3)])
    func length(stated: UInt8, count: Int) throws {
        let packet = try PacketCopy(withLength(stated), linkType: .raw)
        #expect(packet.payload == Array([1, 2, 3].prefix(count)))
        #expect(packet.udp == UDPFields(sourcePort: 49_152, destinationPort: 80))
    }

    @Test("a length below the header's or beyond the packet is bad", arguments: [1, 7, 12, 255] as [UInt8])
    func badLength(stated: UInt8) {
        #expect(decodingError(withLength(stated), linkType: .raw) == .badLength(.udp))
    }

    @Test("octets beyond the snap length are counted as missing")
    func snapLength() throws {
        for count in 28...31 {
            let packet = try PacketCopy(Array(octets[..<count]), linkType: .raw, originalLength: octets.count)
            #expect(packet.payload.count == count - 28)
            #expect(packet.missing == 31 - count)
        }
        let error = decodingError(Array(octets[..<27]), linkType: .raw, originalLength: octets.count)
        #expect(error == .truncated(.udp))
    }
}
