import AppProtocols
import FlowTracking
import PacketCapture
import PacketDecode
import SecureTransport
import TestSupport
import Testing
import Wire

@testable import Sessions

@Suite("Flows that are declined at first sight")
struct FirstSightTests {
    /// Knows one name, and whether it was asked for more.
    struct Doorkeeper: RequestConsumer {
        var judged = 0

        mutating func mayServe(_ name: Span<UInt8>) -> Bool { ASCII.equals(name, ignoringCase: "known.ai") }
        mutating func judge(_ connection: borrowing Connection) -> Int? {
            judged += 1
            return nil
        }
        mutating func judge(_ request: borrowing Request) -> Int? { nil }
        mutating func messageBegan(_ message: borrowing WebSocketMessage, within opening: Int) -> Int { 0 }
        mutating func body(_ octets: Span<UInt8>, slot: Int) {}
        mutating func bodyLost(_ octets: Int, _ loss: BodyLoss, slot: Int) {}
        mutating func requestEnded(_ end: RequestEnd, slot: Int, at stamp: PacketStamp) {}
        mutating func serverGreeted(_ hello: borrowing ServerHello, slot: Int) {}
        mutating func connectionEnded(clientOctets: Int, slot: Int, at stamp: PacketStamp) {}
    }

    private func play(
        _ frames: [CapturedFrame],
        resolving name: String? = nil
    ) throws -> (counters: SessionCounters, judged: Int, opened: UInt64) {
        var table = FlowTable<SessionTracker<Doorkeeper>>(seed: 3)
        var tracker = SessionTracker(consumer: Doorkeeper())
        if let name, let first = frames.first {
            let packet = PacketBuilder()
            var builder = DNSBuilder(name)
            builder.add(packet.destination.address.description)
            let octets = builder.octets
            let message = try DNSMessage(octets.span)
            let resolution = try #require(message.resolution)
            let stamp = PacketStamp(timestamp: first.timestamp, number: 0)
            tracker.names.learn(NameAnswer(client: packet.source.address, resolution: resolution, stamp: stamp))
        }
        var reader = try CaptureReader(octets: CaptureFile.pcap(frames), name: "test")
        while let frame = try reader.next() {
            let packet = try PacketDecoder.decode(frame)
            table.process(
                packet,
                at: PacketStamp(timestamp: frame.timestamp, number: frame.number),
                consumer: &tracker
            )
        }
        table.finish(consumer: &tracker)
        return (tracker.counters, tracker.consumer.judged, table.counters.opened)
    }

    @Test("a greeting with a strange name is not judged, and every octet is counted", arguments: [1_448, 60, 7])
    func strangeName(segment: Int) throws {
        let request = Greeting.client("www.strange.org", padding: 300) + Greeting.data(900)
        let frames = TCPConversation.exchange(
            PacketBuilder(),
            request: request,
            response: Greeting.server + Greeting.data(2_000),
            maximumSegmentSize: segment
        )
        let (counters, judged, opened) = try play(frames)
        #expect(opened == 1)
        // In small pieces the name does not come with the first.
        #expect(judged == (segment == 1_448 ? 0 : 1))
        #expect(counters.shuntedOctets == request.count)
        #expect(counters.clientOctets == request.count)
        #expect(counters.serverOctets == Greeting.server.count + 2_005)
        #expect(counters.clientHellos == 1 && counters.shuntedConnections == 1)
    }

    @Test("a strange name is judged where it may hide another and DNS knows a service at the address, and only there")
    func hiddenName() throws {
        let names = [("known.ai", true), ("www.strange.org", false)]
        for (name, isServed) in names {
            for (hasECH, padding) in [(true, 0), (false, 0), (false, 1_600), (true, 1_600)] {
                // A greeting of two segments may have anything in its second.
                let wanted = isServed && (hasECH || padding > 1_448)
                let greeting = Greeting.client("outer.org", padding: padding, hasECH: hasECH)
                let frames = TCPConversation.exchange(PacketBuilder(), request: greeting, response: Greeting.server)
                #expect(try play(frames, resolving: name).judged == (wanted ? 1 : 0), "\(name) \(hasECH) \(padding)")
            }
        }
    }

    @Test("a greeting with a known name is judged")
    func knownName() throws {
        let frames = TCPConversation.exchange(
            PacketBuilder(),
            request: Greeting.client("Known.ai"),
            response: Greeting.server
        )
        #expect(try play(frames).judged == 1)
    }

    @Test("what is left of a session comes back as it was", arguments: [0, 1, -5, 1 << 40], [true, false])
    func remnant(settled: Int, isReversed: Bool) {
        for kind in [SessionRemnant.Kind.datagrams, .unreadable, .encrypted, .unrecognised] {
            let made = SessionRemnant(settledOctets: settled, isReversed: isReversed, kind: kind)
            let read = SessionRemnant(rawValue: made.rawValue)
            #expect(read.settledOctets == settled)
            #expect(read.isReversed == isReversed)
            #expect(read.kind == kind)
        }
    }
}
