import AppProtocols
import TestSupport
import Testing
import Wire

@Suite("HTTP/1 requests (RFC 9112)")
struct HTTP1ParserTests {
    @Test("a body of known length is delivered and the request ends")
    func contentLength() {
        let reading = read("POST /v1/chat HTTP/1.1\r\nHost: api.openai.com\r\nContent-Length: 5\r\n\r\nhello")
        #expect(reading.events == [.head("POST /v1/chat"), .body(octets("hello")), .ended(.complete, [])])
        #expect(reading.heads[0].contentLength == 5)
    }

    @Test("a request without length or coding has no body")
    func noBody() {
        let reading = read("GET /hello.txt HTTP/1.1\r\nUser-Agent: curl/7.64.1\r\nHost: www.example.com\r\n\r\n")
        #expect(reading.events == [.head("GET /hello.txt"), .ended(.complete, [])])
        #expect(reading.heads[0].userAgent == "curl/7.64.1")
        #expect(reading.heads[0].host?.description == "www.example.com")
    }

    @Test("chunks lose their sizes, extensions and trailers (RFC 9112 § 7.1)")
    func chunked() {
        let text =
            "POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\nTrailer: X-Sum\r\n\r\n"
            + "4;name=value;q=\"a;b\"\r\nWiki\r\n6 ; x\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n000;last\r\nX-Sum: 77\r\nVia: b\r\n\r\n"
            + "GET /next HTTP/1.1\r\n\r\n"
        let expected: [Recorder.Event] = [
            .head("POST /up"), .body(octets("Wikipedia in \r\n\r\nchunks.")),
            .ended(.complete, [HTTPField(name: "X-Sum", value: "77"), HTTPField(name: "Via", value: "b")]),
            .head("GET /next"), .ended(.complete, []),
        ]
        let reading = read(text)
        #expect(reading.events == expected)
        #expect(reading.heads[0].transferCodings == ["gzip"])
        #expect(reading.heads[0].isChunked)
    }

    @Test("three hundred requests on one connection are all read")
    func keepAlive() {
        var text = ""
        for index in 0..<300 {
            text += "POST /n/\(index) HTTP/1.1\r\nHost: h\r\nContent-Length: \(index)\r\n\r\n"
            text += String(repeating: "b", count: index)
        }
        for size in [100_000, 1_448, 17] {
            let reading = read(Torture.chunks(of: octets(text), size: size))
            #expect(reading.targets == (0..<300).map { "/n/\($0)" })
            #expect(reading.heads.map(\.index) == Array(0..<300))
            #expect(reading.bodyOctets == 300 * 299 / 2)
        }
    }

    @Test("pipelined requests in one chunk are told apart, unwanted bodies counted")
    func pipelining() {
        let reading = read(
            "POST /skip HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcPOST /take HTTP/1.1\r\nContent-Length: 2\r\n\r\nde"
                + "POST /skip/2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxy\r\n1\r\nz\r\n0\r\n\r\n"
        )
        #expect(
            reading.events == [
                .head("POST /skip"), .skipped(3), .ended(.complete, []), .head("POST /take"), .body(octets("de")),
                .ended(.complete, []), .head("POST /skip/2"), .skipped(3), .ended(.complete, []),
            ]
        )
    }

    @Test(
        "line ends, empty lines, case and folding may be odd",
        arguments: [
            "POST /v1/messages HTTP/1.1\nhost: x\ncontent-length: 3\n\nabc",
            "\r\n\r\n\n\nPOST /v1/messages HTTP/1.1\r\nHOST: x\r\ncOnTeNt-LeNgTh: 3\r\n\r\nabc",
            "POST /v1/messages HTTP/1.1\r\nHost : x\r\nContent-Length : 3\r\n\r\nabc",
            "POST  /v1/messages  http/1.1 \r\nHost:x\r\nContent-Length:\t 3 \t\r\n\r\nabc",
            "POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n  3\r\n\r\nabc",
            "POST /v1/messages HTTP/1.1\r\nHost: x\r\nno colon here\r\n: no name\r\nContent-Length: 3\n\r\nabc",
            "POST /v1/messages HTTP/1.0\r\nHost: x\r\nContent-Length: 3, 3\r\nContent-Length: 03\r\n\r\nabc",
        ]
    )
    func leniency(text: String) {
        let reading = read(text)
        #expect(reading.events == [.head("POST /v1/messages"), .body(octets("abc")), .ended(.complete, [])])
        #expect(reading.heads.first?.host?.description == "x")
        #expect(reading.heads.first?.ambiguousFraming == false)
    }

    @Test("folded values are joined by spaces")
    func folding() {
        let reading = read("GET / HTTP/1.1\r\nX-A: one\r\n\ttwo\r\n   three\r\nX-B: b\r\n\r\n")
        let value = reading.heads[0].value(of: "x-a") ?? ""
        #expect(value.split(separator: " ").map(String.init) == ["one", "two", "three"])
        #expect(!value.contains("\r") && !value.contains("\n"))
        #expect(reading.heads[0].value(of: "x-b") == "b")
    }

    @Test(
        "framing that two recipients may read differently is flagged",
        arguments: [
            ("Content-Length: 3\r\nTransfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n"),
            ("Content-Length: 3\r\nContent-Length: 4", "abc"),
            ("Transfer-Encoding: chunked, chunked", "3\r\nabc\r\n0\r\n\r\n"),
            ("Transfer-Encoding: chunked, gzip", "3\r\nabc\r\n0\r\n\r\n"),
            ("Transfer-Encoding: \u{0b}chunked\r\nContent-Length: 0", "3\r\nabc\r\n0\r\n\r\n"),
            ("Transfer-Encoding: xchunked", "abc"),
            ("Content-Length: +3", "abc"),
            ("Content-Length: 99999999999999999999", "abc"),
        ]
    )
    func ambiguity(fields: String, body: String) {
        let reading = read("POST / HTTP/1.1\r\n\(fields)\r\n\r\n\(body)")
        #expect(reading.heads[0].ambiguousFraming)
        #expect(reading.body == octets("abc"))
        #expect(reading.events.last == .ended(.complete, []))
    }

    @Test("a body without a usable length goes on until the stream ends")
    func untilClose() {
        let text = octets("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nabc")
        #expect(read([text[...]]).events.suffix(2) == [.body(octets("abc")), .ended(.complete, [])])
        #expect(read([text[...]], orderly: false).events.last == .ended(.cutOff, []))
    }

    @Test("Expect is told and changes nothing")
    func expectContinue() {
        let reading = read("PUT /f HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\nok")
        #expect(reading.heads[0].expectsContinue)
        #expect(reading.body == octets("ok"))
    }

    @Test(
        "a body that the stream's end cuts off is told so",
        arguments: [
            ("Content-Length: 9", "abc"), ("Transfer-Encoding: chunked", "9\r\nabc"),
            ("Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\nX: y"), ("Transfer-Encoding: chunked", "3\r\nabc"),
        ]
    )
    func cutOff(fields: String, body: String) {
        let reading = read("POST / HTTP/1.1\r\n\(fields)\r\n\r\n\(body)")
        #expect(reading.body == octets("abc"))
        #expect(reading.events.last == .ended(.cutOff, []))
    }

    @Test("one-octet chunks are delivered; a body call borrows, so there is one each")
    func tinyChunks() {
        let body = String(repeating: "1\r\nx\r\n", count: 20_000)
        let reading = read("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\(body)0\r\n\r\n")
        #expect(reading.body.count == 20_000)
        #expect(reading.events.last == .ended(.complete, []))
    }

    @Test(
        "chunk sizes that lie fail and the rest is unreadable within the request",
        arguments: [
            ("FFFFFFFFFFFFFFFF\r\nabc", HTTP1Error.chunkTooLarge), ("8000000000000000\r\n", .chunkTooLarge),
            ("00000000000000003\r\nabc", .chunkTooLarge), ("x\r\nabc", .malformedChunk), ("\r\nabc", .malformedChunk),
            (";a\r\nabc", .malformedChunk), ("-1\r\nabc", .malformedChunk), ("3\r\nabcd\r\n", .malformedChunk),
            ("3\r\nabc\rX", .malformedChunk),
        ]
    )
    func badChunks(body: String, error: HTTP1Error) {
        let reading = read("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\(body)")
        #expect(reading.events.contains(.failed(error)))
        #expect(reading.events.last == .ended(.framingLost, []))
        #expect(reading.isBalanced)
    }

    @Test("chunk extensions are bounded")
    func longExtension() {
        let long = "3;" + String(repeating: "e", count: 20_000) + "\r\nabc\r\n0\r\n\r\n"
        let reading = read("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\(long)")
        #expect(reading.events.contains(.failed(.malformedChunk)))
        #expect(reading.body.isEmpty)
    }

    @Test("trailers are bounded, and the next request is found")
    func longTrailers() {
        let trailers = String(repeating: "T: v\r\n", count: 20_000)
        let first = octets("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\(trailers)\r\n")
        var chunks = Torture.chunks(of: first, size: 1_400)
        chunks.append(octets("GET /b HTTP/1.1\r\n\r\n")[...])
        let reading = read(chunks)
        #expect(reading.events.contains(.failed(.trailersTooLarge)))
        #expect(reading.targets == ["/a", "/b"])
    }

    @Test("what is no request line is unreadable until one begins a chunk")
    func nonsense() {
        let reading = read([
            octets("GET /a HTTP/1.1\r\n\r\n")[...], octets("\u{1}\u{2}nonsense")[...], octets("more\r\n\r\n")[...],
            octets("GET / is no request\r\n")[...], octets("get /x HTTP/1.1\r\n\r\n")[...],
            octets("GET /b HTTP/1.1\r\n\r\n")[...],
        ])
        #expect(
            reading.events == [
                .head("GET /a"), .ended(.complete, []), .failed(.malformedStartLine),
                .unreadable(10 + 8 + 21 + 19, .malformed), .head("GET /b"), .ended(.complete, []),
            ]
        )
    }

    @Test("a million empty lines before a request cost nothing but time")
    func emptyLines() {
        let lines = [UInt8](repeating: UInt8(ascii: "\n"), count: 1_000_000)
        let reading = read([lines[...], octets("GET /a HTTP/1.1\r\n\r\n")[...]])
        #expect(reading.events == [.head("GET /a"), .ended(.complete, [])])
    }
}
