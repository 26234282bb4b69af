import PacketCapture
import PacketDecode
import TestSupport
import Testing
import Wire

@Suite("Decoding frames")
struct PacketDecoderTests {
    /// Frames of `captures/` (made with the clients that their names tell; see the folder's README), with what tshark
    /// says of them.
    @Test("real frames are read as tshark reads them", arguments: RealFrame.all)
    func realFrames(_ example: RealFrame) throws {
        let octets = try #require(Hex.octets(example.hex))
        let packet = try PacketCopy(octets, linkType: example.linkType, originalLength: example.originalLength)
        #expect(packet.addresses.map(\.description) == example.addresses)
        #expect(packet.vlan == example.vlan)
        #expect(packet.payload.count == example.payload)
        #expect(packet.missing == example.missing)
        #expect(packet.tcp?.sequence == example.sequence)
    }

    @Test("no prefix of a frame and no changed octet traps", arguments: PacketDecoderTests.frames)
    func torture(octets: [UInt8], linkType: LinkType) {
        Torture.everyPrefix(of: octets) { span in PacketDecoderTests.decode(span, linkType, octets.count) }
        Torture.everyPrefix(of: octets) { span in PacketDecoderTests.decode(span, linkType, 0) }
        Torture.everyChangedOctet(of: octets) { span in PacketDecoderTests.decode(span, linkType, octets.count) }
        for other: UInt32 in [0, 1, 101, 113, 276] {
            PacketDecoderTests.decode(octets.span, LinkType(rawValue: other), octets.count)
        }
    }

    @Test("random octets never trap")
    func randomOctets() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            var octets = (0..<Int.random(in: 0..<120, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            // Half of them get past the first header.
            if octets.count > 40, Bool.random(using: &generator) {
                octets[0] = Bool.random(using: &generator) ? 0x45 : 0x60
                octets[4] = 0
                octets[6] = [0, 6, 17, 43, 44, 51, 60].randomElement(using: &generator) ?? 0
            }
            PacketDecoderTests.decode(octets.span, .raw, Int.random(in: 0..<200, using: &generator))
        }
    }

    private static func decode(_ octets: Span<UInt8>, _ linkType: LinkType, _ originalLength: Int) {
        let frame = Frame(
            bytes: octets,
            timestamp: Timestamp(nanoseconds: 0),
            originalLength: originalLength,
            linkType: linkType
        )
        do throws(PacketError) {
            let packet = try PacketDecoder.decode(frame)
            let (count, missing) = (packet.payload.count, packet.missing)
            #expect(missing >= 0 && count + missing <= frame.originalLength)
        } catch {
            #expect(!error.description.isEmpty)
        }
    }

    static let frames: [([UInt8], LinkType)] = {
        var rich = PacketBuilder(link: .ethernet(vlan: [1, 2]))
        rich.ipv4Options = [1, 1, 1, 0]
        var chained = PacketBuilder(ipv6: true, link: .linuxSLL2)
        chained.extensionHeaders = [
            (0, [0, 0, 0xC2, 4, 0, 0, 0, 60]), (51, [0, 1] + [UInt8](repeating: 0, count: 10)),
            (44, [0, 0, 0, 0, 0, 0, 0, 1]),
        ]
        let options: [UInt8] = [2, 4, 5, 0xB4, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 8, 1, 3, 3, 7]
        return [
            (rich.tcp(sequence: 1, options: options, payload: [1, 2, 3]), .ethernet),
            (rich.udp(payload: [1, 2, 3]), .ethernet),
            (chained.tcp(sequence: 1, options: options, payload: [1, 2, 3]), .linuxSLL2),
            (chained.udp(payload: [1, 2, 3]), .linuxSLL2),
            (PacketBuilder(link: .null).udp(payload: [1]), .null),
            (PacketBuilder(link: .linuxSLL).udp(payload: [1]), .linuxSLL),
        ]
    }()
}
