import AppProtocols
import TestSupport
import Testing

@Suite("HTTP/1 answers (RFC 9112 § 4, § 6.3)")
struct HTTP1ResponseReaderTests {
    private func answers(_ chunks: [ArraySlice<UInt8>], _ methods: [String]) -> (answers: [HTTP1Answer], rest: [UInt8])
    {
        var reader = HTTP1ResponseReader()
        for method in methods { reader.expect(method: method) }
        var answers: [HTTP1Answer] = []
        var rest: [UInt8] = []
        for chunk in chunks {
            var offset = 0
            while let answer = reader.next(in: chunk.span, from: &offset) { answers.append(answer) }
            if reader.hasSwitched { rest += chunk.dropFirst(offset) }
        }
        return (answers, rest)
    }

    private static let stream = octets(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
            + "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a\r\nHTTP/\r\n0\r\nT: v\r\n\r\n"
            + "HTTP/1.1 103 Early\nLink: x\n\nHTTP/1.1 407 Auth\nContent-Length: 2\n\nno"
            + "HTTP/1.1 200 Connection established\r\nContent-Length: 7\r\n\r\n\u{16}\u{3}tls"
    )
    private static let methods = ["POST", "DELETE", "HEAD", "GET", "CONNECT", "CONNECT"]

    @Test("answers come in order with their request, bodies passed over, and a tunnel's octets are left")
    func inOrder() {
        let whole = answers([Self.stream[...]], Self.methods)
        #expect(whole.answers.map(\.status) == [200, 204, 200, 200, 407, 200])
        #expect(whole.answers.map(\.request) == [0, 1, 2, 3, 4, 5])
        #expect(whole.answers.map(\.switchesProtocols) == [false, false, false, false, false, true])
        #expect(whole.rest == [0x16, 3] + octets("tls"))
        Torture.everySplit(of: Self.stream) { chunks in
            let cut = answers(chunks, Self.methods)
            #expect(cut.answers == whole.answers)
            #expect(cut.rest == whole.rest)
        }
    }

    @Test("101 switches, and nothing after it is an answer")
    func upgrade() {
        let result = answers(
            [octets("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")[...]],
            ["GET"]
        )
        #expect(result.answers == [result.answers[0]])
        #expect(result.answers[0].switchesProtocols)
        #expect(result.rest == octets("HTTP/1.1 200 OK\r\n\r\n"))
    }

    @Test("a hole in a body is passed over, one elsewhere loses the order but not what begins a segment")
    func holes() {
        var reader = HTTP1ResponseReader()
        for _ in 0..<4 { reader.expect(method: "GET") }
        var offset = 0
        let first = octets("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        let status = reader.next(in: first.span, from: &offset)?.status
        let none = reader.next(in: first.span, from: &offset)
        #expect(status == 200 && none == nil)
        reader.gap(7)
        let second = octets("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
        offset = 0
        let request = reader.next(in: second.span, from: &offset)?.request
        #expect(request == 1)
        reader.gap(50)
        let isInStep = reader.isInStep
        #expect(!isInStep)
        let lost = octets("something else")
        offset = 0
        let nothing = reader.next(in: lost.span, from: &offset)
        #expect(nothing == nil)
        offset = 0
        let answer = reader.next(in: second.span, from: &offset)
        #expect(answer?.status == 404 && answer?.request == nil)
    }

    @Test("a hole of unknown size loses the order, unless a body lasts until the end", arguments: [false, true])
    func unknownHole(isFramed: Bool) {
        var reader = HTTP1ResponseReader()
        reader.expect(method: "GET")
        reader.expect(method: "GET")
        var offset = 0
        let first = octets("HTTP/1.1 200 OK\r\n\(isFramed ? "Content-Length: 10\r\n" : "")\r\nabc")
        while reader.next(in: first.span, from: &offset) != nil {}
        reader.gap(0)
        let isInStep = reader.isInStep
        #expect(isInStep == !isFramed)
        let second = octets("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
        offset = 0
        let answer = reader.next(in: second.span, from: &offset)
        #expect(answer?.status == (isFramed ? 404 : nil) && answer?.request == nil)
    }

    @Test("too many open requests, nonsense and every damage never trap")
    func damage() {
        var reader = HTTP1ResponseReader()
        for _ in 0..<10_000 { reader.expect(method: "GET") }
        let isInStep = reader.isInStep
        #expect(!isInStep)
        Torture.everything(of: Self.stream) { chunks in _ = answers(chunks, Self.methods) }
    }
}
