import AppProtocols
import TestSupport
import Testing

@Suite("HTTP/3 (RFC 9114)")
struct HTTP3ParserTests {
    private typealias Writer = HTTP3Writer

    /// Three requests: reserved frames, two DATA frames, trailers, a stream that is not wanted.
    private static let streams: [(id: UInt64, octets: [UInt8])] = [
        (2, [0] + Writer.frame(4, [1, 0x40, 0x64, 6, 0x80, 0, 0xFF, 0xFF]) + Writer.frame(0x21, [1, 2, 3])),
        (6, [2]), (10, [3, 0x81]), (14, [0x40, 0x21] + octets("reserved")),
        (
            0,
            Writer.frame(0x21, octets("ignored")) + Writer.post("a.ai", headers: [("accept", "*/*")], octets("hel"))
                + Writer.frame(0x40, octets("unknown")) + Writer.frame(0, octets("lo"))
                + Writer.frame(1, Writer.section([("trailer", "x")]))
        ),
        (4, Writer.post("b.ai", path: "/skip", octets("not wanted"))),
        (8, Writer.post("c.ai:8080", path: "/v2?x=1", octets("second")) + Writer.frame(0)),
    ]

    private func expectAll(_ reading: HTTP3Reading) {
        #expect(reading.isBalanced)
        #expect(reading.errors == [])
        #expect(reading.streams.map(\.head) == ["POST a.ai /v1/chat", "POST b.ai /skip", "POST c.ai /v2?x=1"])
        #expect(reading.streams.map(\.text) == ["hello", "", "second"])
        #expect(reading.streams.map(\.isComplete) == [true, false, true])
        #expect(reading.streams.first?.fields == [HTTPField(name: "accept", value: "*/*")])
        #expect((reading.skipped, reading.unreadable) == (10, 0))
    }

    @Test("requests, reserved frames and trailers are read, whatever the cut")
    func requests() {
        for (place, cut) in Self.streams.enumerated() {
            Torture.everySplit(of: cut.octets) { pieces in
                var script: [HTTP3Piece] = []
                for (index, stream) in Self.streams.enumerated() {
                    let parts = index == place ? pieces.map { Array($0) } : [stream.octets]
                    script += parts.map { .octets($0, stream: stream.id) }
                    if stream.id & 3 == 0 { script.append(.end(stream: stream.id)) }
                }
                expectAll(readHTTP3(script))
            }
        }
    }

    @Test("streams lie among each other, octet by octet")
    func interleaving() {
        var script: [HTTP3Piece] = []
        for place in 0..<200 {
            for stream in Self.streams where place < stream.octets.count {
                script.append(.octets([stream.octets[place]], stream: stream.id))
            }
        }
        for stream in Self.streams { script.append(.end(stream: stream.id)) }
        let reading = readHTTP3(script)
        #expect(reading.isBalanced)
        #expect(Set(reading.streams.map(\.text)) == ["hello", "", "second"])
        #expect(reading.streams.filter { $0.isComplete == true }.count == 2)
        #expect((reading.skipped, reading.unreadable) == (10, 0))
    }

    @Test("what Chromium sends is read as it came, and with its requests before the insertions that they need")
    func chromium() {
        let pieces = ChromiumHTTP3.pieces.map { ($0.stream, Hex.octets($0.octets) ?? []) }
        let requests = pieces.filter { $0.0 & 3 == 0 }
        for order in [pieces, requests + pieces.filter { $0.0 & 3 != 0 }] {
            for size in [1, 50, 4_096] {
                var script: [HTTP3Piece] = []
                for (stream, octets) in order {
                    for part in Torture.chunks(of: octets, size: size).map({ Array($0) }) {
                        script.append(stream == 3 ? .server(part, stream: 3) : .octets(part, stream: stream))
                    }
                }
                let reading = readHTTP3(script + [.end(stream: 0), .end(stream: 4)])
                #expect(reading.errors == [])
                #expect(
                    reading.streams.map(\.head) == [
                        "GET chatgpt.com /chat", "GET chatgpt.com /favicon.ico",
                        "POST chatgpt.com /backend-api/conversation",
                    ]
                )
                let heads = reading.streams.map { stream in
                    stream.fields.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
                }
                #expect(heads == ChromiumHTTP3.heads)
                #expect(reading.streams.map(\.isComplete) == [true, true, false])
                #expect(reading.streams.last?.text.hasPrefix("{\"action\":\"next\"") == true)
                #expect(reading.unreadable == 0)
            }
        }
    }

    @Test("every prefix, and every octet changed, is read without a trap and told once")
    func torture() {
        let instructions = [2] + Writer.capacity(100) + Writer.insertion("x", "y")
        let request = Writer.post("a.ai", octets("body")) + Writer.frame(1, [2, 0, 0x80])
        for (first, second) in [(instructions, request), (request, instructions)] {
            let isRequestFirst = first == request
            Torture.everything(of: first) { pieces in
                var script = pieces.map { HTTP3Piece.octets(Array($0), stream: isRequestFirst ? 0 : 2) }
                script.append(.octets(second, stream: isRequestFirst ? 2 : 0))
                let reading = readHTTP3(script)
                #expect(reading.isBalanced)
                #expect(reading.told <= pieces.reduce(second.count) { $0 + $1.count })
            }
        }
    }

    @Test("a reset stream, and one that ends within a frame, are cut off")
    func cutOff() {
        let request = Writer.post("a.ai", octets("body"))
        for (script, isComplete) in [
            ([.octets(request, stream: 0), .end(stream: 0, isComplete: false)], false),
            ([.octets(request.dropLast(), stream: 0), .end(stream: 0)], false),
            ([.octets(request + [0], stream: 0), .end(stream: 0)], false),
            ([.octets(request, stream: 0)], false), ([.octets(request, stream: 0), .end(stream: 0)], true),
        ] as [([HTTP3Piece], Bool)] {
            let reading = readHTTP3(script)
            #expect(reading.streams.map(\.isComplete) == [isComplete])
            #expect(reading.isBalanced)
        }
    }

    @Test("a head that its stream's end cuts is told as far as it goes")
    func cutHead() {
        let request = Writer.frame(1, Writer.request("a.ai", headers: [("x", "0123456789")])).dropLast(5)
        let reading = readHTTP3([.octets(Array(request), stream: 0), .end(stream: 0)])
        #expect(reading.streams.map(\.head) == ["POST a.ai /v1/chat"])
        #expect(reading.streams.map(\.isTruncated) == [true])
    }

    @Test("RFC 9220: an extended CONNECT opens a WebSocket")
    func extendedConnect() {
        let section = Writer.section([
            (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "https"), (":path", "/chat"),
            (":authority", "a.ai"),
        ])
        var fields = HTTPFields()
        var decoder = QPACKDecoder()
        _ = try? decoder.decode(section.span, into: &fields)
        let head = RequestHead(section: fields, version: .http3)
        #expect(head?.opensWebSocket == true)
        #expect(head?.isConnect == false)
        let reading = readHTTP3([.octets(Writer.frame(1, section) + Writer.frame(0, [0x81]), stream: 4)])
        #expect(reading.streams.map(\.head) == ["CONNECT a.ai /chat"])
        #expect(reading.streams.map(\.body) == [[0x81]])
    }

    @Test("what is no request is told to be nobody's: DATA first, answers, other streams, WebTransport")
    func nobody() {
        let reading = readHTTP3([
            .octets(Writer.frame(0, octets("early")), stream: 0),
            .octets(Writer.frame(1, Writer.section([(":status", "200")])) + Writer.frame(0, octets("ans")), stream: 4),
            .octets([0x40, 0x41, 0, 1, 2, 3, 4], stream: 8), .octets([1, 2, 3], stream: 1),
            .octets([0x40, 0x54, 9, 9], stream: 2),
        ])
        #expect(reading.streams == [])
        #expect(reading.unreadable == 5 + 3 + 4 + 3 + 2)
        #expect(reading.isBalanced)
    }

    @Test("one stream beyond the cap ends one that is not wanted, then the idlest, whose later octets are nobody's")
    func tooMany() {
        var limits = HTTP3Limits()
        limits.openStreams = 3
        var script: [HTTP3Piece] = []
        for (stream, path) in [(0, "/a"), (4, "/skip"), (8, "/b"), (12, "/c"), (16, "/d")] as [(UInt64, String)] {
            script.append(.octets(Writer.frame(1, Writer.request("a.ai", path)), stream: stream))
        }
        script.append(.octets(Writer.frame(0, octets("late")), stream: 0))
        script.append(.octets(Writer.frame(0, octets("last")), stream: 16))
        script.append(.end(stream: 16))
        let reading = readHTTP3(script, limits: limits)
        #expect(reading.errors == [.tooManyStreams, .tooManyStreams])
        #expect(reading.streams.map(\.text) == ["", "", "", "", "last"])
        #expect(reading.streams.map(\.isComplete) == [false, false, false, false, true])
        #expect(reading.unreadable == 6)
        #expect(reading.isBalanced)
    }

    @Test("a head beyond the cap is told as far as it goes, and the rest of it as lost")
    func longHead() {
        var limits = HTTP3Limits()
        limits.fieldSectionOctets = 100
        let section = Writer.request("a.ai", headers: (0..<50).map { ("x", "value \($0)") })
        let request = Writer.frame(1, section) + Writer.frame(0, octets("body"))
        for size in [7, 4_096] {
            let reading = readHTTP3(
                Torture.chunks(of: request, size: size).map { .octets(Array($0), stream: 0) } + [.end(stream: 0)],
                limits: limits
            )
            #expect(reading.streams.map(\.isTruncated) == [true])
            #expect(reading.streams.map(\.headLost) == [section.count - 100])
            #expect(reading.streams.map(\.text) == ["body"])
            #expect(reading.errors == [.fieldSectionTooLarge])
        }
    }

    @Test("heads that come in pieces share one bound")
    func manyHeads() {
        let value = String(repeating: "v", count: 80)
        let section = Writer.request("a.ai", headers: (0..<400).map { ("name-\($0)", value) })
        let half = Writer.frame(1, section).prefix(20_000)
        let script = (0..<10).map { HTTP3Piece.octets(Array(half), stream: 4 * UInt64($0)) }
        var parser = HTTP3Parser()
        var sink = StreamRecorder()
        for case .octets(let octets, let stream) in script { parser.consume(octets.span, stream: stream, &sink) }
        let gathered = parser.gatheredOctets
        #expect(gathered == 65_536)
        parser.finish(&sink)
        let heads = sink.streams.count
        let isTruncated = sink.streams.allSatisfy(\.isTruncated)
        #expect(heads == 4)
        #expect(isTruncated)
    }

    @Test("a malformed head leaves its stream readable")
    func malformedHead() {
        let request = Writer.frame(1, Writer.request("a.ai") + [0xFF, 0x24]) + Writer.frame(0, octets("body"))
        let reading = readHTTP3([.octets(request, stream: 0), .end(stream: 0)])
        #expect(reading.streams.map(\.text) == ["body"])
        #expect(reading.streams.map(\.isTruncated) == [true])
        #expect(reading.errors == [.fieldSection(.index(99))])
    }
}
