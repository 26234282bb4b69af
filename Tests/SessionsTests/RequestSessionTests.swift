import FlowTracking
import Sessions
import TestSupport
import Testing

@Suite("Sessions: HTTP/1 requests")
struct RequestSessionTests {
    private static let post = "POST /v1/chat HTTP/1.1\r\nHost: api.x.ai\r\nContent-Length: 11\r\n\r\nhello world"
    private static let chunked =
        "POST /c HTTP/1.1\r\nHost: c.ai\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nT: 1\r\n\r\n"
    private static let other = "PUT /o HTTP/1.1\r\nHost: other.org\r\nContent-Length: 7\r\n\r\nprivate"

    @Test("each request of a connection is judged by itself, however it is cut")
    func everyRequestIsJudged() {
        let script = FlowScript([
            FlowScript.client("\r\n" + Self.post + Self.other + "\r\n\r\n" + Self.chunked + Self.post), .clientEnd(),
        ])
        let whole = script.play()
        #expect(whole.faults == [])
        #expect(whole.entries.map(\.host) == ["api.x.ai", "c.ai", "api.x.ai"])
        #expect(whole.entries.map(\.text) == ["hello world", "hello world", "hello world"])
        #expect(whole.entries.map(\.number) == [0, 2, 3])
        #expect(whole.entries.allSatisfy { $0.end == .complete && $0.lost.isEmpty })
        #expect(whole.declined == ["other.org#1"])
        #expect(whole.counters.skippedBodyOctets == 7)
        #expect(whole.counters.unrecognisedOctets == 0)
        Torture.everySplit(of: Array(("\r\n" + Self.post + Self.other + "\r\n" + Self.chunked).utf8)) { pieces in
            let result = FlowScript(pieces.filter { !$0.isEmpty }.map { .client(Array($0)) } + [.clientEnd()]).play()
            #expect(result.faults == [])
            #expect(result.entries.map(\.text) == ["hello world", "hello world"])
            #expect(result.entries.allSatisfy { $0.end == .complete })
            #expect(result.counters.framingOctets + 22 + 7 == result.counters.clientOctets)
        }
    }

    @Test("a request begins with the packet of its first octet, wherever the packets end")
    func began() {
        let lead = "\r\n"
        let texts = [Self.post, Self.chunked, "GET /g HTTP/1.1\r\nHost: g.ai\r\n\r\n", lead + Self.post]
        let stream = Array(texts.joined().utf8)
        var starts: [Int] = []
        var position = 0
        for text in texts {
            starts.append(position + (text.hasPrefix(lead) ? 2 : 0))
            position += text.utf8.count
        }
        Torture.everySplit(of: stream) { pieces in
            let pieces = pieces.filter { !$0.isEmpty }
            let result = FlowScript(pieces.map { .client(Array($0)) }).play()
            let expected = starts.map { start in UInt64((pieces.firstIndex { $0.endIndex > start } ?? -1) + 1) }
            #expect(result.faults == [])
            #expect(result.entries.map(\.began) == expected)
        }
    }

    @Test("a request that comes packets after the one before it begins there")
    func pause() {
        let result = FlowScript([
            FlowScript.client(Self.post), FlowScript.server("HTTP/1.1 200 OK\r\n\r\n"), FlowScript.server("x"),
            FlowScript.client("\r\n"), FlowScript.client("GE"), FlowScript.client("T / HTTP/1.1\r\nHost: b.ai\r\n\r\n"),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.began) == [1, 5])
        #expect(result.serverRead == 0)
        #expect(result.lastInterest.reading == .toServerOnly)
    }

    @Test("a hole in a body of known length is reported and the rest is read")
    func holeInBody() {
        let result = FlowScript([
            FlowScript.client("POST / HTTP/1.1\r\nHost: a.ai\r\nContent-Length: 20\r\n\r\n01234"),
            .clientGap(6, .snaplen), FlowScript.client("BCDE"), .clientGap(5), FlowScript.client(Self.post),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["01234BCDE", "hello world"])
        #expect(result.entries.first?.lost == [.snapLength: 6, .gap: 5])
        #expect(result.entries.map(\.end) == [.complete, .complete])
    }

    @Test("what follows a hole in chunked framing is charged to its request until another begins")
    func holeInChunks() {
        let result = FlowScript([
            FlowScript.client("POST / HTTP/1.1\r\nHost: a.ai\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
            .clientGap(10), FlowScript.client("rest"), FlowScript.client(Self.post),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["hello", "hello world"])
        #expect(result.entries.map(\.lost) == [[.gap: 14], [:]])
        #expect(result.entries.map(\.end) == [.cutOff, .complete])
        #expect(result.entries.map(\.began) == [1, 4])
    }

    @Test("a hole of unknown size ends the framing and counts as one octet", arguments: [false, true])
    func unknownHole(isChunked: Bool) {
        let framing = isChunked ? "Transfer-Encoding: chunked\r\n\r\n80\r\n" : "Content-Length: 4000000000\r\n\r\n"
        let result = FlowScript([
            FlowScript.client("POST / HTTP/1.1\r\nHost: a.ai\r\n\(framing)hello"), .clientGap(0),
            FlowScript.client("world"), FlowScript.client(Self.post),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["hello", "hello world"])
        #expect(result.entries.first?.end == .cutOff)
        #expect(result.entries.first?.lost[.gap] == (isChunked ? 6 : 1))
    }

    @Test("a head beyond its limit is judged, and its octets are charged to the request")
    func hugeHead() {
        let filler = String(repeating: "X: 0123456789\r\n", count: 5_000)
        let result = FlowScript([
            FlowScript.client("POST / HTTP/1.1\r\nHost: a.ai\r\n\(filler)\r\nbody"), FlowScript.client("more"),
        ]).cut { Torture.chunks(of: $0, size: 1_448) }.play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.isTruncated) == [true])
        #expect(result.entries.first?.lost[.headers] == result.counters.lostOctets)
        #expect(result.counters.framingOctets == 65_536)
        #expect(result.entries.first?.end == .cutOff)
    }

    @Test("a head with a hole is judged by what has come of it")
    func holeInHead() {
        let result = FlowScript([
            FlowScript.client("POST / HTTP/1.1\r\nHost: a.ai\r\nX: y"), .clientGap(30), FlowScript.client("ody"),
            .clientEnd(),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.isTruncated) == [true])
        #expect(result.entries.first?.lost == [.gap: 33])
    }

    @Test("a body ends with the stream as its framing and the stream say")
    func streamEnds() {
        let untilClose = "POST / HTTP/1.1\r\nHost: a.ai\r\nTransfer-Encoding: gzip\r\n\r\nabc"
        #expect(FlowScript([FlowScript.client(untilClose), .clientEnd()]).play().entries.map(\.end) == [.complete])
        #expect(FlowScript([FlowScript.client(untilClose), .clientEnd(.reset)]).play().entries.map(\.end) == [.cutOff])
        let long = "POST / HTTP/1.1\r\nHost: a.ai\r\nContent-Length: 9\r\n\r\nabc"
        let result = FlowScript([FlowScript.client(long), .clientEnd()]).play()
        #expect(result.entries.map(\.end) == [.cutOff])
        #expect(result.entries.map(\.ended) == [2])
    }

    @Test("hundreds of requests of one connection stay apart")
    func keepAlive() {
        let stream = (0..<300).map { index in
            "POST /\(index) HTTP/1.1\r\nHost: \(index % 2 == 0 ? "a.ai" : "b.org")\r\nContent-Length: 2\r\n\r\nok"
        }
        let result = FlowScript([FlowScript.client(stream.joined())]).cut { Torture.chunks(of: $0, size: 97) }.play()
        #expect(result.faults == [])
        #expect(result.entries.count == 150)
        #expect(result.entries.map(\.number) == Array(stride(from: 0, to: 300, by: 2)))
        #expect(result.entries.allSatisfy { $0.text == "ok" && $0.end == .complete })
    }
}
