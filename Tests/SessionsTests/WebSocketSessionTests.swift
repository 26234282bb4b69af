import AppProtocols
import FlowTracking
import Sessions
import TestSupport
import Testing

@Suite("Sessions: WebSocket")
struct WebSocketSessionTests {
    private static func opening(_ host: String = "a.ai", extensions: String = "") -> String {
        "GET /v1/realtime HTTP/1.1\r\nHost: \(host)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + (extensions.isEmpty ? "" : "Sec-WebSocket-Extensions: \(extensions)\r\n") + "\r\n"
    }

    private static func agreed(_ extensions: String = "") -> String {
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            + (extensions.isEmpty ? "" : "Sec-WebSocket-Extensions: \(extensions)\r\n") + "\r\n"
    }

    private static let messages =
        WebSocketWriter.text("first") + WebSocketWriter.frame(9, [1, 2]) + WebSocketWriter.text("second")

    @Test("each message is a request of its own, within the one that opened the WebSocket, however it is cut")
    func messages() {
        Torture.everySplit(of: Self.messages) { pieces in
            let result = FlowScript(
                [FlowScript.client(Self.opening()), FlowScript.server(Self.agreed())]
                    + pieces.filter { !$0.isEmpty }.map { .client(Array($0)) }
            ).play()
            #expect(result.faults == [])
            #expect(result.entries.map(\.text) == ["", "first", "second"])
            #expect(result.entries.map(\.opening) == [nil, 0, 0])
            #expect(result.entries.map(\.end) == [.complete, .complete, .complete])
            #expect(result.entries.map(\.number) == [0, 1, 2])
            #expect(result.entries.map(\.isAssumed) == [false, false, false])
            #expect(result.counters.messages == 2)
            #expect(result.counters.deliveredOctets == 11)
            #expect(result.lastInterest == .toServerOnly.wanted)
        }
    }

    @Test("a message begins with the packet of its frame's first octet")
    func began() {
        let result = FlowScript([
            FlowScript.client(Self.opening()), FlowScript.server(Self.agreed()), .client(Array(Self.messages[..<2])),
            .client(Array(Self.messages[2...])),
        ]).play()
        #expect(result.entries.map(\.began) == [1, 3, 4])
    }

    @Test("without the server's answer the frames tell, and what was agreed on is assumed")
    func oneWay() {
        let deflated = WebSocketWriter.frame(1, [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], reserved: 4)
        let result = FlowScript([
            FlowScript.client(Self.opening(extensions: "permessage-deflate; client_max_window_bits")),
            .client(deflated), .client(Self.messages),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.isCompressed) == [false, true, false, false])
        #expect(result.entries.map(\.isAssumed) == [false, true, true, true])
        #expect(result.entries.map(\.takesContext) == [false, true, false, false])
    }

    @Test("compression is what the server agreed to")
    func extensions() {
        let deflated = WebSocketWriter.text("xyz", reserved: 4)
        let offer = Self.opening(extensions: "permessage-deflate")
        let taken = FlowScript([
            FlowScript.client(offer), FlowScript.server(Self.agreed("permessage-deflate;client_no_context_takeover")),
            .client(deflated),
        ]).play()
        #expect(taken.entries.map(\.isCompressed) == [false, true])
        #expect(taken.entries.map(\.takesContext) == [false, false])
        let refused = FlowScript([FlowScript.client(offer), FlowScript.server(Self.agreed()), .client(deflated)]).play()
        #expect(refused.faults == [])
        #expect(refused.entries.map(\.lost) == [[:], [.protocolSwitched: 3]])
    }

    @Test("a WebSocket to no service is skipped and counted, other upgrades stay unread")
    func others() {
        let none = FlowScript([
            FlowScript.client(Self.opening("other.org")), FlowScript.server(Self.agreed()), .client(Self.messages),
        ]).play()
        #expect(none.faults == [])
        #expect(none.entries == [])
        #expect(none.counters.unrecognisedOctets == Self.messages.count)
        let other = FlowScript([
            FlowScript.client("GET / HTTP/1.1\r\nHost: a.ai\r\nUpgrade: foo\r\n\r\n"),
            FlowScript.server(Self.agreed()), .client(Self.messages),
        ]).play()
        #expect(other.faults == [])
        #expect(other.entries.map(\.lost) == [[.protocolSwitched: Self.messages.count]])
    }

    @Test("holes are charged to the message they fall into, else to the opening request")
    func holes() {
        let frame = WebSocketWriter.text("0123456789")
        let start: [FlowScript.Step] = [FlowScript.client(Self.opening()), FlowScript.server(Self.agreed())]
        let inside = FlowScript(
            start + [.client(Array(frame[..<9])), .clientGap(4, .snaplen), .client(Array(frame[13...]))]
        ).play()
        #expect(inside.faults == [])
        #expect(inside.entries.map(\.text) == ["", "012789"])
        #expect(inside.entries.map(\.lost) == [[:], [.snapLength: 4]])
        #expect(inside.entries.map(\.end) == [.complete, .complete])
        let across = FlowScript(start + [.client(frame), .clientGap(30), .client(Self.messages)]).play()
        #expect(across.faults == [])
        #expect(across.entries.map(\.text) == ["", "0123456789", "first", "second"])
        #expect(across.entries.map(\.lost) == [[.gap: 30], [:], [:], [:]])
        let first = FlowScript(start + [.clientGap(30), .client(Self.messages)]).play()
        #expect(first.faults == [])
        #expect(first.entries.map(\.text) == ["", "first", "second"])
    }

    @Test("a message that is open at the end is cut off")
    func cutOff() {
        let result = FlowScript([
            FlowScript.client(Self.opening()), FlowScript.server(Self.agreed()),
            .client(WebSocketWriter.frame(1, [65, 66], isFinal: false)),
        ]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.end) == [.complete, .cutOff])
    }

    @Test("a WebSocket in a stream of HTTP/2 (RFC 8441), beside other requests")
    func inHTTP2() {
        var writer = HTTP2Writer()
        let head = [
            (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "https"), (":path", "/chat"),
            (":authority", "a.ai"), ("sec-websocket-extensions", "permessage-deflate"),
        ]
        writer.frame(1, flags: 4, stream: 1, HTTP2Writer.block(head))
        let frames = Self.messages
        writer.frame(0, stream: 1, Array(frames[..<8]))
        writer.post("b.ai", stream: 3, Array("a body".utf8))
        writer.frame(0, flags: 1, stream: 1, Array(frames[8...]))
        Torture.everySplit(of: writer.octets) { pieces in
            let result = FlowScript(pieces.filter { !$0.isEmpty }.map { .client(Array($0)) }).play()
            #expect(result.faults == [])
            #expect(result.entries.map(\.text) == ["", "first", "a body", "second"])
            #expect(result.entries.map(\.opening) == [nil, 0, nil, 0])
            #expect(result.entries.map(\.path) == ["/chat", "", "/v1/chat", ""])
            #expect(result.entries.allSatisfy { $0.end == .complete })
        }
    }

    @Test("behind a hole over frames of HTTP/2 a WebSocket goes on where its own frames can be told")
    func holeInHTTP2() {
        var writer = HTTP2Writer()
        let head = [(":method", "CONNECT"), (":protocol", "websocket"), (":path", "/chat"), (":authority", "a.ai")]
        writer.frame(1, flags: 4, stream: 1, HTTP2Writer.block(head))
        writer.frame(0, stream: 1, WebSocketWriter.frame(1, [65, 66], isFinal: false))
        var later = HTTP2Writer(withPreface: false)
        later.frame(0, stream: 1, WebSocketWriter.text("x") + WebSocketWriter.text("y"))
        later.frame(8, [0, 0, 1, 0])
        let result = FlowScript([.client(writer.octets), .clientGap(40), .client(later.octets)]).play()
        #expect(result.faults == [])
        #expect(result.entries.map(\.text) == ["", "AB", "x", "y"])
        #expect(result.entries.map(\.lost) == [[:], [.gap: 40], [:], [:]])
        #expect(result.entries.map(\.end) == [.complete, .cutOff, .complete, .complete])
    }

    @Test("octets that are damaged never trap and always balance")
    func torture() {
        let octets = Array(Self.opening().utf8) + Self.messages
        Torture.everything(of: octets) { pieces in
            let result = FlowScript(pieces.filter { !$0.isEmpty }.map { .client(Array($0)) }).play()
            #expect(result.faults == [])
        }
    }
}
