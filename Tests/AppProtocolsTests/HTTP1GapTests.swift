import AppProtocols
import TestSupport
import Testing
import Wire

@Suite("HTTP/1 requests with holes")
struct HTTP1GapTests {
    /// `octets` with a hole, in segments of 7 before and behind it, and a further request that begins a segment.
    private func reading(of octets: [UInt8], hole: Range<Int>, next: [UInt8]) -> Reading {
        var parser = HTTP1Parser()
        var sink = Recorder()
        for chunk in Torture.chunks(of: Array(octets[..<hole.lowerBound]), size: 7) {
            parser.consume(chunk.span, &sink)
        }
        parser.gap(hole.count, &sink)
        for chunk in Torture.chunks(of: Array(octets[hole.upperBound...]), size: 7) {
            parser.consume(chunk.span, &sink)
        }
        parser.consume(next.span, &sink)
        parser.finish(&sink)
        return Reading(events: sink.events, heads: sink.heads, isBalanced: sink.isBalanced, bodyCalls: sink.bodyCalls)
    }

    @Test("a hole in a body of known length is told with its place and size, and the next request is read")
    func knownLength() {
        let head = octets("POST /a HTTP/1.1\r\nContent-Length: 40\r\n\r\n")
        let body = (0..<40).map { UInt8($0) + 0x41 }
        let next = octets("POST /b HTTP/1.1\r\nContent-Length: 2\r\n\r\nok")
        for start in 0..<40 {
            for end in (start + 1)...40 {
                let hole = (head.count + start)..<(head.count + end)
                let reading = reading(of: head + body, hole: hole, next: next)
                #expect(reading.targets == ["/a", "/b"])
                #expect(reading.body == Array(body[..<start] + body[end...]) + octets("ok"))
                #expect(reading.bodyOctets == 42)
                #expect(reading.events.contains(.gap(end - start)))
            }
        }
    }

    @Test("a hole at any place of any length in any framing leaves the books balanced")
    func everywhere() {
        let head = octets("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        let stream = head + octets("9\r\nsome text\r\n5;e\r\nabcde\r\n0\r\nT: v\r\n\r\n")
        let next = octets("POST /b HTTP/1.1\r\nContent-Length: 2\r\n\r\nok")
        for start in 0..<stream.count {
            for end in (start + 1)...stream.count {
                let reading = reading(of: stream, hole: start..<end, next: next)
                #expect(reading.isBalanced)
                #expect(reading.targets.last == "/b", "hole \(start)..<\(end)")
                #expect(reading.events.last == .ended(.complete, []))
            }
        }
    }

    @Test("a hole within one chunk's data is only a hole")
    func insideChunk() {
        let head = octets("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n")
        let stream = head + octets("0123456789\r\n0\r\n\r\n")
        let reading = reading(of: stream, hole: (head.count + 2)..<(head.count + 10), next: [])
        #expect(reading.events == [.head("POST /a"), .body(octets("01")), .gap(8), .ended(.complete, [])])
    }

    @Test("a hole across chunks loses the framing; the rest is charged to the request")
    func acrossChunks() {
        let head = octets("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n")
        let stream = head + octets("0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n")
        let hole = (head.count + 2)..<(head.count + 20)
        let reading = reading(of: stream, hole: hole, next: octets("GET /b HTTP/1.1\r\n\r\n"))
        let rest = stream.count - hole.upperBound
        #expect(
            reading.events == [
                .head("POST /a"), .body(octets("01")), .gap(8), .failed(.gapInFraming), .unreadable(10 + rest, .gap),
                .ended(.framingLost, []), .head("GET /b"), .ended(.complete, []),
            ]
        )
    }

    @Test("a hole beyond a body's end ends the body and loses what follows until a request begins a segment")
    func beyondBody() {
        var parser = HTTP1Parser()
        var sink = Recorder()
        let first = octets("POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\n0123")
        parser.consume(first.span, &sink)
        parser.gap(100, &sink)
        let rest = octets("rest of something\r\nGET /not-at-start HTTP/1.1\r\n\r\n")
        parser.consume(rest.span, &sink)
        let next = octets("GET /b HTTP/1.1\r\n\r\n")
        parser.consume(next.span, &sink)
        let events = sink.events
        #expect(
            events == [
                .head("POST /a"), .body(octets("0123")), .gap(6), .ended(.complete, []), .failed(.gapInFraming),
                .unreadable(94 + rest.count, .gap), .head("GET /b"), .ended(.complete, []),
            ]
        )
    }

    @Test("a hole in a head leaves a truncated head with what came before it")
    func inHead() {
        let first = octets("POST /v1/messages HTTP/1.1\r\nHost: api.anthropic.com\r\nX-Cut: ha")
        var parser = HTTP1Parser()
        var sink = Recorder()
        parser.consume(first.span, &sink)
        parser.gap(50, &sink)
        let rest = octets("{\"body\":1}")
        parser.consume(rest.span, &sink)
        parser.finish(&sink)
        let head = sink.heads[0]
        #expect(head.isTruncated && head.host?.description == "api.anthropic.com" && head.value(of: "x-cut") == nil)
        let events = sink.events
        #expect(
            events == [
                .head("POST /v1/messages"), .failed(.gapInFraming), .unreadable(60, .gap), .ended(.framingLost, []),
            ]
        )
    }

    @Test("a request line in two segments is found after a hole, in many tiny ones it is not")
    func resynchronisation() {
        let line = octets("POST /a/rather/long/target HTTP/1.1\r\nContent-Length: 2\r\n\r\nok")
        for (size, isFound) in [(20, true), (1, false)] {
            var parser = HTTP1Parser()
            var sink = Recorder()
            parser.gap(5, &sink)
            for chunk in Torture.chunks(of: line, size: size) { parser.consume(chunk.span, &sink) }
            parser.finish(&sink)
            let count = sink.heads.count
            #expect((count == 1) == isFound)
            let balanced = sink.isBalanced
            #expect(balanced)
        }
    }

    @Test("text that only resembles a request line does not stop the search")
    func prose() {
        let texts = [
            "GET it done", "POST /v1 is a path", "A / HTTP/1.1\r\n", "GET example.com HTTP/1.1\r\n",
            "PUT /a HTTP/2.0\r\n",
        ]
        for text in texts {
            let reading = reading(of: [0, 0], hole: 0..<1, next: octets(text))
            #expect(reading.heads.isEmpty, "\(text)")
        }
    }

    /// What is told of `text`, a hole of unknown size, `rest` and a further request, a chunk each.
    private func events(_ text: String, unknownHoleThen rest: String) -> [Recorder.Event] {
        var parser = HTTP1Parser()
        var sink = Recorder()
        let first = octets(text)
        let second = octets(rest)
        let next = octets("GET /b HTTP/1.1\r\n\r\n")
        parser.consume(first.span, &sink)
        parser.gap(0, &sink)
        parser.consume(second.span, &sink)
        parser.consume(next.span, &sink)
        parser.finish(&sink)
        let events = sink.events
        let isBalanced = sink.isBalanced
        #expect(isBalanced)
        return events
    }

    private static let found: [Recorder.Event] = [.head("GET /b"), .ended(.complete, [])]

    @Test("a hole of unknown size counts as one octet, and no framing survives it")
    func unknownSize() {
        let post = "POST /a HTTP/1.1\r\n"
        let long = "Content-Length: 900\r\n\r\n"
        let lost: [Recorder.Event] = [.failed(.gapInFraming)]
        #expect(
            events(post + long + "ab", unknownHoleThen: "cd")
                == [.head("POST /a"), .body(octets("ab")), .gap(1), .ended(.framingLost, [])] + lost
                + [.unreadable(2, .gap)] + Self.found
        )
        #expect(
            events("\(post)Upgrade: h2c\r\n\(long)ab", unknownHoleThen: "cd")
                == [.head("POST /a"), .body(octets("ab")), .gap(1), .ended(.framingLost, [])] + lost
                + [.unreadable(2, .gap)] + Self.found
        )
        #expect(
            events("\(post)Transfer-Encoding: chunked\r\n\r\n99\r\nab", unknownHoleThen: "cd")
                == [.head("POST /a"), .body(octets("ab")), .gap(1)] + lost
                + [.unreadable(2, .gap), .ended(.framingLost, [])] + Self.found
        )
        #expect(
            events("\(post)Transfer-Encoding: chunked\r\n\r\n2\r\nab", unknownHoleThen: "cd")
                == [.head("POST /a"), .body(octets("ab"))] + lost
                + [.unreadable(3, .gap), .ended(.framingLost, [])] + Self.found
        )
        #expect(
            events("\(post)Transfer-Encoding: chunked\r\n\r\n0\r\nT: ", unknownHoleThen: "cd")
                == [.head("POST /a")] + lost + [.unreadable(3, .gap), .ended(.framingLost, [])] + Self.found
        )
        #expect(
            events("\(post)Host: h", unknownHoleThen: "cd")
                == [.head("POST /a")] + lost + [.unreadable(3, .gap), .ended(.framingLost, [])] + Self.found
        )
        #expect(events("", unknownHoleThen: "cd") == lost + [.unreadable(3, .gap)] + Self.found)
    }

    @Test("where nothing is framed, a hole of unknown size is one octet that is missing")
    func unknownSizeUnframed() {
        #expect(
            events("POST /a HTTP/1.1\r\nContent-Length: x\r\n\r\nab", unknownHoleThen: "cd").prefix(4)
                == [.head("POST /a"), .body(octets("ab")), .gap(1), .body(octets("cdGET /b HTTP/1.1\r\n\r\n"))]
        )
        #expect(
            events("CONNECT h:1 HTTP/1.1\r\n\r\n", unknownHoleThen: "cd")
                == [
                    .head("CONNECT h:1"), .ended(.complete, []), .rawGap(1),
                    .raw(octets("cdGET /b HTTP/1.1\r\n\r\n")),
                ]
        )
    }

    @Test("a parser that joins midway reads from the first chunk that begins with a request line")
    func midway() {
        var parser = HTTP1Parser(isMidway: true)
        var sink = Recorder()
        let rest = octets("e\":1}GET /a HTTP/1.1\r\n\r\n")
        let next = octets("GET /b HTTP/1.1\r\n\r\n")
        parser.consume(rest.span, &sink)
        parser.consume(next.span, &sink)
        let events = sink.events
        #expect(events == [.unreadable(24, .gap)] + Self.found)
    }

    @Test("a parser is within a head from its first octet to its last but one, and nowhere else")
    func withinHead() {
        let head = "POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\n"
        let stream = octets("\r\n\(head)ok\r\n\(head)ok")
        let length = head.utf8.count
        let heads = [2..<(1 + length), (6 + length)..<(5 + 2 * length)]
        for isMidway in [false, true] {
            var parser = HTTP1Parser(isMidway: isMidway)
            var sink = Recorder()
            // Midway, only a chunk's beginning is looked at.
            let lead = isMidway ? [stream[..<2], stream[2..<20]] : []
            let single = ((isMidway ? 20 : 0)..<stream.count).map { stream[$0...$0] }
            for chunk in lead + single {
                parser.consume(chunk.span, &sink)
                let isWithinHead = parser.isWithinHead
                #expect(isWithinHead == heads.contains { $0.contains(chunk.endIndex - 1) }, "\(chunk.endIndex)")
            }
            let count = sink.heads.count
            #expect(count == 2)
        }
    }
}
