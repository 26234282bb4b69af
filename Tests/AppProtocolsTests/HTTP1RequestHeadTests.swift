import AppProtocols
import TestSupport
import Testing
import Wire

@Suite("HTTP/1 request heads (RFC 9112 § 3)")
struct HTTP1RequestHeadTests {
    private func head(_ text: String) throws -> HTTP1RequestHead {
        let parsed = HTTP1RequestHead(octets(text).span)
        return try #require(parsed)
    }

    @Test(
        "the host is the target's, else that of Host",
        arguments: [
            ("GET / HTTP/1.1\r\nHost: API.OpenAI.com.\r\n\r\n", "api.openai.com", nil),
            ("GET / HTTP/1.1\r\nHost: [2001:DB8::1]:8443\r\n\r\n", "2001:db8::1", 8443),
            ("GET / HTTP/1.1\r\nhost: 192.0.2.1:11434\r\n\r\n", "192.0.2.1", 11434),
            ("POST http://a.example:81/x?y HTTP/1.1\r\nHost: b.example\r\n\r\n", "a.example", 81),
            ("POST HTTPS://user:pw@a.example HTTP/1.1\r\n\r\n", "a.example", nil),
            ("POST http://user:pw@a.example:82 HTTP/1.1\r\n\r\n", "a.example", 82),
            ("CONNECT a.example:443 HTTP/1.1\r\nHost: b.example\r\n\r\n", "a.example", 443),
            ("CONNECT [2001:db8::2]:443 HTTP/1.1\r\n\r\n", "2001:db8::2", 443),
            ("GET / HTTP/1.1\r\nHost: a.example:99999\r\n\r\n", "a.example", nil),
            ("GET / HTTP/1.1\r\nHost: bad host\r\n\r\n", nil, nil), ("GET / HTTP/1.0\r\n\r\n", nil, nil),
        ] as [(String, String?, UInt16?)]
    )
    func authority(text: String, host: String?, port: UInt16?) throws {
        let head = try head(text)
        #expect(head.host?.description == host)
        #expect(head.port == port)
    }

    @Test(
        "the target is split into path and query",
        arguments: [
            ("/where?q=now&r=%20", "/where", "q=now&r=%20"), ("/", "/", nil), ("*", "*", nil), ("/a?", "/a", ""),
            ("http://h/p/q?x#f", "/p/q", "x"), ("http://h?x", "/", "x"), ("http://h", "/", nil), ("/a#b?c", "/a", nil),
            ("/redirect?u=http://x/", "/redirect", "u=http://x/"), ("/with blank", "/with blank", nil),
        ] as [(String, String, String?)]
    )
    func target(target: String, path: String, query: String?) throws {
        let head = try head("GET \(target) HTTP/1.1\r\n\r\n")
        #expect(head.target == target)
        #expect(head.path == path)
        #expect(head.query == query)
    }

    @Test(
        "what is no HTTP/1 request line is none",
        arguments: [
            "", "\r\n", "GET\r\n", "GET / \r\n", "GET /\r\n", "GET / HTTP/2.0\r\n", "PRI * HTTP/2.0\r\n",
            "GET / HTTP/1.x\r\n", " GET / HTTP/1.1\r\n", "G\u{0}T / HTTP/1.1\r\n", "GET HTTP/1.1\r\n",
            "OPTIONS rtsp://a RTSP/1.0\r\n", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\r\n", "GET / HTTP/1.1",
        ]
    )
    func notARequest(text: String) {
        let isHead = HTTP1RequestHead(octets(text).span) != nil
        #expect(!isHead)
    }

    @Test("fields are found whatever their case, with all their values")
    func fields() throws {
        let head = try head(
            "POST / HTTP/1.1\r\nAccept: a\r\nX-API-Key: one\r\naccept: b\r\nContent-Encoding: GZIP, identity\r\n"
                + "Content-Encoding: br\r\nContent-Type: application/json; charset=utf-8\r\nEmpty:\r\n\r\nnot: here"
        )
        #expect(head.values(of: "ACCEPT") == ["a", "b"])
        #expect(head.value(of: "x-api-key") == "one")
        #expect(head.contentEncodings == ["gzip", "br"])
        #expect(head.contentType == "application/json; charset=utf-8")
        #expect(head.value(of: "empty") == "")
        #expect(head.value(of: "not") == nil)
        #expect(head.headers.count == 7)
    }

    @Test("a head beyond the cap is told as far as it goes and its rest is unreadable")
    func tooLarge() {
        let flood = String(repeating: "X-Flood: 0123456789\r\n", count: 4_000)
        let text = octets("POST /v1/messages HTTP/1.1\r\nHost: api.anthropic.com\r\n\(flood)\r\nbody")
        for size in [100_000, 1_400] {
            let reading = read(Torture.chunks(of: text, size: size))
            #expect(reading.heads.first?.isTruncated == true)
            #expect(reading.heads.first?.host?.description == "api.anthropic.com")
            #expect(
                reading.events == [
                    .head("POST /v1/messages"), .failed(.headTooLarge), .unreadable(text.count - 65_536, .headers),
                    .ended(.framingLost, []),
                ]
            )
        }
    }

    @Test("a request line beyond the cap is no head")
    func endlessLine() {
        let text = octets("GET /" + String(repeating: "a", count: 100_000))
        let reading = read(Torture.chunks(of: text, size: 1_000))
        #expect(reading.events == [.failed(.headTooLarge), .unreadable(text.count, .headers)])
    }

    @Test(
        "the probe knows HTTP/1 by its first line",
        arguments: [
            ("GET / HTTP/1.1\r\n", ProbeVerdict.yes), ("\r\n\r\nPOST /x HTTP/1.0\n", .yes), ("G", .needMore),
            ("", .needMore),
            ("GET / HTT", .needMore), ("PRI * HTTP/2.0\r\n\r\n", .no), ("\u{16}\u{3}\u{1}", .no), ("EHLO me\r\n", .no),
            ("SSH-2.0-x\r\n", .no), ("BREW /pot HTTP/1.1\r\n", .yes),
            ("GET /" + String(repeating: "a", count: 600), .yes),
            ("FOO bar" + String(repeating: "a", count: 5_000), .no),
        ]
    )
    func probe(text: String, verdict: ProbeVerdict) {
        #expect(HTTP1Probe.verdict(octets(text).span) == verdict)
    }
}
