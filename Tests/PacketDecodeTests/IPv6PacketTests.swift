import PacketCapture
import PacketDecode
import TestSupport
import Testing
import Wire

@Suite("IPv6 packets (RFC 8200 § 3 and § 4)")
struct IPv6PacketTests {
    private func builder(_ headers: [(type: UInt8, octets: [UInt8])]) -> PacketBuilder {
        var builder = PacketBuilder(ipv6: true, link: .raw)
        builder.extensionHeaders = headers
        return builder
    }

    private func decode(_ octets: [UInt8], originalLength: Int = 0) throws -> PacketCopy {
        try PacketCopy(octets, linkType: .raw, originalLength: originalLength)
    }

    private func error(_ octets: [UInt8], originalLength: Int = 0) -> PacketError? {
        decodingError(octets, linkType: .raw, originalLength: originalLength)
    }

    private static let padN: [UInt8] = [0, 0, 1, 4, 0, 0, 0, 0]

    @Test(
        "extension headers are passed over",
        arguments: [
            [], [0], [60], [43], [0, 60, 43, 60], [135], [139], [140], [0, 43, 44, 60], [51], [0, 51, 60],
        ] as [[UInt8]]
    )
    func extensionHeaders(types: [UInt8]) throws {
        let headers = types.map { type -> (type: UInt8, octets: [UInt8]) in
            switch type {
            // An atomic fragment; an authentication header of 12 + 4 octets; two units for the routing header.
            case 44: (44, [0, 0, 0, 0, 0, 0, 0, 9])
            case 51: (51, [0, 2] + [UInt8](repeating: 0, count: 14))
            case 43: (43, [0, 1] + [UInt8](repeating: 0, count: 14))
            default: (type, IPv6PacketTests.padN)
            }
        }
        let packet = try decode(builder(headers).tcp(sequence: 7, payload: [1, 2, 3]))
        #expect(packet.tcp?.sequence == 7)
        #expect(packet.payload == [1, 2, 3])
        #expect(packet.missing == 0)
    }

    @Test("an encapsulated payload and no next header end the chain", arguments: [50, 59, 58] as [UInt8])
    func others(number: UInt8) throws {
        let packet = try decode(builder([(0, IPv6PacketTests.padN)]).packet(protocol: number, payload: [1, 2]))
        #expect(packet.transport == .other(protocol: number))
        #expect(packet.payload == [1, 2])
    }

    @Test("pieces of a packet are told, the first included", arguments: [[0, 1], [0, 8], [0xFF, 0xF9]] as [[UInt8]])
    func fragments(field: [UInt8]) throws {
        let octets = builder([(0, IPv6PacketTests.padN), (44, [0, 0] + field + [1, 2, 3, 9])])
            .packet(protocol: 6, payload: [1, 2, 3])
        let packet = try decode(octets)
        let expected = FragmentFields(
            protocol: 6,
            identification: 0x0102_0309,
            offset: Int(field[0]) << 8 | Int(field[1] & 0xF8),
            hasMore: field[1] & 1 == 1
        )
        #expect(packet.transport == .fragment(expected))
        #expect(packet.payload == [1, 2, 3])
    }

    @Test("eight extension headers are the most")
    func tooMany() {
        let header: (type: UInt8, octets: [UInt8]) = (60, IPv6PacketTests.padN)
        #expect(error(builder(Array(repeating: header, count: 8)).udp(payload: [])) == nil)
        #expect(error(builder(Array(repeating: header, count: 9)).udp(payload: [])) == .tooDeep(.ipv6Extension))
    }

    @Test("an extension header longer than its packet is bad, one beyond the snap length truncated")
    func extensionLengths() {
        var octets = builder([(60, IPv6PacketTests.padN)]).udp(payload: [])
        octets[41] = 9
        #expect(error(octets) == .badLength(.ipv6Extension))
        octets[41] = 1
        #expect(error(Array(octets[..<50]), originalLength: octets.count) == .truncated(.ipv6Extension))
        #expect(error(Array(octets[..<44]), originalLength: octets.count) == .truncated(.ipv6Extension))
        octets[4...5] = [0, 4]
        #expect(error(octets) == .badLength(.ipv6Extension))
    }

    @Test("the payload length cuts off padding and must lie in the frame")
    func payloadLength() throws {
        let octets = builder([]).udp(payload: [1, 2, 3])
        #expect(try decode(octets + [0, 0]).payload == [1, 2, 3])
        #expect(error(Array(octets.dropLast())) == .badLength(.ipv6))
        #expect(error(Array(octets[..<39])) == .truncated(.ipv6))
        let cut = try decode(Array(octets.dropLast()), originalLength: octets.count)
        #expect(cut.payload == [1, 2])
        #expect(cut.missing == 1)
    }

    @Test("a jumbogram states its length in an option (RFC 2675 § 2)")
    func jumbogram() throws {
        let payload = [UInt8](repeating: 5, count: 70_000)
        let length: UInt32 = 8 + 20 + 70_000
        var option: [UInt8] = [0, 0, 0xC2, 4]
        option += (0..<4).map { UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * $0)) }
        var octets = builder([(0, option)]).tcp(sequence: 1, payload: payload)
        octets[4...5] = [0, 0]
        #expect(try decode(octets).payload.count == 70_000)
        #expect(try decode(octets + [0, 0]).payload.count == 70_000)
        #expect(error(Array(octets.dropLast())) == .badLength(.ipv6))
    }

    @Test("a packet too large to state its length is taken whole, a small one is not")
    func offloaded() throws {
        var large = builder([]).tcp(sequence: 1, payload: [UInt8](repeating: 5, count: 70_000))
        large[4...5] = [0, 0]
        #expect(try decode(large).payload.count == 70_000)
        var small = builder([]).tcp(sequence: 1, payload: [5])
        small[4...5] = [0, 0]
        #expect(error(small) == .truncated(.tcp))
    }
}
