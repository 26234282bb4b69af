import PacketCapture
import PacketDecode
import TestSupport
import Testing
import Wire

@Suite("VXLAN (RFC 7348 § 5)")
struct VXLANTests {
    private static let header: [UInt8] = [0x08, 0, 0, 0, 0, 0x12, 0x34, 0]
    private static let within = PacketBuilder(clientPort: 40_001, port: 443)

    /// A frame that carries another one; the header's first octet holds the flags.
    private static func tunnel(
        _ frame: [UInt8],
        ipv6: Bool = false,
        flags: UInt8 = 0x08,
        port: UInt16 = 4789
    ) -> [UInt8] {
        let outer = PacketBuilder(ipv6: ipv6, clientPort: 50_000, port: port)
        return outer.udp(payload: [flags] + header.dropFirst() + frame)
    }

    /// The packet inside, and how many tunnels were around it.
    private static func unwrap(
        _ octets: Span<UInt8>,
        originalLength: Int? = nil
    ) throws(PacketError) -> (packet: PacketCopy, levels: Int) {
        let frame = Frame(
            bytes: octets,
            timestamp: Timestamp(nanoseconds: 0),
            originalLength: originalLength ?? octets.count,
            linkType: .ethernet
        )
        var levels = 0
        let packet = try PacketDecoder.innermost(of: PacketDecoder.decode(frame), levels: &levels)
        return (PacketCopy(packet), levels)
    }

    @Test(
        "the packet inside is the one that was sent there, with its own tags",
        arguments: [false, true],
        [false, true]
    )
    func inside(outerIPv6: Bool, innerIPv6: Bool) throws {
        var builder = PacketBuilder(ipv6: innerIPv6, clientPort: 40_001, port: 443)
        builder.link = .ethernet(vlan: [12, 34])
        let frame = builder.tcp(sequence: 9, payload: Array("hello".utf8))
        let (packet, levels) = try Self.unwrap(Self.tunnel(frame, ipv6: outerIPv6).span)
        #expect(packet == (try PacketCopy(frame)))
        #expect(packet.vlan == [12, 34])
        #expect(levels == 1)
    }

    @Test("what has not the flag, is too short or goes to another port stays the datagram that it is")
    func others() throws {
        let frame = Self.within.tcp(sequence: 1)
        let datagrams = [
            Self.tunnel(frame, flags: 0), Self.tunnel(frame, flags: 0xF7), Self.tunnel(frame, port: 4790),
            PacketBuilder(port: 4789).udp(payload: Self.header.prefix(7)), PacketBuilder(port: 4789).udp(payload: []),
        ]
        for datagram in datagrams {
            let (packet, levels) = try Self.unwrap(datagram.span)
            #expect(packet == (try PacketCopy(datagram)))
            #expect(levels == 0)
        }
        // RFC 7348 § 5: the reserved bits are ignored.
        #expect(try Self.unwrap(Self.tunnel(frame, flags: 0xFF).span).levels == 1)
    }

    @Test("tunnels inside each other are followed, four deep", arguments: 1...5)
    func nesting(depth: Int) throws {
        var frame = Self.within.tcp(sequence: 1, payload: [1, 2, 3])
        for _ in 0..<depth { frame = Self.tunnel(frame) }
        guard depth <= VXLANHeader.nestingLimit else {
            #expect(throws: PacketError.tooDeep(.vxlan)) { try Self.unwrap(frame.span) }
            return
        }
        let (packet, levels) = try Self.unwrap(frame.span)
        #expect(levels == depth)
        #expect(packet.payload == [1, 2, 3])
    }

    @Test("what a snap length cut off is missing from the packet inside")
    func snapLength() throws {
        let whole = Self.tunnel(Self.within.tcp(sequence: 1, payload: [UInt8](repeating: 7, count: 100)))
        let cut = Array(whole.dropLast(30))
        let (packet, _) = try Self.unwrap(cut.span, originalLength: whole.count)
        #expect(packet.payload.count == 70)
        #expect(packet.missing == 30)
    }

    @Test("an inside that is no IP says what it is")
    func noIP() {
        let frame = Self.tunnel(Self.within.frame(etherType: 0x0806, payload: [UInt8](repeating: 0, count: 28)))
        #expect(throws: PacketError.notIP(0x0806)) { try Self.unwrap(frame.span) }
        #expect(throws: PacketError.truncated(.link)) { try Self.unwrap(Self.tunnel([1, 2, 3]).span) }
    }

    @Test("a fragment inside is one")
    func fragment() throws {
        let frame = Self.within.udp(payload: [UInt8](repeating: 7, count: 100))
        let pieces = IPFragmenter.fragments(of: frame, linkLength: 14, size: 40, identification: 5)
        let (packet, _) = try Self.unwrap(Self.tunnel(pieces[1]).span)
        let expected = FragmentFields(protocol: 17, identification: 5, offset: 40, hasMore: true)
        #expect(packet.transport == .fragment(expected))
    }

    @Test("no prefix of a tunnel's frame and no changed octet traps")
    func torture() {
        var builder = PacketBuilder(ipv6: true)
        builder.link = .ethernet(vlan: [5])
        let octets = Self.tunnel(Self.tunnel(builder.tcp(sequence: 1, payload: [1, 2, 3, 4])), ipv6: true)
        Torture.everyPrefix(of: octets) { _ = try? Self.unwrap($0, originalLength: octets.count) }
        Torture.everyPrefix(of: octets) { _ = try? Self.unwrap($0) }
        Torture.everyChangedOctet(of: octets) { _ = try? Self.unwrap($0) }
    }
}
