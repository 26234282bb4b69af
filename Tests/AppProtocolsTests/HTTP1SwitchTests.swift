import AppProtocols
import TestSupport
import Testing
import Wire

@Suite("HTTP/1 CONNECT and Upgrade")
struct HTTP1SwitchTests {
    private static let connect = "CONNECT api.anthropic.com:443 HTTP/1.1\r\nHost: api.anthropic.com:443\r\n\r\n"

    @Test("after the server's consent everything is raw, a request line too")
    func consent() {
        var parser = HTTP1Parser()
        var sink = Recorder()
        parser.consume(octets(Self.connect).span, &sink)
        let isAwaitingSwitch = parser.isAwaitingSwitch
        #expect(isAwaitingSwitch)
        parser.switchProtocols()
        let hasSwitched = parser.hasSwitched
        #expect(hasSwitched)
        parser.consume(octets("GET / HTTP/1.1\r\n\r\n").span, &sink)
        parser.gap(9, &sink)
        let events = sink.events
        #expect(
            events == [
                .head("CONNECT api.anthropic.com:443"), .ended(.complete, []), .raw(octets("GET / HTTP/1.1\r\n\r\n")),
                .rawGap(9),
            ]
        )
        let head = sink.heads[0]
        #expect(head.isConnect && head.host?.description == "api.anthropic.com" && head.port == 443)
    }

    @Test("407 and a second attempt are two requests")
    func retry() {
        var parser = HTTP1Parser()
        var sink = Recorder()
        parser.consume(octets(Self.connect).span, &sink)
        parser.refuseSwitch()
        let again = "CONNECT api.anthropic.com:443 HTTP/1.1\r\nProxy-Authorization: Basic eDp5\r\n\r\n"
        parser.consume(octets(again).span, &sink)
        parser.switchProtocols()
        parser.consume([0x16, 3, 1].span, &sink)
        let count = sink.heads.count
        #expect(count == 2)
        let last = sink.events.last
        #expect(last == .raw([0x16, 3, 1]))
    }

    @Test("unanswered, a request line goes on as HTTP and anything else does not")
    func byContent() {
        let tls = read([octets(Self.connect)[...], [0x16, 3, 1, 0, 5, 1][...]])
        #expect(tls.events.last == .raw([0x16, 3, 1, 0, 5, 1]))
        let http = read([octets(Self.connect)[...], octets("POST /v1 HTTP/1.1\r\nContent-Length: 1\r\n\r\nx")[...]])
        #expect(http.targets == ["api.anthropic.com:443", "/v1"])
        let ssh = read([octets(Self.connect)[...], octets("SSH-2.0-OpenSSH_9.6\r\n")[...]])
        #expect(ssh.events.last == .raw(octets("SSH-2.0-OpenSSH_9.6\r\n")))
        let upgrade = "GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        let frames = read([octets(upgrade)[...], [0x81, 0x85, 1, 2, 3, 4][...]])
        #expect(frames.events.last == .raw([0x81, 0x85, 1, 2, 3, 4]))
        #expect(frames.heads[0].upgrade == "websocket")
        let preface = octets("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        let http2 = read([octets(upgrade)[...], preface[..<3], preface[3...]])
        #expect(http2.events.last == .raw(preface))
    }

    @Test("an upgrade's body comes before the other protocol, whenever the answer does")
    func upgradeWithBody() {
        let head = "POST /up HTTP/1.1\r\nUpgrade: h2c\r\nContent-Length: 4\r\n\r\nab"
        var parser = HTTP1Parser()
        var sink = Recorder()
        parser.consume(octets(head).span, &sink)
        parser.switchProtocols()
        parser.consume(octets("cdGET / HTTP/1.1\r\n").span, &sink)
        let events = sink.events
        #expect(
            events == [
                .head("POST /up"), .body(octets("abcd")), .ended(.complete, []), .raw(octets("GET / HTTP/1.1\r\n")),
            ]
        )
    }

    @Test("octets held back until the answer came are not lost")
    func heldBack() {
        var parser = HTTP1Parser()
        var sink = Recorder()
        parser.consume(octets(Self.connect).span, &sink)
        parser.consume(octets("GE").span, &sink)
        let isAwaitingSwitch = parser.isAwaitingSwitch
        #expect(isAwaitingSwitch)
        parser.switchProtocols()
        parser.consume(octets("T").span, &sink)
        let last = sink.events.last
        #expect(last == .raw(octets("GET")))
        parser.finish(&sink)
        let again = sink.events.last
        #expect(again == .raw(octets("GET")))
    }

    @Test("a hole behind CONNECT belongs to the tunnel")
    func hole() {
        var parser = HTTP1Parser()
        var sink = Recorder()
        parser.consume(octets(Self.connect).span, &sink)
        parser.gap(100, &sink)
        parser.consume([1, 2].span, &sink)
        let events = sink.events.suffix(2)
        #expect(events == [.rawGap(100), .raw([1, 2])])
    }
}
