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

    private func play(_ frames: [CapturedFrame]) throws -> (counters: SessionCounters, judged: Int, opened: UInt64) {
        var table = FlowTable<SessionTracker<Doorkeeper>>(seed: 3)
        var tracker = SessionTracker(consumer: Doorkeeper())
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
