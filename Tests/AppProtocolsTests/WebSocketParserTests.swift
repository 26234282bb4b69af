import AppProtocols
import TestSupport
import Testing

@Suite("WebSocket (RFC 6455)")
struct WebSocketParserTests {
    private func read(_ hex: String) -> SocketReading { readSocket([.octets(Hex.octets(hex) ?? [])]) }

    private static var conversation: [UInt8] {
        WebSocketWriter.text("first") + WebSocketWriter.frame(2, octets("binary, in "), isFinal: false, reserved: 4)
            + WebSocketWriter.frame(9, octets("ping")) + WebSocketWriter.frame(0, [], isFinal: false)
            + WebSocketWriter.frame(0, octets("fragments"), key: [1, 2, 3, 4]) + WebSocketWriter.frame(1, [])
            + WebSocketWriter.frame(1, [UInt8](repeating: 0x61, count: 300), key: nil)
            + WebSocketWriter.frame(8, [3, 232])
    }

    private func expectConversation(_ reading: SocketReading) {
        #expect(reading.isBalanced)
        #expect(reading.errors == [])
        #expect(reading.unreadable == 0)
        #expect(reading.messages.map(\.text.count) == [5, 20, 0, 300])
        #expect(reading.messages.prefix(2).map(\.text) == ["first", "binary, in fragments"])
        #expect(reading.messages.map(\.isComplete) == [true, true, true, true])
        #expect(reading.messages.map(\.head.isText) == [true, false, true, true])
        #expect(reading.messages.map(\.head.coding) == [.none, .deflate, .none, .none])
    }

    @Test("messages and control frames, whatever the cut")
    func cuts() {
        Torture.everySplit(of: Self.conversation) { pieces in
            expectConversation(readSocket(pieces.map { .octets(Array($0)) }))
        }
        var limits = WebSocketLimits()
        limits.pieceOctets = 7
        expectConversation(readSocket([.octets(Self.conversation)], limits: limits))
    }

    @Test("every prefix, and every octet changed, is read without a trap and told once")
    func torture() {
        Torture.everything(of: Self.conversation) { pieces in
            let reading = readSocket(pieces.map { .octets(Array($0)) })
            #expect(reading.isBalanced)
            let told = reading.messages.reduce(reading.unreadable) { $0 + $1.body.count + $1.gaps }
            #expect(told <= pieces.reduce(0) { $0 + $1.count })
        }
    }

    @Test(
        "§ 5.7: the examples",
        arguments: [
            ("81 05 48 65 6c 6c 6f", "Hello"), ("81 85 37 fa 21 3d 7f 9f 4d 51 58", "Hello"),
            ("01 03 48 65 6c 80 02 6c 6f", "Hello"),
        ]
    )
    func examples(hex: String, text: String) {
        let reading = read(hex)
        #expect(reading.messages.map(\.text) == [text])
        #expect(reading.messages.map(\.isComplete) == [true])
    }

    @Test("§ 5.7: lengths of two and of eight octets, and a ping with a body")
    func lengths() {
        #expect(read("89 05 48 65 6c 6c 6f 8a 85 37 fa 21 3d 7f 9f 4d 51 58").messages == [])
        for count in [256, 65_536] {
            let body = [UInt8](repeating: 0x5A, count: count)
            let head = Hex.octets(count == 256 ? "82 7e 0100" : "82 7f 0000000000010000") ?? []
            let reading = readSocket([.octets(head + body)])
            #expect(reading.messages.map(\.body) == [body])
            #expect(readSocket([.octets(WebSocketWriter.frame(2, body))]).messages.map(\.body) == [body])
        }
    }

    @Test("what the standard forbids is read as far as it can be")
    func errors() {
        let interrupted = readSocket([
            .octets(WebSocketWriter.frame(1, octets("a"), isFinal: false) + WebSocketWriter.text("b"))
        ])
        #expect(interrupted.messages.map(\.text) == ["a", "b"])
        #expect(interrupted.messages.map(\.isComplete) == [false, true])
        #expect(interrupted.errors == [.interruptedMessage])
        let orphan = readSocket([.octets(WebSocketWriter.frame(0, octets("rest")))])
        #expect(orphan.messages.map(\.head.isText) == [nil])
        #expect(orphan.messages.map(\.head.coding) == [.unknown])
        #expect(orphan.errors == [.missingBeginning])
        let unknown = readSocket([.octets(WebSocketWriter.frame(3, octets("what")) + WebSocketWriter.text("x"))])
        #expect(unknown.errors == [.unknownOpcode(3)])
        #expect(unknown.unreadable == 4)
        #expect(unknown.messages.map(\.text) == ["x"])
        let bits = readSocket([.octets(WebSocketWriter.text("x", reserved: 6))])
        #expect(bits.messages.map(\.head.coding) == [.unknown])
        let huge = read("82 7f ffffffffffffffff 00")
        #expect(huge.errors == [.lengthTooLarge])
        #expect(huge.unreadable == 1)
    }

    @Test("a hole of known size within a frame is passed by, and the mask goes on")
    func holeInFrame() {
        let text = "0123456789abcdefghij"
        let frame = WebSocketWriter.text(text)
        let head = frame.count - text.utf8.count
        for from in 0..<20 {
            for to in (from + 1)...20 {
                let reading = readSocket([
                    .octets(Array(frame[..<(head + from)])), .hole(to - from), .octets(Array(frame[(head + to)...])),
                ])
                let expected =
                    Array(text.utf8.prefix(from))
                    + Array(text.utf8.dropFirst(to))
                #expect(reading.messages.map(\.body) == [expected])
                #expect(reading.messages.map(\.gaps) == [to - from])
                #expect(reading.messages.map(\.isComplete) == [true])
                #expect(reading.errors == [])
            }
        }
    }

    @Test("behind a hole over frames reading goes on where a chunk begins with frames")
    func resynchronisation() {
        let whole = WebSocketWriter.text("first") + WebSocketWriter.frame(1, octets("sec"), isFinal: false)
        let long = WebSocketWriter.frame(0, [UInt8](repeating: 0x62, count: 200))
        let pair = WebSocketWriter.text("x") + WebSocketWriter.text("y")
        let reading = readSocket([
            .octets(whole), .hole(40), .octets(WebSocketWriter.text("unsure")), .octets(long), .octets(pair),
        ])
        #expect(reading.messages.map(\.text) == ["first", "sec" + String(repeating: "b", count: 200), "x", "y"])
        #expect(reading.messages.map(\.gaps) == [0, 40 + 12, 0, 0])
        #expect(reading.errors == [.gapInFraming])
        let between = readSocket([.octets(WebSocketWriter.text("a")), .hole(0), .octets(pair)])
        #expect(between.messages.map(\.text) == ["a", "x", "y"])
        #expect(between.unreadable == 1)
    }

    @Test(
        "§ 9.1: extensions are read from their fields",
        arguments: [
            (["permessage-deflate; client_max_window_bits"], true, false, false),
            (["foo, Permessage-Deflate ; client_no_context_takeover;server_max_window_bits=10"], true, true, true),
            (["x-webkit-deflate-frame"], true, false, false), (["", " , "], false, false, false),
            ([], false, false, false),
            (["bar; permessage-deflate"], false, false, true),
        ] as [([String], Bool, Bool, Bool)]
    )
    func extensions(values: [String], deflate: Bool, noContext: Bool, unknown: Bool) {
        let extensions = WebSocketExtensions(values)
        #expect(extensions.hasDeflate == deflate)
        #expect(extensions.clientTakesNoContext == noContext)
        #expect(extensions.hasUnknown == unknown)
    }

    @Test("an answer that switches protocols tells the extensions agreed to")
    func agreed() {
        var reader = HTTP1ResponseReader()
        reader.expect(method: "GET")
        let text =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n\r\n"
        var offset = 0
        let stream = octets(text)
        let answer = reader.next(in: stream.span, from: &offset)
        #expect(answer?.webSocketExtensions?.hasDeflate == true)
        #expect(answer?.webSocketExtensions?.clientTakesNoContext == true)
    }
}
