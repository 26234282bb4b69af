import AppProtocols
import TestSupport
import Testing

@Suite("HTTP/3 with holes and fields that come late")
struct HTTP3HoleTests {
    private typealias Writer = HTTP3Writer

    /// A section that needs one insertion, in front of which its own fields stand.
    private static func waiting(_ path: String) -> [UInt8] {
        [2, 0] + Writer.request("a.ai", path).dropFirst(2) + [0x80]
    }

    private static func request(_ body: String, path: String = "/v1/chat") -> [UInt8] {
        Writer.frame(1, waiting(path)) + Writer.frame(0, octets(body))
    }

    private static let instructions = [2] + Writer.capacity(4_096) + Writer.insertion("x", "known")

    @Test("a request that waits for insertions is read when they come, in any order and cut")
    func waits() {
        let request = Self.request("body")
        Torture.everySplit(of: request) { pieces in
            let script = pieces.map { HTTP3Piece.octets(Array($0), stream: 0) }
            for order in [
                [.octets(Self.instructions, stream: 2)] + script + [.end(stream: 0)],
                script + [.octets(Self.instructions, stream: 2), .end(stream: 0)],
                script + [.end(stream: 0), .octets(Self.instructions, stream: 2)],
            ] {
                let reading = readHTTP3(order)
                #expect(reading.streams.map(\.text) == ["body"])
                #expect(reading.streams.first?.fields == [HTTPField(name: "x", value: "known")])
                #expect(reading.streams.map(\.isComplete) == [true])
                #expect(reading.errors == [])
                #expect(reading.held == (0, 0))
            }
        }
    }

    @Test("one that waits to the end, for lost instructions or across a hole is read with unknown names marked")
    func waitsInVain() {
        let request = Self.request("body")
        for script in [
            [.octets(request, stream: 0), .end(stream: 0)],
            [.octets(request, stream: 0), .end(stream: 0), .hole(5, stream: 2)],
            [.octets(request, stream: 0), .octets([2], stream: 6), .end(stream: 6), .end(stream: 0)],
            [.octets([2, 0x20], stream: 2), .hole(3, stream: 2), .octets(request, stream: 0), .end(stream: 0)],
        ] as [[HTTP3Piece]] {
            let reading = readHTTP3(script)
            #expect(reading.streams.map(\.text) == ["body"])
            #expect(reading.streams.map(\.head) == ["POST a.ai /v1/chat"])
            #expect(reading.streams.first?.fields.map(\.name) == ["?"])
            #expect(reading.streams.map(\.isComplete) == [true])
            #expect(!reading.errors.isEmpty)
            #expect(reading.isBalanced)
        }
        let hole = readHTTP3([.octets(request, stream: 0), .hole(9, stream: 0)])
        #expect(hole.streams.map(\.text) == ["body"])
        #expect(hole.streams.map(\.gaps) == [9])
    }

    @Test("streams and octets that wait are bounded")
    func waitingIsBounded() {
        var limits = HTTP3Limits()
        limits.blockedStreams = 2
        limits.blockedOctets = 200
        let three = (0..<3).map { HTTP3Piece.octets(Self.request("body", path: "/\($0)"), stream: 4 * UInt64($0)) }
        let reading = readHTTP3(three, limits: limits)
        #expect(reading.held.streams == 2)
        #expect(reading.streams.map(\.head) == ["POST a.ai /2", "POST a.ai /0", "POST a.ai /1"])
        #expect(reading.streams.map(\.text) == ["body", "body", "body"])
        let long = readHTTP3(
            [
                .octets(Self.request("start"), stream: 0),
                .octets(Writer.frame(0, [UInt8](repeating: 0x61, count: 300)), stream: 0),
            ],
            limits: limits
        )
        #expect(long.held == (0, 0))
        #expect(long.streams.map(\.body.count) == [305])
        #expect(long.errors == [.fieldsMissing])
    }

    @Test("a stream waits once, however many heads it claims")
    func waitsOnce() {
        let answer = Writer.frame(1, [9, 0] + Writer.section([(":status", "200")]).dropFirst(2))
        let reading = readHTTP3([
            .octets(Array(repeating: answer, count: 100).flatMap { $0 } + Self.request("body"), stream: 0),
            .octets(
                [2] + Writer.capacity(4_096) + Array(repeating: Writer.insertion("x", "y"), count: 8).flatMap { $0 },
                stream: 2
            ),
        ])
        #expect(reading.streams.map(\.text) == ["body"])
        #expect(reading.isBalanced)
    }

    @Test("§ 4.5.1.1 of RFC 9204: the server's SETTINGS tell how counts of insertions wrap")
    func settings() {
        let insertions = (0..<70).flatMap { Writer.insertion("n", "\($0)") }
        // A table of at most 1,024 octets, 32 fields, of which the client takes 200: the 70th insertion is told as 7.
        let control = [0] + Writer.frame(4, [6, 0x40, 0x80, 1, 0x44, 0])
        let request = Writer.frame(1, [7, 0] + Writer.request("a.ai").dropFirst(2) + [0x80])
        let script: [HTTP3Piece] = [
            .octets([2] + Writer.capacity(200) + insertions, stream: 2), .octets(request, stream: 0), .end(stream: 0),
        ]
        Torture.everySplit(of: control) { pieces in
            let reading = readHTTP3(pieces.map { .server(Array($0), stream: 3) } + script)
            #expect(reading.streams.first?.fields == [HTTPField(name: "n", value: "69")])
        }
    }

    @Test("a hole of known size within a body is passed by, wherever it lies")
    func holeInBody() {
        let head = Writer.frame(1, Writer.request("a.ai"))
        let all = head + Writer.frame(0, octets("0123456789")) + Writer.frame(0, octets("end"))
        let start = head.count + 2
        for from in 0..<10 {
            for to in (from + 1)...10 {
                let reading = readHTTP3([
                    .octets(Array(all[..<(start + from)]), stream: 0), .hole(to - from, stream: 0),
                    .octets(Array(all[(start + to)...]), stream: 0), .end(stream: 0),
                ])
                #expect(reading.errors == [])
                #expect(reading.streams.map(\.gaps) == [to - from])
                #expect(reading.streams.map(\.body.count) == [13 - (to - from)])
                #expect(reading.streams.map(\.isComplete) == [true])
            }
        }
    }

    @Test("behind a hole over frames the rest of its stream is lost, other streams are not")
    func holeInFraming() {
        let first = Writer.post("a.ai", octets("0123456789"))
        let reading = readHTTP3([
            .octets(first.dropLast(5), stream: 0), .hole(100, stream: 0), .octets(octets("middle"), stream: 0),
            .octets(Writer.post("b.ai", octets("new")), stream: 4), .end(stream: 4), .end(stream: 0),
        ])
        #expect(reading.streams.map(\.text) == ["01234", "new"])
        #expect(reading.streams.map(\.gaps) == [106, 0])
        #expect(reading.streams.map(\.isComplete) == [true, true])
        #expect(reading.errors == [.gapInFraming])
    }

    @Test("a hole in a head leaves what came before it, one before the head nothing")
    func holeInHead() {
        let section = Writer.request("a.ai", headers: [("x", "0123456789")])
        let all = Writer.frame(1, section) + Writer.frame(0, octets("body"))
        let end = all.count - 6
        let reading = readHTTP3([
            .octets(Array(all[..<(end - 5)]), stream: 0), .hole(5, stream: 0), .octets(Array(all[end...]), stream: 0),
            .end(stream: 0), .hole(7, stream: 4), .octets(octets("any"), stream: 4), .hole(0, stream: 8),
        ])
        #expect(reading.streams.map(\.head) == ["POST a.ai /v1/chat"])
        #expect(reading.streams.map(\.isTruncated) == [true])
        #expect(reading.streams.map(\.text) == ["body"])
        #expect(reading.unreadable == 11)
    }
}
