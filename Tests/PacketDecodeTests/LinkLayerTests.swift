import PacketCapture
import PacketDecode
import TestSupport
import Testing
import Wire

@Suite("Link layers")
struct LinkLayerTests {
    @Test(
        "the same packet is found under every link layer",
        arguments: [
            (PacketBuilder.Link.ethernet(vlan: []), LinkType.ethernet, []),
            (.ethernet(vlan: [42]), .ethernet, [42]),
            (.ethernet(vlan: [100, 0x6FFF]), .ethernet, [100, 4_095]),
            (.ethernet(vlan: [0, 0xE000, 7]), .ethernet, [7]),
            (.linuxSLL, .linuxSLL, []),
            (.linuxSLL2, .linuxSLL2, []),
            (.raw, .raw, []),
            (.raw, .bsdRaw, []),
            (.raw, .openBSDRaw, []),
            (.null, .null, []),
            (.loop, .loop, []),
            (.loop, .null, []),
        ],
        [false, true]
    )
    func links(link: (PacketBuilder.Link, LinkType, [UInt16]), ipv6: Bool) throws {
        let builder = PacketBuilder(ipv6: ipv6, link: link.0)
        let packet = try PacketCopy(builder.udp(payload: [1, 2, 3]), linkType: link.1)
        #expect(packet.addresses == [builder.source.address, builder.destination.address])
        #expect(packet.vlan == link.2)
        #expect(packet.payload == [1, 2, 3])
        #expect(packet.udp == UDPFields(sourcePort: 49_152, destinationPort: 80))
    }

    @Test("raw IP of one version is told by its own number")
    func rawVersions() throws {
        #expect(try PacketCopy(PacketBuilder(link: .raw).udp(payload: [5]), linkType: .ipv4).payload == [5])
        #expect(try PacketCopy(PacketBuilder(ipv6: true, link: .raw).udp(payload: [5]), linkType: .ipv6).payload == [5])
    }

    @Test("a loopback's family is read in either order, whichever system wrote it", arguments: [10, 24, 28, 30])
    func loopbackFamilies(family: UInt8) throws {
        var frame = PacketBuilder(ipv6: true, link: .null).udp(payload: [5])
        frame[0...3] = [family, 0, 0, 0]
        #expect(try PacketCopy(frame, linkType: .null).payload == [5])
        frame[0...3] = [0, 0, 0, family]
        #expect(try PacketCopy(frame, linkType: .loop).payload == [5])
    }

    @Test("cooked frames may carry tags too")
    func cookedTag() throws {
        let builder = PacketBuilder(link: .raw)
        let tagged: [UInt8] = [0, 9, 0x08, 0x00] + builder.udp(payload: [5])
        let frame = PacketBuilder(link: .linuxSLL2).frame(etherType: 0x8100, payload: tagged)
        let packet = try PacketCopy(frame, linkType: .linuxSLL2)
        #expect(packet.vlan == [9])
        #expect(packet.payload == [5])
    }

    @Test("what is not IP is named")
    func notIP() {
        let builder = PacketBuilder()
        #expect(decodingError(builder.frame(etherType: 0x0806, payload: [0, 1])) == .notIP(0x0806))
        #expect(decodingError(builder.frame(etherType: 0x0026, payload: [0x42, 0x42, 3])) == .notIP(0x26))
        #expect(decodingError([7, 0, 0, 0, 0x45], linkType: .null) == .notIP(0))
        let cooked = PacketBuilder(link: .linuxSLL).frame(etherType: 4, payload: [0])
        #expect(decodingError(cooked, linkType: .linuxSLL) == .notIP(4))
    }

    @Test("a third VLAN and a fifth tag are too deep")
    func tooManyTags() {
        #expect(decodingError(PacketBuilder(link: .ethernet(vlan: [1, 2, 3])).udp(payload: [])) == .tooDeep(.vlan))
        #expect(
            decodingError(PacketBuilder(link: .ethernet(vlan: [0, 0, 0, 0, 1])).udp(payload: [])) == .tooDeep(.vlan)
        )
    }

    @Test("a link type that we do not read is named")
    func unsupported() {
        #expect(
            decodingError([1, 2, 3], linkType: LinkType(rawValue: 147)) == .unsupportedLinkType(LinkType(rawValue: 147))
        )
    }

    @Test(
        "a header that the frame cuts is truncated",
        arguments: [
            (LinkType.ethernet, 13, PacketError.Header.link), (.linuxSLL, 15, .link), (.linuxSLL2, 19, .link),
            (.null, 3, .link), (.raw, 0, .link),
        ]
    )
    func truncated(linkType: LinkType, count: Int, header: PacketError.Header) {
        #expect(decodingError([UInt8](repeating: 0, count: count), linkType: linkType) == .truncated(header))
    }

    @Test("a tag that the frame cuts is truncated")
    func truncatedTag() {
        let frame = PacketBuilder(link: .ethernet(vlan: [1])).udp(payload: [])
        #expect(decodingError(Array(frame[..<17])) == .truncated(.vlan))
    }
}
