import AppProtocols
import FlowTracking
import TestSupport
import Testing
import Wire

@testable import Sessions

@Suite("Sessions: HTTP/3")
struct HTTP3SessionTests {
    private typealias Writer = HTTP3Writer

    private enum Step {
        case octets([UInt8], UInt64)
        case hole(Int, UInt64)
        case end(UInt64)
    }

    private static func octets(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// Plays steps, one packet each; every octet must stand in one counter.
    private func play(_ steps: [Step]) -> FlowScript.Result {
        var tracker = SessionTracker(consumer: RecordingConsumer())
        func stamp(_ number: Int) -> PacketStamp {
            PacketStamp(timestamp: Timestamp(nanoseconds: Int64(number)), number: UInt64(number))
        }
        let facts = FlowFacts(
            client: SocketAddress(IPAddress(ipv4: 0xC000_0201), 49_152),
            server: SocketAddress(IPAddress(ipv4: 0xC633_6402), 443),
            transport: .udp,
            first: stamp(1),
            midstream: false
        )
        var session = tracker.flowOpened(facts, at: stamp(1))
        var given = 0
        for (index, step) in steps.enumerated() {
            tracker.stamp = stamp(index + 1)
            switch step {
            case .octets(let octets, let stream):
                given += octets.count
                session.context.clientOctets += octets.count
                tracker.readHTTP3(octets.span, stream: stream, &session)
            case .hole(let octets, let stream):
                given += max(1, octets)
                session.context.clientOctets += max(1, octets)
                tracker.passHTTP3Hole(octets, stream: stream, &session)
            case .end(let stream): tracker.endHTTP3Stream(stream, isComplete: true, &session)
            }
        }
        tracker.finishHTTP3(&session)
        tracker.flowClosed(
            FlowTotals(toServerOctets: given, toClientOctets: 0),
            session,
            .finished,
            at: stamp(steps.count + 1)
        )
        var result = FlowScript.Result()
        result.entries = tracker.consumer.entries
        result.declined = tracker.consumer.declined
        result.faults = tracker.consumer.faults
        result.counters = tracker.counters
        let all = tracker.counters
        if all.clientOctets != given { result.faults.append("counted \(all.clientOctets) of \(given): \(all)") }
        let delivered = result.entries.reduce(0) { $0 + $1.body.count }
        if delivered != all.deliveredOctets { result.faults.append("delivered \(delivered): \(all)") }
        let lost = result.entries.reduce(0) { $0 + $1.lost.values.reduce(0, +) }
        if lost != all.lostOctets { result.faults.append("lost \(lost): \(all)") }
        for entry in result.entries where !entry.isOver { result.faults.append("never ended: \(entry)") }
        return result
    }

    @Test("each stream is judged by itself")
    func streams() {
        let first = Writer.post("api.x.ai", path: "/v1/a?k", Self.octets("hello "), Self.octets("world"))
        let result = play([
            .octets([0] + Writer.frame(4), 2), .octets(Array(first.prefix(10)), 0),
            .octets(Writer.post("other.org", Self.octets("private")), 4), .octets(Array(first.dropFirst(10)), 0),
            .octets(Writer.post("b.ai", headers: [("host", "c.ai")], Self.octets("second")), 8), .end(8), .end(4),
            .end(0),
        ])
        #expect(result.faults == [])
        #expect(result.entries.map(\.host) == ["api.x.ai", "b.ai"])
        #expect(result.entries.map(\.text) == ["hello world", "second"])
        #expect(result.entries.map(\.version) == [.http3, .http3])
        #expect(result.entries.map(\.end) == [.complete, .complete])
        #expect(result.entries.map(\.began) == [2, 5])
        #expect(result.entries.map(\.isMismatch) == [false, true])
        #expect(result.declined == ["other.org#0"])
        #expect(result.counters.skippedBodyOctets == 7)
    }

    @Test("a request that waited begins with the packet of its own first octet")
    func waited() {
        let section = [2, 0] + Writer.request("a.ai").dropFirst(2) + [0x80]
        let result = play([
            .octets(Writer.post("b.ai", Self.octets("x")), 4), .octets(Writer.frame(1, section), 0),
            .octets(Writer.frame(0, Self.octets("body")), 0), .end(0),
            .octets([2] + Writer.capacity(100) + Writer.insertion("x", "y"), 2), .end(4),
        ])
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["x", "body"])
        #expect(result.entries.map(\.began) == [1, 2])
        #expect(result.entries.map(\.end) == [.complete, .complete])
    }

    @Test("RFC 9220: a WebSocket in a stream is read message by message")
    func webSocket() {
        let section = Writer.section([
            (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "https"), (":path", "/chat"),
            (":authority", "a.ai"),
        ])
        let frames = WebSocketWriter.frame(1, Self.octets("first")) + WebSocketWriter.frame(1, Self.octets("second"))
        let result = play([.octets(Writer.frame(1, section) + Writer.frame(0, frames), 0), .end(0)])
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["", "first", "second"])
        #expect(result.entries.map(\.opening) == [nil, 0, 0])
    }

    @Test("a tunnel within a stream is watched, not read")
    func tunnel() {
        let section = Writer.section([(":method", "CONNECT"), (":authority", "a.ai:443")])
        let result = play([.octets(Writer.frame(1, section) + Writer.frame(0, Greeting.data(40)), 0), .end(0)])
        #expect(result.faults == [])
        #expect(result.entries.map(\.tunnel) == ["a.ai:443"])
        #expect(result.counters.watchedOctets == Greeting.data(40).count)
    }

    @Test("holes are charged to the request they fall into, and the connection's end cuts off what is open")
    func holes() {
        let request = Writer.post("a.ai", Self.octets("0123456789"))
        let result = play([.octets(Array(request.dropLast(6)), 0), .hole(3, 0), .octets(Array(request.suffix(3)), 0)])
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["0123789"])
        #expect(result.entries.map(\.lost) == [[.gap: 3]])
        #expect(result.entries.map(\.end) == [.cutOff])
    }

    @Test("octets that are damaged never trap and always balance")
    func torture() {
        Torture.everything(of: Writer.post("a.ai", Self.octets("body"), Self.octets("more"))) { pieces in
            #expect(play(pieces.map { .octets(Array($0), 0) } + [.end(0)]).faults == [])
        }
    }
}
