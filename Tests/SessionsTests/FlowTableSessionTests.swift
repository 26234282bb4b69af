import FlowTracking
import PacketCapture
import PacketDecode
import Sessions
import TestSupport
import Testing
import Wire

@Suite("Sessions behind a flow table")
struct FlowTableSessionTests {
    private func play(_ frames: [CapturedFrame]) throws -> ([RecordingConsumer.Entry], SessionCounters) {
        var table = FlowTable<SessionTracker<RecordingConsumer>>(limits: FlowLimits(), seed: 7)
        var tracker = SessionTracker(consumer: RecordingConsumer())
        var reader = try CaptureReader(octets: CaptureFile.pcap(frames), name: "test")
        while let frame = try reader.next() {
            let packet = try PacketDecoder.decode(frame)
            let stamp = PacketStamp(timestamp: frame.timestamp, number: frame.number)
            table.process(packet, at: stamp, consumer: &tracker)
        }
        table.finish(consumer: &tracker)
        let faults = tracker.consumer.faults
        #expect(faults == [])
        let isOver = tracker.consumer.entries.allSatisfy { $0.isOver }
        #expect(isOver)
        return (tracker.consumer.entries, tracker.counters)
    }

    private static let body = String(repeating: "0123456789", count: 2_000)
    private static let post =
        "POST /v1 HTTP/1.1\r\nHost: api.x.ai\r\nContent-Length: 20000\r\n\r\n" + body

    @Test("an upload is read whole in order, backwards and doubled")
    func orders() throws {
        let frames = TCPConversation.exchange(
            PacketBuilder(),
            request: Array(Self.post.utf8),
            response: Array("HTTP/1.1 200 OK\r\n\r\n".utf8)
        )
        var swapped = frames
        for index in stride(from: 4, to: swapped.count - 8, by: 3) { swapped.swapAt(index, index + 2) }
        for variant in [frames, swapped, frames.flatMap { [$0, $0] }] {
            let (entries, counters) = try play(variant)
            #expect(entries.map(\.text) == [Self.body])
            #expect(entries.map(\.end) == [.complete])
            #expect(counters.clientOctets == Self.post.utf8.count)
        }
    }

    @Test("lost segments are charged to the body, octet by octet")
    func losses() throws {
        let frames = TCPConversation.exchange(
            PacketBuilder(),
            request: Array(Self.post.utf8),
            response: Array("HTTP/1.1 200 OK\r\n\r\n".utf8)
        )
        for index in 4..<16 where frames[index].octets.count > 1_000 {
            var lossy = frames
            lossy.remove(at: index)
            let (entries, counters) = try play(lossy)
            #expect(counters.clientOctets == Self.post.utf8.count)
            #expect(entries.count == 1)
            #expect((entries.first?.body.count ?? 0) + (entries.first?.lost[.gap] ?? 0) == 20_000)
            #expect(entries.first?.lost[.gap] == 1_448)
        }
    }

    @Test("a connection through a proxy is watched, its octets counted after it was shunted too")
    func proxied() throws {
        let hello = Greeting.client("api.x.ai", padding: 2_000)
        var conversation = TCPConversation(PacketBuilder(port: 3_128))
        conversation.open()
        conversation.send(Array("CONNECT api.x.ai:443 HTTP/1.1\r\n\r\n".utf8), .toServer)
        conversation.send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8), .toClient)
        conversation.send(hello, .toServer)
        conversation.send(Greeting.server, .toClient)
        conversation.send(Greeting.data(9_000), .toServer)
        conversation.send(Greeting.data(9_000), .toClient)
        conversation.close(.toServer)
        conversation.close(.toClient)
        let (entries, counters) = try play(conversation.frames)
        #expect(entries.map(\.greetings) == [1])
        #expect(entries.map(\.connectionOctets) == [hello.count + 9_005])
        #expect(counters.watchedOctets == hello.count + 9_005)
        #expect(counters.serverOctets == 19 + Greeting.server.count + 9_005)
    }

    @Test("a flow without its handshake, asked by the lower port, is turned round")
    func reversed() throws {
        var conversation = TCPConversation(PacketBuilder(clientPort: 1_024, port: 50_000))
        conversation.open()
        conversation.send(Array(Self.post.utf8), .toServer)
        conversation.close(.toServer)
        conversation.close(.toClient)
        let (entries, counters) = try play(Array(conversation.frames.dropFirst(3)))
        #expect(entries.map(\.text) == [Self.body])
        #expect(counters.reversals == 1)
        #expect(counters.clientOctets == Self.post.utf8.count)
    }
}
