import AppProtocols
import TestSupport
import Testing

@Suite("HTTP/2 (RFC 9113)")
struct HTTP2ParserTests {
    /// Three requests in each other: padding, a priority, a CONTINUATION, trailers, a stream that is not wanted.
    private static var interleaved: [UInt8] {
        var writer = HTTP2Writer()
        let block = HTTP2Writer.request("a.ai", headers: [("content-type", "application/json")])
        writer.frame(1, flags: 0x28, stream: 1, [3, 0, 0, 0, 0, 16] + block.prefix(20) + [0, 0, 0])
        writer.frame(9, flags: 4, stream: 1, Array(block.dropFirst(20)))
        writer.post("b.ai", "/skip", stream: 3, octets("not wanted"))
        writer.frame(0, flags: 8, stream: 1, [5] + octets("hel") + [0, 0, 0, 0, 0])
        writer.frame(1, flags: 4, stream: 5, HTTP2Writer.request("c.ai:8080", "/v2?x=1"))
        writer.frame(8, stream: 5, [0, 0, 1, 0])
        writer.frame(0xFA, flags: 0xFF, stream: 7, octets("an unknown type"))
        writer.frame(0, stream: 5, octets("second"))
        writer.frame(2, stream: 5, [0, 0, 0, 0, 1])
        writer.frame(0, stream: 1, octets("lo"))
        writer.frame(6, [1, 2, 3, 4, 5, 6, 7, 8])
        writer.frame(1, flags: 5, stream: 1, HTTP2Writer.block([("trailer", "x")]))
        writer.frame(0, flags: 1, stream: 5)
        return writer.octets
    }

    private func expectInterleaved(_ reading: StreamReading) {
        #expect(reading.isBalanced)
        #expect(reading.errors == [])
        #expect(reading.streams.map(\.head) == ["POST a.ai /v1/chat", "POST b.ai /skip", "POST c.ai /v2?x=1"])
        #expect(reading.streams.map(\.text) == ["hello", "", "second"])
        #expect(reading.streams.map(\.isComplete) == [true, false, true])
        #expect(reading.streams.first?.fields == [HTTPField(name: "content-type", value: "application/json")])
        #expect((reading.skipped, reading.unreadable) == (10, 0))
    }

    @Test("streams lie among each other, whatever the cut")
    func interleaving() {
        Torture.everySplit(of: Self.interleaved) { pieces in
            expectInterleaved(readHTTP2(pieces.map { .octets(Array($0)) }))
        }
    }

    @Test("every prefix, and every octet changed, is read without a trap and told once")
    func torture() {
        Torture.everything(of: Self.interleaved) { pieces in
            let reading = readHTTP2(pieces.map { .octets(Array($0)) })
            #expect(reading.isBalanced)
            #expect(reading.told <= pieces.reduce(0) { $0 + $1.count })
        }
    }

    @Test("§ 3.4: only the preface begins a connection")
    func preface() {
        let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
        for count in 0...25 {
            let beginning = Array((preface + [0]).prefix(count))
            #expect(HTTP2Probe.verdict(beginning.span) == (count < 24 ? .needMore : .yes))
        }
        let other = octets("PRI * HTTP/1.1\r\n")
        #expect(HTTP2Probe.verdict(other.span) == .no)
        #expect(HTTP1Probe.verdict(preface.span) == .no)
        let reading = readHTTP2([.octets(octets("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n and more"))])
        #expect(reading.errors == [.malformedPreface])
        #expect(reading.unreadable == 15)
    }

    @Test("§ 6.4: a stream that is reset is cut off, and its later octets are told to be nobody's")
    func reset() {
        var writer = HTTP2Writer()
        writer.frame(1, flags: 4, stream: 1, HTTP2Writer.request("a.ai"))
        writer.frame(0, stream: 1, octets("some"))
        writer.frame(3, stream: 1, [0, 0, 0, 8])
        writer.frame(0, flags: 1, stream: 1, octets("late"))
        let reading = readHTTP2([.octets(writer.octets)])
        #expect(reading.streams.map(\.text) == ["some"])
        #expect(reading.streams.map(\.isComplete) == [false])
        #expect(reading.unreadable == 4)
    }

    @Test("streams opened and reset at once leave nothing behind")
    func rapidReset() {
        var writer = HTTP2Writer()
        for stream in 0..<2_000 as Range<UInt32> {
            writer.frame(1, flags: 4, stream: 2 * stream + 1, HTTP2Writer.request("a.ai"))
            writer.frame(3, stream: 2 * stream + 1, [0, 0, 0, 8])
        }
        var parser = HTTP2Parser()
        var sink = StreamRecorder()
        parser.consume(writer.octets.span, &sink)
        let open = parser.openStreams
        let errors = sink.errors
        #expect(open == 0)
        #expect(errors == [])
    }

    @Test("one stream beyond the cap ends the unwanted one that has been idle for longest, then a wanted one")
    func tooMany() {
        var limits = HTTP2Limits()
        limits.openStreams = 3
        var writer = HTTP2Writer()
        for (stream, path) in [(1, "/a"), (3, "/skip"), (5, "/b"), (7, "/c"), (9, "/d")] as [(UInt32, String)] {
            writer.frame(1, flags: 4, stream: stream, HTTP2Writer.request("a.ai", path))
        }
        writer.frame(0, flags: 1, stream: 9, octets("last"))
        let reading = readHTTP2([.octets(writer.octets)], limits: limits)
        #expect(reading.errors == [.tooManyStreams, .tooManyStreams])
        #expect(reading.streams.map(\.text) == ["", "", "", "", "last"])
        #expect(reading.isBalanced)
    }

    @Test("§ 6.10: a flood of CONTINUATION frames is bounded, and the head is told to be cut")
    func continuationFlood() {
        var limits = HTTP2Limits()
        limits.headerBlockOctets = 100
        var writer = HTTP2Writer()
        let block = HTTP2Writer.request("a.ai")
        writer.frame(1, stream: 1, block)
        for _ in 0..<50 { writer.frame(9, stream: 1, HTTP2Writer.block([("x", "0123456789")])) }
        writer.frame(9, flags: 4, stream: 1)
        writer.frame(0, flags: 1, stream: 1, octets("body"))
        let reading = readHTTP2([.octets(writer.octets)], limits: limits)
        #expect(reading.streams.map(\.isTruncated) == [true])
        #expect(reading.streams.map(\.head) == ["POST a.ai /v1/chat"])
        #expect(reading.streams.map(\.text) == ["body"])
        #expect(reading.streams.map(\.headLost) == [block.count + 50 * 14 - 100])
        #expect(reading.errors == [.headerBlockTooLarge])
    }

    @Test("§ 4.3: what should have been continued and is not is read as far as it goes")
    func interruptedBlock() {
        var writer = HTTP2Writer()
        writer.frame(1, stream: 1, HTTP2Writer.request("a.ai") + [0, 5])
        writer.frame(0, flags: 1, stream: 1, octets("body"))
        writer.frame(9, flags: 4, stream: 1, [0])
        writer.post("b.ai", stream: 3, octets("next"))
        let reading = readHTTP2([.octets(writer.octets)])
        #expect(reading.streams.map(\.isTruncated) == [true, false])
        #expect(reading.streams.map(\.text) == ["body", "next"])
        #expect(reading.errors == [.continuationExpected, .continuationExpected])
    }

    @Test("a malformed block leaves its stream readable")
    func malformedBlock() {
        var writer = HTTP2Writer()
        writer.frame(1, flags: 4, stream: 1, HTTP2Writer.request("a.ai") + [0x80])
        writer.frame(0, flags: 1, stream: 1, octets("body"))
        let reading = readHTTP2([.octets(writer.octets)])
        #expect(reading.streams.map(\.text) == ["body"])
        #expect(reading.streams.map(\.isTruncated) == [true])
        #expect(reading.errors == [.headerBlock(.index(0))])
    }

    @Test("frames that only servers send, even streams and answers open nothing")
    func serverFrames() {
        var writer = HTTP2Writer()
        writer.frame(5, flags: 4, stream: 1, [0, 0, 0, 2] + HTTP2Writer.request("a.ai"))
        writer.frame(1, flags: 5, stream: 2, HTTP2Writer.request("a.ai"))
        writer.frame(1, flags: 4, stream: 3, HTTP2Writer.block([(":status", "200")]))
        writer.frame(0, flags: 1, stream: 3, octets("the answer"))
        writer.frame(7, [0, 0, 0, 1, 0, 0, 0, 0])
        let reading = readHTTP2([.octets(writer.octets)])
        #expect(reading.streams == [])
        #expect(reading.unreadable == 10)
    }

    @Test("more padding than payload is no content")
    func padding() {
        var writer = HTTP2Writer()
        writer.frame(1, flags: 4, stream: 1, HTTP2Writer.request("a.ai"))
        writer.frame(0, flags: 8, stream: 1, [9, 1, 2, 3])
        writer.frame(0, flags: 9, stream: 1, [0] + octets("x"))
        let reading = readHTTP2([.octets(writer.octets)])
        #expect(reading.streams.map(\.text) == ["x"])
        #expect(reading.streams.map(\.isComplete) == [true])
    }

    // MARK: Holes

    @Test("a hole of known size within a body is passed by, wherever it lies")
    func holeInBody() {
        var writer = HTTP2Writer()
        writer.frame(1, flags: 4, stream: 1, HTTP2Writer.request("a.ai"))
        let start = writer.octets.count + 9
        writer.frame(0, stream: 1, octets("0123456789"))
        writer.frame(0, flags: 1, stream: 1, octets("end"))
        let all = writer.octets
        for from in 0..<10 {
            for to in (from + 1)...10 {
                let pieces: [HTTP2Piece] = [
                    .octets(Array(all[..<(start + from)])), .hole(to - from), .octets(Array(all[(start + to)...])),
                ]
                let reading = readHTTP2(pieces)
                #expect(reading.errors == [])
                #expect(reading.streams.map(\.gaps) == [to - from])
                #expect(reading.streams.map(\.body.count) == [13 - (to - from)])
                #expect(reading.streams.map(\.isComplete) == [true])
            }
        }
    }

    @Test("behind a hole over frames reading goes on where a chunk begins with frames")
    func resynchronisation() {
        var first = HTTP2Writer()
        first.frame(1, flags: 4, stream: 1, HTTP2Writer.request("a.ai"))
        first.frame(0, stream: 1, octets("0123456789"))
        var later = HTTP2Writer(withPreface: false)
        later.frame(0, flags: 1, stream: 1, octets("more"))
        later.post("b.ai", stream: 3, octets("new"))
        let cut = first.octets.count - 5
        let reading = readHTTP2([
            .octets(Array(first.octets[..<cut])), .hole(100), .octets(octets("middle of something")),
            .octets(later.octets),
        ])
        #expect(reading.streams.map(\.text) == ["01234more", "new"])
        #expect(reading.streams.map(\.gaps) == [119, 0])
        #expect(reading.streams.map(\.isComplete) == [true, true])
        #expect(reading.errors == [.gapInFraming])
    }

    @Test("every open request is told of a hole that may be its own")
    func sharedHole() {
        var writer = HTTP2Writer()
        for stream in [1, 3, 5] as [UInt32] { writer.frame(1, flags: 4, stream: stream, HTTP2Writer.request("a.ai")) }
        writer.frame(0, stream: 3, octets("x"))
        let reading = readHTTP2([.octets(writer.octets), .hole(50)])
        #expect(reading.streams.map(\.gaps) == [1, 48, 1])
        let unknown = readHTTP2([.octets(writer.octets), .hole(0)])
        #expect(unknown.streams.map(\.gaps) == [0, 1, 0])
    }

    @Test("a connection that is joined midway is read from the first whole head on, unknown names marked")
    func midway() {
        var writer = HTTP2Writer(withPreface: false)
        // POST and https by the static table, path and authority by a table that was not seen.
        writer.frame(1, flags: 4, stream: 11, [0x83, 0x87, 0xC0, 0xBF, 0x7E, 1, 0x78])
        writer.frame(0, flags: 1, stream: 11, octets("body"))
        let chunk = writer.octets
        let isRequest = HTTP2Probe.isMidstreamRequest(chunk.span)
        #expect(isRequest)
        let reading = readHTTP2([.octets(octets("rest of a frame")), .octets(chunk)], isMidway: true)
        #expect(reading.streams.map(\.text) == ["body"])
        #expect(reading.streams.map(\.head) == ["POST - "])
        #expect(reading.streams.first?.fields.map(\.name) == ["?", "?", "?"])
        #expect(reading.unreadable == 15)
        for text in ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "{\"a\": 1}", ""] {
            let stream = octets(text)
            let isRequest = HTTP2Probe.isMidstreamRequest(stream.span)
            #expect(!isRequest)
        }
    }

    @Test("a hole in a head leaves what came before it")
    func holeInHead() {
        var writer = HTTP2Writer()
        let start = writer.octets.count + 9
        let block = HTTP2Writer.request("a.ai", headers: [("x", "0123456789")])
        writer.post("a.ai", stream: 1, headers: [("x", "0123456789")], octets("body"))
        let end = start + block.count
        let reading = readHTTP2([
            .octets(Array(writer.octets[..<(end - 5)])), .hole(5), .octets(Array(writer.octets[end...])),
        ])
        #expect(reading.streams.map(\.head) == ["POST a.ai /v1/chat"])
        #expect(reading.streams.map(\.isTruncated) == [true])
        #expect(reading.streams.map(\.text) == ["body"])
    }
}
