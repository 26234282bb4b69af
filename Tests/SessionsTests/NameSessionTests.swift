import AppProtocols
import FlowTracking
import Sessions
import TestSupport
import Testing
import Wire

@Suite("Sessions: connections that DNS names")
struct NameSessionTests {
    private static let client = IPAddress(ipv4: 0xC000_0201)
    private static let address = IPAddress(ipv4: 0xC633_6402)
    private static let quic: [UInt8] = [0xC3, 0, 0, 0, 1, 8] + [UInt8](repeating: 7, count: 8) + [0, 0, 1]

    private static func stamp(_ number: UInt64) -> PacketStamp {
        PacketStamp(timestamp: Timestamp(nanoseconds: Int64(number) * 1_000_000), number: number)
    }

    private static func facts(_ transport: FlowTransport, port: UInt16) -> FlowFacts {
        FlowFacts(
            client: SocketAddress(client, 50_000),
            server: SocketAddress(address, port),
            transport: transport,
            first: stamp(2),
            midstream: false
        )
    }

    /// A tracker that was told that the server's address has a name.
    private static func tracker(_ name: String) throws -> SessionTracker<RecordingConsumer> {
        var builder = DNSBuilder(name)
        builder.add(address.description)
        let octets = builder.octets
        let message = try DNSMessage(octets.span)
        let resolution = try #require(message.resolution)
        var tracker = SessionTracker(consumer: RecordingConsumer())
        tracker.names.learn(NameAnswer(client: client, resolution: resolution, stamp: stamp(1)))
        return tracker
    }

    /// Sends datagrams of one flow, to the client where they are marked so, and closes it; what was wanted after each.
    private static func play(
        _ tracker: inout SessionTracker<RecordingConsumer>,
        port: UInt16,
        _ datagrams: [(octets: [UInt8], direction: Direction)]
    ) -> [Interest] {
        let facts = facts(.udp, port: port)
        var session = tracker.flowOpened(facts, at: stamp(2))
        var interests: [Interest] = []
        var octets = [0, 0]
        for datagram in datagrams {
            octets[datagram.direction == .toServer ? 0 : 1] += datagram.octets.count
            let direction = datagram.direction
            let span = datagram.octets
            interests.append(
                tracker.datagram(span.span, missing: 0, direction, &session, at: stamp(3))
            )
        }
        let totals = FlowTotals(toServerOctets: octets[0], toClientOctets: octets[1])
        tracker.flowClosed(totals, session, .timeout, at: stamp(4))
        return interests
    }

    @Test("a UDP flow on the web's ports is watched where its address has a name", arguments: [443, 80] as [UInt16])
    func watched(port: UInt16) throws {
        var tracker = try Self.tracker("chat.ai")
        let interests = Self.play(&tracker, port: port, [(Self.quic, .toServer)])
        #expect(interests == [.none.wanted])
        let entries = tracker.consumer.entries
        #expect(entries.map(\.host) == ["chat.ai"])
        #expect(entries.map(\.isEncrypted) == [true])
        #expect(entries.map(\.connectionOctets) == [Self.quic.count])
        let counters = tracker.counters
        #expect(counters.watchedOctets == Self.quic.count)
        #expect(counters.clientOctets == Self.quic.count)
    }

    @Test("what its server says first is waited out")
    func serverFirst() throws {
        var tracker = try Self.tracker("chat.ai")
        let interests = Self.play(&tracker, port: 443, [([1, 2], .toClient), ([3], .toServer)])
        #expect(interests == [.both, .none.wanted])
        #expect(tracker.consumer.entries.map(\.isEncrypted) == [false])
        #expect(tracker.consumer.entries.map(\.connectionOctets) == [1])
        #expect(tracker.counters.serverOctets == 2)
    }

    @Test("other ports, and addresses without a name that is wanted, are passed by")
    func passedBy() throws {
        var other = try Self.tracker("chat.ai")
        let wanted1 = Self.play(&other, port: 8_443, [(Self.quic, .toServer)])
        #expect(wanted1 == [.none])
        #expect(other.counters.datagramOctets == Self.quic.count)
        var unwanted = try Self.tracker("www.example.org")
        let wanted2 = Self.play(&unwanted, port: 443, [(Self.quic, .toServer)])
        #expect(wanted2 == [.none])
        #expect(unwanted.consumer.declined == ["tls:www.example.org"])
        #expect(unwanted.counters.datagramOctets == Self.quic.count)
        var unknown = SessionTracker(consumer: RecordingConsumer())
        let wanted3 = Self.play(&unknown, port: 443, [(Self.quic, .toServer)])
        #expect(wanted3 == [.none])
        #expect(unknown.consumer.declined == [])
    }

    @Test("DNS itself is counted apart, in both directions")
    func nameService() throws {
        var tracker = try Self.tracker("chat.ai")
        let wanted4 = Self.play(&tracker, port: 53, [([1, 2, 3], .toServer), ([4], .toClient)])
        #expect(wanted4 == [.none, .none])
        #expect(tracker.counters.nameOctets == 3)
        #expect(tracker.counters.nameServerOctets == 1)
        #expect(tracker.counters.datagramOctets == 0)
        #expect(tracker.counters.serverOctets == 0)
        #expect(tracker.counters.clientOctets == 3)
    }

    @Test("TLS without a server name has the names of its address, with one it has none")
    func encrypted() throws {
        for (name, hosts) in [("", ["chat.ai"]), ("api.ai", ["api.ai"])] {
            var tracker = try Self.tracker("chat.ai")
            let facts = Self.facts(.tcp, port: 443)
            var session = tracker.flowOpened(facts, at: Self.stamp(2))
            let octets = name.isEmpty ? Greeting.data(40) : Greeting.client(name)
            _ = tracker.chunk(octets.span, .toServer, &session, at: Self.stamp(3))
            #expect(tracker.consumer.entries.map(\.host) == hosts)
        }
    }

    @Test(
        "a greeting that may hide another name has the names of its address beside its own",
        arguments: [true, false]
    )
    func hidden(hasECH: Bool) throws {
        var tracker = try Self.tracker("chat.ai")
        tracker.consumer.wantsAll = true
        let facts = Self.facts(.tcp, port: 443)
        var session = tracker.flowOpened(facts, at: Self.stamp(2))
        let octets = Greeting.client("outer.org", hasECH: hasECH)
        _ = tracker.chunk(octets.span, .toServer, &session, at: Self.stamp(3))
        #expect(tracker.consumer.entries.map(\.host) == [hasECH ? "chat.ai" : "outer.org"])
    }
}
