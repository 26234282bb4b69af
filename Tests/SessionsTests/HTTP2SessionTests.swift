import AppProtocols
import FlowTracking
import Sessions
import TestSupport
import Testing

@Suite("Sessions: HTTP/2 in cleartext")
struct HTTP2SessionTests {
    private static func octets(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static var connection: [UInt8] {
        var writer = HTTP2Writer()
        writer.frame(1, flags: 4, stream: 1, HTTP2Writer.request("api.x.ai", "/v1/a?k"))
        writer.frame(1, flags: 4, stream: 3, HTTP2Writer.request("other.org"))
        writer.frame(1, flags: 4, stream: 5, HTTP2Writer.request("b.ai", headers: [("host", "c.ai")]))
        writer.frame(0, flags: 8, stream: 1, [3] + octets("hello ") + [0, 0, 0])
        writer.frame(0, flags: 1, stream: 3, octets("private"))
        writer.frame(0, flags: 1, stream: 5, octets("second"))
        writer.frame(0, flags: 1, stream: 1, octets("world"))
        return writer.octets
    }

    private func expectConnection(_ result: FlowScript.Result) {
        #expect(result.faults == [])
        #expect(result.entries.map(\.host) == ["api.x.ai", "b.ai"])
        #expect(result.entries.map(\.text) == ["hello world", "second"])
        #expect(result.entries.map(\.number) == [0, 2])
        #expect(result.entries.map(\.isMismatch) == [false, true])
        #expect(result.entries.allSatisfy { $0.version == .http2 && $0.end == .complete && $0.lost.isEmpty })
        #expect(result.declined == ["other.org#1"])
        #expect(result.counters.skippedBodyOctets == 7)
        #expect(result.counters.framingOctets + 7 + 17 == result.counters.clientOctets)
        #expect(result.serverRead == 0)
    }

    @Test("each stream is judged by itself, however the connection is cut")
    func streams() {
        Torture.everySplit(of: Self.connection) { pieces in
            expectConnection(
                FlowScript(pieces.filter { !$0.isEmpty }.map { .client(Array($0)) } + [.clientEnd()]).play()
            )
        }
    }

    @Test("a request begins with the packet of its frame's first octet")
    func began() {
        let octets = Self.connection
        let heads = [33, 33 + 9 + HTTP2Writer.request("api.x.ai", "/v1/a?k").count]
        let result = FlowScript([
            .client(Array(octets[..<heads[0]])), .client(Array(octets[heads[0]..<(heads[0] + 4)])),
            .client(Array(octets[(heads[0] + 4)...])),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.began) == [2, 3])
    }

    @Test("only the client's direction is read, and an open request makes the flow wanted")
    func interest() {
        let result = FlowScript([
            .client(Array(Self.connection.dropLast(3))), .server([UInt8](repeating: 0, count: 50)),
        ]).play()
        #expect(result.faults == [])
        #expect(result.serverRead == 0)
        #expect(result.lastInterest == .toServerOnly.wanted)
        #expect(result.entries.map(\.end) == [.cutOff, .complete])
        #expect(FlowScript([.client(Self.connection)]).play().lastInterest == .toServerOnly)
    }

    @Test("an upgrade from HTTP/1.1 goes on in HTTP/2 once the server has agreed (RFC 7540 § 3.2)")
    func upgrade() {
        let request =
            "POST /first HTTP/1.1\r\nHost: a.ai\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
            + "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nContent-Length: 4\r\n\r\nbody"
        let agreed = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
        var writer = HTTP2Writer()
        writer.post("b.ai", stream: 3, Self.octets("later"))
        let frames = writer.octets
        for script in [
            [FlowScript.client(request), FlowScript.server(agreed), .client(frames)],
            [FlowScript.client(request), .client(Array(frames[..<7])), .client(Array(frames[7...]))],
            [FlowScript.client(request), .client(frames), FlowScript.server(agreed)],
        ] {
            let result = FlowScript(script).play()
            #expect(result.faults == [])
            #expect(result.entries.map(\.text) == ["body", "later"])
            #expect(result.entries.map(\.version) == [.http1, .http2])
            #expect(result.entries.map(\.end) == [.complete, .complete])
            #expect(result.entries.map(\.number) == [0, 1])
        }
        let refused = FlowScript([
            FlowScript.client(request), FlowScript.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            FlowScript.client(request),
        ]).play()
        #expect(refused.faults == [])
        #expect(refused.entries.map(\.text) == ["body", "body"])
    }

    @Test("HTTP/2 behind a proxy's CONNECT is read, and the tunnel's name is compared")
    func tunnel() {
        var writer = HTTP2Writer()
        writer.post("a.ai", stream: 1, Self.octets("inside"))
        let result = FlowScript([
            FlowScript.client("CONNECT b.ai:80 HTTP/1.1\r\nHost: b.ai:80\r\n\r\n"),
            FlowScript.server("HTTP/1.1 200 OK\r\n\r\n"), .client(writer.octets),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["inside"])
        #expect(result.entries.map(\.tunnel) == ["b.ai:80"])
        #expect(result.entries.map(\.isMismatch) == [true])
    }

    @Test("a tunnel within a stream is watched, not read (RFC 9113 § 8.5)")
    func tunnelInStream() {
        var writer = HTTP2Writer()
        writer.frame(1, flags: 4, stream: 1, HTTP2Writer.block([(":method", "CONNECT"), (":authority", "a.ai:443")]))
        writer.frame(0, stream: 1, Greeting.data(40))
        writer.frame(1, flags: 4, stream: 3, HTTP2Writer.block([(":method", "CONNECT"), (":authority", "b.org:443")]))
        writer.frame(0, flags: 1, stream: 3, Greeting.data(40))
        let result = FlowScript([.client(writer.octets)]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.connectionOctets) == [45])
        #expect(result.entries.map(\.tunnel) == ["a.ai:443"])
        #expect(result.declined == ["tls:b.org"])
        #expect(result.counters.skippedBodyOctets == 45)
    }

    @Test("a reset in the middle of a body leaves what came, cut off")
    func reset() {
        var writer = HTTP2Writer()
        writer.frame(1, flags: 4, stream: 1, HTTP2Writer.request("a.ai"))
        writer.frame(0, stream: 1, Self.octets("some"))
        writer.frame(3, stream: 1, [0, 0, 0, 8])
        let result = FlowScript([.client(writer.octets)]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["some"])
        #expect(result.entries.map(\.end) == [.cutOff])
    }

    @Test("holes are charged to the requests they fall into")
    func holes() {
        var writer = HTTP2Writer()
        writer.frame(1, flags: 4, stream: 1, HTTP2Writer.request("a.ai"))
        writer.frame(0, flags: 1, stream: 1, Self.octets("0123456789"))
        let octets = writer.octets
        let inside = FlowScript([
            .client(Array(octets[..<(octets.count - 8)])), .clientGap(5, .snaplen),
            .client(Array(octets[(octets.count - 3)...])),
        ]).play()
        #expect(inside.faults == [])
        #expect(inside.entries.map(\.text) == ["01789"])
        #expect(inside.entries.map(\.lost) == [[.snapLength: 5]])
        #expect(inside.entries.map(\.end) == [.complete])
        let across = FlowScript([.client(Array(octets[..<(octets.count - 8)])), .clientGap(50), .client([1, 2, 3])])
            .play()
        #expect(across.faults == [])
        #expect(across.entries.map(\.lost) == [[.gap: 8]])
        #expect(across.counters.unreadableOctets == 45)
    }

    @Test("a flow that is joined midway is read from its next head on")
    func midway() {
        var writer = HTTP2Writer(withPreface: false)
        writer.post("a.ai", stream: 9, Self.octets("body"))
        let result = FlowScript(
            [.client([0, 0, 9, 0, 0, 1, 2, 3]), .client([9, 9, 9]), .client(writer.octets), .client(writer.octets)],
            isMidstream: true
        ).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["body", "body"])
        #expect(result.entries.map(\.version) == [.http2, .http2])
        let after = FlowScript([.clientGap(1_000), .client([9, 9]), .client(writer.octets)]).play()
        #expect(after.faults == [])
        #expect(after.entries.map(\.text) == ["body"])
    }

    @Test("a flow joined midway is turned round when its server turns out to begin HTTP/2")
    func reversed() {
        let result = FlowScript([.server(Self.connection)], isMidstream: true).play()
        #expect(result.entries.map(\.text) == ["hello world", "second"])
        #expect(result.counters.reversals == 1)
    }

    @Test("octets that are damaged never trap and always balance")
    func torture() {
        Torture.everything(of: Self.connection) { pieces in
            let result = FlowScript(pieces.filter { !$0.isEmpty }.map { .client(Array($0)) }).play()
            #expect(result.faults == [])
        }
    }
}
