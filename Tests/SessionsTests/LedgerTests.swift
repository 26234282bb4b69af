import FlowTracking
import Sessions
import TestSupport
import Testing

@Suite("Sessions: the ledger of octets")
struct LedgerTests {
    private static let granted = "HTTP/1.1 200 OK\r\n\r\n"

    /// Requests in each other, wanted and not, a WebSocket and a tunnel in streams, a reset.
    private static var http2: [UInt8] {
        var writer = HTTP2Writer()
        writer.frame(1, flags: 4, stream: 1, HTTP2Writer.request("l.ai"))
        writer.frame(1, flags: 4, stream: 3, HTTP2Writer.request("m.org"))
        writer.frame(0, flags: 8, stream: 1, [2] + Array("wanted".utf8) + [0, 0])
        writer.frame(0, flags: 1, stream: 3, Array("not wanted".utf8))
        let connect = [(":method", "CONNECT"), (":authority", "n.ai:443")]
        writer.frame(1, flags: 4, stream: 5, HTTP2Writer.block(connect))
        let open = connect + [(":protocol", "websocket"), (":path", "/ws"), (":scheme", "https")]
        writer.frame(1, flags: 4, stream: 7, HTTP2Writer.block(open))
        writer.frame(0, stream: 5, [22, 3, 1, 0])
        writer.frame(0, stream: 7, WebSocketWriter.text("in a stream"))
        writer.frame(0, flags: 1, stream: 7, WebSocketWriter.frame(8, []))
        writer.frame(3, stream: 1, [0, 0, 0, 8])
        return writer.octets
    }

    private static func pieces() -> [FlowScript.Step] {
        let texts = [
            "POST /a HTTP/1.1\r\nHost: a.ai\r\nContent-Length: 30\r\n\r\n012345678901234567890123456789",
            "POST /b HTTP/1.1\r\nHost: b.org\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
            "POST /c HTTP/1.1\r\nHost: c.ai\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n3\r\nabc\r\n0\r\n\r\n",
            "GET /d HTTP/1.1\r\nHost: d.ai\r\n\r\n\r\n\r\n",
            "GET /e HTTP/1.1\r\nHost: e.ai\r\nUpgrade: websocket\r\n\r\n",
            "CONNECT f.ai:443 HTTP/1.1\r\nHost: f.ai:443\r\n\r\n",
            "POST /g HTTP/1.0\r\nHost: g.ai\r\nContent-Length: x\r\n\r\nuntil the end",
            "garbage that is nothing\r\n\r\n",
        ]
        let name = Array("h.ai".utf8)
        return texts.map { .client(Array($0.utf8)) } + [
            .client([5, 1, 0, 5, 1, 0, 3, 4] + name + [1, 187]), .client(Greeting.client("i.ai")),
            .client(Greeting.client("j.org")), .client(Greeting.data(40)), .client([0x81, 0x82, 1, 2, 3, 4, 5, 6]),
            .server(Array(granted.utf8)), .server(Array("HTTP/1.1 101 X\r\n\r\n".utf8)),
            .server(Array("HTTP/1.1 407 X\r\nContent-Length: 0\r\n\r\n".utf8)), .server(Greeting.server),
            .server([0, 90]), .client(http2), .client(Array(http2.dropFirst(33))),
            .client(Array("GET /w HTTP/1.1\r\nHost: w.ai\r\nUpgrade: websocket\r\n\r\n".utf8)),
            .client(Array("GET /k HTTP/1.1\r\nHost: k.ai\r\nUpgrade: h2c\r\n\r\n".utf8)),
            .client(WebSocketWriter.text("a message") + WebSocketWriter.frame(1, [1, 2, 3], isFinal: false)),
            .client(WebSocketWriter.frame(9, [7]) + WebSocketWriter.frame(0, [4, 5, 6])),
        ]
    }

    /// A flow of whatever a client may say, in any order and cut anyhow, with holes.
    private static func anything(_ generator: inout SeededGenerator) -> FlowScript {
        let pieces = pieces()
        var script = FlowScript([], isMidstream: Int.random(in: 0..<5, using: &generator) == 0)
        for _ in 0..<Int.random(in: 1...9, using: &generator) {
            guard let piece = pieces.randomElement(using: &generator) else { continue }
            guard case .client(let octets) = piece else {
                script.steps.append(piece)
                continue
            }
            var rest = octets[...]
            let size = [1, 3, 10, 50, 500].randomElement(using: &generator) ?? 1
            while !rest.isEmpty {
                let part = rest.prefix(Int.random(in: 1...size, using: &generator))
                rest = rest.dropFirst(part.count)
                switch Int.random(in: 0..<40, using: &generator) {
                case 0: script.steps.append(.clientGap(part.count, .snaplen))
                case 1: script.steps.append(.clientGap(part.count + Int.random(in: 0..<30, using: &generator)))
                case 2 where size > 3: script.steps += [.clientGap(0), .client(Array(part))]
                case 3: script.steps += [.client(Array(part)), .serverGap(7)]
                default: script.steps.append(.client(Array(part)))
                }
            }
        }
        if Bool.random(using: &generator) {
            script.steps.append(.clientEnd(Bool.random(using: &generator) ? .fin : .reset))
        }
        script.end = [.finished, .reset, .timeout, .captureEnd, .evicted].randomElement(using: &generator) ?? .finished
        return script
    }

    @Test("every client octet is in one counter, every request ends once, whatever comes", arguments: 0..<8)
    func balance(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<700 {
            let script = Self.anything(&generator)
            let result = script.play()
            #expect(result.faults == [], "\(script)")
            #expect(result == script.play())
            guard result.faults.isEmpty else { return }
        }
    }

    @Test("joined chunks tell the same as single octets where nothing is lost", arguments: 0..<4)
    func cutsDoNotMatter(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed) &+ 1_000)
        let texts = Self.pieces().prefix(4)
        for _ in 0..<150 {
            let steps = (0..<6).compactMap { _ in texts.randomElement(using: &generator) }
            let whole = FlowScript(steps).play()
            let single = FlowScript(steps).cut { Torture.chunks(of: $0, size: 1) }.play()
            #expect(whole.faults == [])
            #expect(whole.counters == single.counters)
            #expect(whole.entries.map(\.body) == single.entries.map(\.body))
            #expect(whole.entries.map(\.end) == single.entries.map(\.end))
        }
    }

    @Test("damaged octets never trap and always balance")
    func torture() {
        let text =
            "POST /a HTTP/1.1\r\nHost: a.ai\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nCONNECT b.ai:1 HTTP/1.1\r\n\r\n"
        Torture.everything(of: Array(text.utf8) + Greeting.client("b.ai")) { pieces in
            let result = FlowScript(pieces.filter { !$0.isEmpty }.map { .client(Array($0)) }).play()
            #expect(result.faults == [])
        }
    }
}
