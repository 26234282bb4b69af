import AppProtocols
import Testing
import Wire

@Suite("Request heads of every version")
struct RequestHeadTests {
    private func parsed(_ fields: [(String, String)]) -> RequestHead? {
        var section = HTTPFields()
        for (name, value) in fields {
            let (name, value) = (Array(name.utf8), Array(value.utf8))
            section.append(name: name.span, value: value.span)
        }
        return RequestHead(section: section, version: .http2)
    }

    @Test("HTTP/2's pseudo-header fields are the request line")
    func http2() throws {
        let found = parsed([
            (":method", "POST"), (":scheme", "HTTPS"), (":path", "/v1/x?y=1&z"), (":authority", "API.x.ai:8443"),
            ("host", "other.ai"), ("user-agent", "test/1"), ("cookie", "a"), ("cookie", "b"),
        ])
        let head = try #require(found)
        #expect((head.method, head.scheme, head.path, head.query) == ("POST", "https", "/v1/x", "y=1&z"))
        #expect((head.host?.description, head.port, head.target) == ("api.x.ai", 8_443, "/v1/x?y=1&z"))
        #expect(head.hostField?.description == "other.ai")
        #expect(head.headers.map(\.name) == ["host", "user-agent", "cookie", "cookie"])
        #expect(head.userAgent == "test/1")
        #expect(head.values(of: "Cookie") == ["a", "b"])
        #expect(!head.isConnect && !head.opensWebSocket && !head.offersHTTP2)
    }

    @Test("without an authority the Host field names the host")
    func host() {
        let head = parsed([(":method", "GET"), (":path", "/"), ("host", "a.ai:81")])
        #expect(head?.host?.description == "a.ai")
        #expect(head?.port == 81)
    }

    @Test("a CONNECT is a tunnel, an extended one a WebSocket (RFC 8441 § 4)")
    func connect() {
        let plain = parsed([(":method", "CONNECT"), (":authority", "a.ai:443")])
        #expect(plain?.isConnect == true)
        #expect((plain?.target, plain?.path, plain?.port) == ("a.ai:443", "", 443))
        let extended = parsed([
            (":method", "CONNECT"), (":protocol", "WebSocket"), (":scheme", "https"), (":path", "/chat"),
            (":authority", "a.ai"),
        ])
        #expect(extended?.isConnect == false)
        #expect(extended?.opensWebSocket == true)
        #expect(extended?.path == "/chat")
    }

    @Test("what has no method, or a status, is no request")
    func answers() {
        for fields in [[(":path", "/")], [(":method", "GET"), (":status", "200")], []] as [[(String, String)]] {
            let isRequest = parsed(fields) != nil
            #expect(!isRequest)
        }
    }

    @Test("HTTP/1's head says the same", arguments: ["h2c, HTTP2-Settings", "websocket", "foo/1, H2C", "h2cx"])
    func http1(upgrade: String) throws {
        let text = "GET /a?b HTTP/1.1\r\nHost: a.ai\r\nUpgrade: \(upgrade)\r\nX: y\r\n\r\n"
        let stream = octets(text)
        let found = HTTP1RequestHead(stream.span)
        let head = RequestHead(try #require(found))
        #expect((head.method, head.target, head.path, head.query) == ("GET", "/a?b", "/a", "b"))
        #expect(head.host?.description == "a.ai")
        #expect(head.opensWebSocket == (upgrade == "websocket"))
        #expect(head.offersHTTP2 == ["h2c, HTTP2-Settings", "foo/1, H2C"].contains(upgrade))
    }
}
