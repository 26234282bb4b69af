import AppProtocols
import TestSupport
import Testing

@Suite("HTTP/1 requests, cut and damaged")
struct HTTP1ParserSplitTests {
    static let requests = octets(
        "POST /v1/a?k=v HTTP/1.1\r\nHost: api.example.com:8080\r\nContent-Length: 7\r\nX: y\r\n z\r\n\r\nseven77"
            + "\r\nPOST /skip HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nB\r\n0123456789a\r\n0\r\nT: u\r\n\r\n"
            + "POST /c HTTP/1.1\nTransfer-Encoding: chunked\n\n2\nhi\n0\n\n"
    )
    static let stream =
        requests
        + octets("CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n\u{16}\u{3}\u{1}tls")

    @Test("every cut gives the same reading")
    func everySplit() {
        let whole = read([Self.stream[...]])
        #expect(whole.targets == ["/v1/a?k=v", "/skip", "/c", "api.example.com:443"])
        #expect(whole.events.last == .raw([0x16, 3, 1] + octets("tls")))
        Torture.everySplit(of: Self.stream) { chunks in
            let reading = read(chunks)
            #expect(reading.events == whole.events)
        }
    }

    @Test("a caller that passes by what is only body reads the same", arguments: [1, 2, 5, 16, 400])
    func passingBodies(size: Int) {
        let end = octets("POST /end HTTP/1.0\r\nContent-Length: x\r\n\r\nuntil the end, whatever it is")
        let stream = Self.requests + end
        let whole = read([stream[...]])
        #expect(whole.targets == ["/v1/a?k=v", "/skip", "/c", "/end"])
        for offset in 0..<size {
            var parser = HTTP1Parser()
            var sink = Recorder()
            var chunks = Torture.chunks(of: Array(stream.dropFirst(offset)), size: size)
            chunks.insert(stream.prefix(offset), at: 0)
            for chunk in chunks {
                switch parser.passBody(chunk.count) {
                case .deliver: sink.body(chunk.span)
                case .skip: sink.bodySkipped(octets: chunk.count)
                case nil: parser.consume(chunk.span, &sink)
                }
            }
            parser.finish(&sink)
            let events = sink.events
            #expect(events == whole.events)
        }
    }

    @Test("no prefix and no changed octet traps, and every head has its end")
    func damage() {
        Torture.everything(of: Self.stream) { chunks in
            let reading = read(chunks)
            #expect(reading.isBalanced)
            #expect(reading.heads.count == reading.events.count { if case .ended = $0 { true } else { false } })
        }
    }

    @Test("random octets and random gaps never trap and stay balanced")
    func noise() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            var parser = HTTP1Parser()
            var sink = Recorder()
            for _ in 0..<12 {
                let start = Int.random(in: 0..<Self.stream.count, using: &generator)
                let end = Int.random(in: start...Self.stream.count, using: &generator)
                parser.consume(Self.stream[start..<end].span, &sink)
                switch UInt8.random(in: 0..<6, using: &generator) {
                case 0: parser.gap(Int.random(in: -1...40, using: &generator), &sink)
                case 1: parser.switchProtocols()
                case 2: parser.refuseSwitch()
                case 3: parser.gap(1 << 50, &sink)
                default: break
                }
            }
            parser.finish(orderly: false, &sink)
            let isBalanced = sink.isBalanced
            #expect(isBalanced)
        }
    }
}
