import PacketCapture
import PacketDecode
import TestSupport
import Testing
import Wire

@Suite("IPv4 packets (RFC 791 § 3.1)")
struct IPv4PacketTests {
    private let builder = PacketBuilder(link: .raw)

    private func decode(_ octets: [UInt8], originalLength: Int = 0) throws -> PacketCopy {
        try PacketCopy(octets, linkType: .raw, originalLength: originalLength)
    }

    private func error(_ octets: [UInt8], originalLength: Int = 0) -> PacketError? {
        decodingError(octets, linkType: .raw, originalLength: originalLength)
    }

    @Test("options are passed over", arguments: [0, 4, 12, 40])
    func options(count: Int) throws {
        var builder = builder
        builder.ipv4Options = [UInt8](repeating: 1, count: count)
        let packet = try decode(builder.tcp(sequence: 9, payload: [1, 2]))
        #expect(packet.payload == [1, 2])
        #expect(packet.tcp?.sequence == 9)
    }

    @Test("the total length cuts off Ethernet's padding")
    func padding() throws {
        let frame = PacketBuilder().tcp(sequence: 1, payload: [7]) + [UInt8](repeating: 0, count: 5)
        let packet = try PacketCopy(frame)
        #expect(packet.payload == [7])
        #expect(packet.missing == 0)
    }

    @Test("a total length of 0 means all there is, as before a network card segments")
    func offloaded() throws {
        var octets = builder.tcp(sequence: 1, payload: [7, 8, 9])
        octets[2...3] = [0, 0]
        #expect(try decode(octets).payload == [7, 8, 9])
        let cut = try decode(Array(octets.dropLast(2)), originalLength: octets.count)
        #expect(cut.payload == [7])
        #expect(cut.missing == 2)
    }

    @Test("octets beyond the snap length are counted as missing")
    func snapLength() throws {
        let octets = builder.tcp(sequence: 1, payload: [UInt8](repeating: 1, count: 100))
        for count in 40...octets.count {
            let packet = try decode(Array(octets[..<count]), originalLength: octets.count)
            #expect(packet.payload.count == count - 40)
            #expect(packet.missing == 140 - count)
        }
    }

    @Test("a packet longer than its frame is bad, as its receiver would find it")
    func tooLong() {
        let octets = builder.tcp(sequence: 1, payload: [7, 8, 9])
        #expect(error(Array(octets.dropLast())) == .badLength(.ipv4))
        #expect(error(octets + [0]) == nil)
    }

    @Test("a header shorter than 20 octets or longer than the packet is bad")
    func headerLength() {
        var octets = builder.udp(payload: [])
        octets[0] = 0x44
        #expect(error(octets) == .badLength(.ipv4))
        octets[0] = 0x4F
        #expect(error(octets) == .badLength(.ipv4))
        octets[0] = 0x45
        octets[2...3] = [0, 19]
        #expect(error(octets) == .badLength(.ipv4))
    }

    @Test("options beyond the snap length are truncated")
    func truncatedOptions() {
        var builder = builder
        builder.ipv4Options = [UInt8](repeating: 1, count: 8)
        let octets = builder.udp(payload: [])
        #expect(error(Array(octets[..<24]), originalLength: octets.count) == .truncated(.ipv4))
        #expect(error(Array(octets[..<19]), originalLength: octets.count) == .truncated(.ipv4))
    }

    @Test("another version than the EtherType says is bad")
    func version() {
        var frame = PacketBuilder().udp(payload: [])
        frame[14] = 0x65
        #expect(decodingError(frame) == .badVersion)
        #expect(error([0x75] + [UInt8](repeating: 0, count: 40)) == .badVersion)
    }

    @Test("pieces of a packet are told, the first included", arguments: [0x2000, 0x2001, 0x0001, 0x1FFF] as [UInt16])
    func fragments(field: UInt16) throws {
        let packet = try decode(builder.packet(protocol: 17, payload: [1, 2, 3], fragment: field))
        let expected = FragmentFields(
            protocol: 17,
            identification: 0,
            offset: Int(field & 0x1FFF) * 8,
            hasMore: field & 0x2000 != 0
        )
        #expect(packet.transport == .fragment(expected))
        #expect(packet.payload == [1, 2, 3])
    }

    @Test("\"don't fragment\" and the reserved bit make no fragment", arguments: [0x4000, 0x8000, 0xC000] as [UInt16])
    func wholePackets(field: UInt16) throws {
        let packet = try decode(builder.packet(protocol: 132, payload: [1, 2, 3], fragment: field))
        #expect(packet.transport == .other(protocol: 132))
        #expect(packet.payload == [1, 2, 3])
    }
}
