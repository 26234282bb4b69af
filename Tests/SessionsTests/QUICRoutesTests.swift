import FlowTracking
import PacketDecode
import Sessions
import TestSupport
import Testing
import Wire

@Suite("QUIC connections that move (RFC 9000 § 9)")
struct QUICRoutesTests {
    private static let server = SocketAddress(IPAddress(ipv4: 0xC633_6402), 443)
    private static let client = SocketAddress(IPAddress(ipv4: 0xC000_0201), 50_000)
    private static let moved = SocketAddress(IPAddress(ipv4: 0xC000_02FE), 61_000)

    private struct NoRoute: Error {}

    private static func time(_ seconds: Int64) -> Timestamp { Timestamp(nanoseconds: seconds * 1_000_000_000) }

    /// The flow that a datagram is counted to, and its own.
    private static func resolve(
        _ routes: inout QUICRoutes,
        _ payload: [UInt8],
        from source: SocketAddress,
        to destination: SocketAddress,
        at seconds: Int64 = 1
    ) throws -> (hash: UInt64, isClient: Bool, own: UInt64) {
        let packet = DecodedPacket(
            source: source.address,
            destination: destination.address,
            transport: .udp(UDPFields(sourcePort: source.port, destinationPort: destination.port)),
            payload: payload.span
        )
        guard let own = FlowKey.route(of: packet, HashSecret(seed: 7)) else { throw NoRoute() }
        let route = routes.resolve(packet, own, at: time(seconds))
        let original = FlowKey.side(of: client, to: server)
        return (route.hash, route.sender == original, own.hash)
    }

    @Test("a short header with an id that is known goes on as its connection's, in both directions")
    func follows() throws {
        var talk = QUICTalk()
        var routes = QUICRoutes()
        let opening = try Self.resolve(&routes, talk.opening(), from: Self.client, to: Self.server)
        let answer = try Self.resolve(&routes, talk.answer(), from: Self.server, to: Self.client)
        let frames = [UInt8](repeating: 1, count: 30)
        let before = try Self.resolve(&routes, talk.short(frames), from: Self.client, to: Self.server)
        #expect([opening, answer, before].allSatisfy { $0.hash == $0.own && $0.hash == opening.hash })
        let after = try Self.resolve(&routes, talk.short(frames), from: Self.moved, to: Self.server, at: 60)
        #expect(after.hash == opening.hash && after.own != opening.hash && after.isClient)
        let reply = try Self.resolve(&routes, talk.serverShort(frames), from: Self.server, to: Self.moved, at: 100)
        #expect(reply.hash == opening.hash && !reply.isClient)
        let count = routes.moved
        #expect(count == 2)
        let late = try Self.resolve(&routes, talk.short(frames), from: Self.moved, to: Self.server, at: 300)
        #expect(late.hash == late.own)
    }

    @Test("so does a long header, while the handshake goes on")
    func followsHandshake() throws {
        var talk = QUICTalk()
        var routes = QUICRoutes()
        let opening = try Self.resolve(&routes, talk.opening(), from: Self.client, to: Self.server)
        _ = try Self.resolve(&routes, talk.answer(), from: Self.server, to: Self.client)
        let closing = try Self.resolve(&routes, talk.closing(), from: Self.moved, to: Self.server)
        #expect(closing.hash == opening.hash && closing.own != opening.hash && closing.isClient)
        var other = QUICTalk(seed: 5)
        let another = try Self.resolve(&routes, other.opening(), from: Self.client, to: Self.server)
        #expect(another.hash == another.own)
    }

    @Test("other ids, other servers and other protocols go their own way")
    func others() throws {
        var (talk, other) = (QUICTalk(), QUICTalk(seed: 5))
        var routes = QUICRoutes()
        _ = try Self.resolve(&routes, talk.opening(), from: Self.client, to: Self.server)
        _ = try Self.resolve(&routes, talk.answer(), from: Self.server, to: Self.client)
        let frames = [UInt8](repeating: 1, count: 30)
        let elsewhere = SocketAddress(IPAddress(ipv4: 0xC633_6403), 443)
        let ways = [
            try Self.resolve(&routes, other.short(frames), from: Self.moved, to: Self.server),
            try Self.resolve(&routes, talk.short(frames), from: Self.moved, to: elsewhere),
            try Self.resolve(&routes, [UInt8](repeating: 0x17, count: 50), from: Self.moved, to: Self.server),
            try Self.resolve(&routes, [0x41], from: Self.moved, to: Self.server),
        ]
        #expect(ways.allSatisfy { $0.hash == $0.own })
        routes.removeAll()
        let forgotten = try Self.resolve(&routes, talk.short(frames), from: Self.moved, to: Self.server)
        #expect(forgotten.hash == forgotten.own)
    }

    @Test("beyond the limit the oldest id goes")
    func limit() throws {
        var routes = QUICRoutes(limit: 4)
        var first = QUICTalk(seed: 1)
        _ = try Self.resolve(&routes, first.answer(), from: Self.server, to: Self.client)
        for seed in 2...5 as ClosedRange<UInt8> {
            var talk = QUICTalk(seed: seed)
            let client = SocketAddress(Self.client.address, 50_000 + UInt16(seed))
            _ = try Self.resolve(&routes, talk.answer(), from: Self.server, to: client)
        }
        let frames = [UInt8](repeating: 1, count: 30)
        let gone = try Self.resolve(&routes, first.short(frames), from: Self.moved, to: Self.server)
        #expect(gone.hash == gone.own)
        var last = QUICTalk(seed: 5)
        let kept = try Self.resolve(&routes, last.short(frames), from: Self.moved, to: Self.server)
        #expect(kept.hash != kept.own)
    }

    @Test("an id that was issued within the connection is followed by whoever has learnt it")
    func issued() throws {
        var talk = QUICTalk()
        let secret = HashSecret(seed: 7)
        let id = [UInt8](repeating: 0xC1, count: 12)
        let first = try Self.packet(talk.opening(), from: Self.client, to: Self.server, secret)
        let key = FlowKey(Self.client, Self.server, transport: .udp)
        var routes = QUICRoutes()
        let frames = [UInt8](repeating: 1, count: 30)
        for isKnown in [false, true] {
            if isKnown {
                let issued = IssuedConnectionID(octets: id, server: Self.server, flow: key)
                routes.learn(issued, secret, at: Self.time(1))
            }
            let octets = try talk.short(frames, destination: id)
            let there = try Self.packet(octets, from: Self.moved, to: Self.server, secret)
            let back = try Self.packet(talk.serverShort(frames), from: Self.server, to: Self.moved, secret)
            #expect(there.own.hash != first.own.hash && there.own.sharing(secret) == first.own.sharing(secret))
            let resolved = [there, back].map { packet in
                routes.resolveIssued(
                    DecodedPacket(
                        source: packet.source.address,
                        destination: packet.destination.address,
                        transport: .udp(
                            UDPFields(sourcePort: packet.source.port, destinationPort: packet.destination.port)
                        ),
                        payload: packet.octets.span
                    ),
                    packet.own,
                    at: Self.time(2)
                )
            }
            #expect(resolved.map(\.hash) == (isKnown ? [first, first] : [there, back]).map(\.own.hash))
            guard isKnown else { continue }
            #expect(resolved[0].sender == first.own.sender && resolved[1].sender == first.own.sender.opposite)
        }
    }

    private struct Sent {
        let octets: [UInt8]
        let source: SocketAddress
        let destination: SocketAddress
        let own: FlowRoute
    }

    private static func packet(
        _ octets: [UInt8],
        from source: SocketAddress,
        to destination: SocketAddress,
        _ secret: HashSecret
    ) throws -> Sent {
        let packet = DecodedPacket(
            source: source.address,
            destination: destination.address,
            transport: .udp(UDPFields(sourcePort: source.port, destinationPort: destination.port)),
            payload: octets.span
        )
        guard let own = FlowKey.route(of: packet, secret) else { throw NoRoute() }
        return Sent(octets: octets, source: source, destination: destination, own: own)
    }
}
