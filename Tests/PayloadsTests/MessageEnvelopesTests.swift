import Payloads
import TestSupport
import Testing

@Suite("gRPC, gRPC-Web and Connect")
struct MessageEnvelopesTests {
    private typealias Writer = ProtobufWriter

    private static let text = ProtobufLeavesTests.code(2_000)
    private static let message = Writer.field(1, Writer.field(1, text) + Writer.field(2, 1))

    private static func head(_ type: String, _ coding: String? = nil) -> MessageHead {
        var head = MessageHead(contentType: type)
        head.messageEncoding = coding
        return head
    }

    @Test(
        "messages in envelopes are read one by one, whatever the content type",
        arguments: [
            "application/grpc", "application/grpc+proto", "application/grpc-web+proto", "application/connect+proto",
            "Application/gRPC-Web; charset=x",
        ]
    )
    func types(_ type: String) {
        let body = Writer.envelope(Self.message) + Writer.envelope([]) + Writer.envelope(Writer.field(2, "second one"))
        let result = decode(body, Self.head(type))
        #expect(result.breaches == [])
        #expect(result.texts == [Self.text, "second one"])
        #expect(result.leaves.map(\.pointer) == ["/1/1", "/2"])
        #expect(result.leaves.allSatisfy { $0.chain == [.grpc, .protobuf] && !$0.isTruncated })
        #expect(result.ledger.inspectedOctets == body.count)
        for size in [1, 2, 5, 64, 100] {
            #expect(decode(Torture.chunks(of: body, size: size).map { .octets($0) }, Self.head(type)) == result)
        }
    }

    @Test("messages without envelopes are read as such", arguments: ["application/x-protobuf", "application/proto"])
    func unary(_ type: String) {
        #expect(decode(Self.message, Self.head(type)).leaves.map(\.chain) == [[.protobuf]])
    }

    @Test("each message is compressed by itself", arguments: ["gzip", "deflate", "br", "zstd"])
    func compressed(_ coding: String) {
        let small = Writer.field(3, "in clear")
        let packed: [UInt8] =
            switch coding {
            case "gzip": DeflateWriter.gzip(Self.message)
            case "deflate": DeflateWriter.zlib(Self.message)
            case "br": BrotliWriter.stream(Self.message)
            default: ZstdWriter.frame(Self.message)
            }
        let body =
            Writer.envelope(packed, flags: 1) + Writer.envelope(small) + Writer.envelope(packed, flags: 1)
        let head = Self.head("application/grpc", coding)
        let result = decode(body, head)
        #expect(result.breaches == [])
        #expect(result.texts == [Self.text, "in clear", Self.text])
        #expect(result.leaves.map(\.chain.count) == [3, 2, 3])
        #expect(result.leaves.first?.chain == [.grpc, DecodeStep(rawValue: coding) ?? .json, .protobuf])
        #expect(result.ledger.inspectedOctets == body.count)
        for size in [1, 7, 100] {
            let split = decode(Torture.chunks(of: body, size: size).map { .octets($0) }, head)
            #expect(split.leaves == result.leaves)
            #expect(split.ledger == result.ledger)
        }
    }

    @Test("a compressed message whose coding no field names shows it itself")
    func unnamedCoding() {
        let body = Writer.envelope(DeflateWriter.gzip(Self.message), flags: 1)
        let result = decode(body, Self.head("application/connect+proto"))
        #expect(result.texts == [Self.text])
        #expect(result.leaves.map(\.chain) == [[.grpc, .gzip, .protobuf]])
    }

    @Test("a message that cannot be decoded costs no other")
    func damaged() {
        var packed = DeflateWriter.gzip(Self.message)
        packed[12] ^= 0xFF
        packed[13] ^= 0xFF
        let body = Writer.envelope(packed, flags: 1) + Writer.envelope(Writer.field(3, "in clear"))
        let result = decode(body, Self.head("application/grpc", "gzip"))
        #expect(result.breaches == [])
        #expect(result.texts.last == "in clear")
        #expect(result.ledger.opaque(.damaged) > 0)
        #expect(result.ledger.requestOctets == body.count)
        let foreign = decode(body, Self.head("application/grpc", "snappy"))
        #expect(foreign.texts == ["in clear"])
        #expect(foreign.ledger.opaque(.coding) == packed.count)
    }

    @Test("Connect's JSON messages are read as JSON, and its end of stream")
    func json() {
        let json = Array("{\"model\":\"m\",\"text\":\(quoted(Self.text))}".utf8)
        let end = Array("{\"metadata\":{\"a\":[\"b\"]}}".utf8)
        let body =
            Writer.envelope(json) + Writer.envelope(DeflateWriter.gzip(json), flags: 1) + Writer.envelope(end, flags: 2)
        let result = decode(body, Self.head("application/connect+json", "gzip"))
        #expect(result.breaches == [])
        #expect(result.leaves.map(\.pointer) == ["/model", "/text", "/model", "/text", "/metadata/a/0"])
        #expect(result.leaves.map(\.chain)[1] == [.grpc, .json])
        #expect(result.leaves.map(\.chain)[3] == [.grpc, .gzip, .json])
        #expect(result.texts.filter { $0 == Self.text }.count == 2)
    }

    @Test("gRPC-Web as text is base64 of the same, and its trailers are text")
    func webText() {
        let trailers = Array("grpc-status: 0\r\ngrpc-message: all is well\r\n".utf8)
        let body = Array(
            (base64(Writer.envelope(Self.message)) + base64(Writer.envelope(trailers, flags: 0x80))).utf8
        )
        let head = Self.head("application/grpc-web-text+proto")
        let result = decode(body, head)
        #expect(result.breaches == [])
        #expect(result.texts == [Self.text, String(decoding: trailers, as: UTF8.self)])
        #expect(result.leaves.map(\.chain) == [[.base64, .grpc, .protobuf], [.base64, .grpc]])
        #expect(result.ledger.inspectedOctets == body.count)
        for size in [1, 3, 100] {
            #expect(decode(Torture.chunks(of: body, size: size).map { .octets($0) }, head) == result)
        }
    }

    @Test("a hole within a message leaves the next, one over envelopes leaves text")
    func holes() {
        let body = Writer.envelope(Self.message) + Writer.envelope(Writer.field(2, "second one"))
        let head = Self.head("application/grpc")
        let inside = decode([.octets(body[..<500]), .gap(100), .octets(body[600...])], head)
        #expect(inside.texts.last == "second one")
        #expect(inside.ledger.opaque(.gap) == 100)
        #expect(inside.leaves.last?.chain == [.grpc, .protobuf])
        let start = 5 + Self.message.count - 20
        let across = decode([.octets(body[..<start]), .gap(23), .octets(body[(start + 23)...])], head)
        #expect(across.breaches == [])
        #expect(across.texts.last?.hasSuffix("second one") == true)
        #expect(across.ledger.requestOctets == body.count)
        let packed =
            Writer.envelope(DeflateWriter.gzip(Self.message), flags: 1) + Writer.envelope(Writer.field(2, "x y"))
        let zipped = decode(
            [.octets(packed[..<60]), .gap(10), .octets(packed[70...])],
            Self.head("application/grpc", "gzip")
        )
        #expect(zipped.texts.last == "x y")
        #expect(zipped.ledger.opaque(.gap) > 10)
        #expect(zipped.ledger.requestOctets == packed.count)
    }

    @Test("what has no envelopes is read as what it is")
    func mislabelled() {
        let head = Self.head("application/grpc")
        #expect(decode("{\"a\":\"x\"}", head).leaves.map(\.chain) == [[.json]])
        #expect(decode("some plain text", head).texts == ["some plain text"])
        let broken = Writer.envelope(Writer.field(1, "first one")) + [0x7F] + Array(Self.text.utf8)
        #expect(decode(broken, head).texts.last?.hasSuffix(Self.text) == true)
    }

    @Test("every prefix and every changed octet balances")
    func torture() {
        let body =
            Writer.envelope(Writer.field(1, Writer.field(2, "hello there"))) + Writer.envelope([8, 1], flags: 2)
            + Writer.envelope(DeflateWriter.gzip(Writer.field(1, "hello")), flags: 1)
        for type in ["application/grpc", "application/connect+json"] {
            Torture.everything(of: body) { pieces in
                let result = decode(pieces.map { .octets($0) }, Self.head(type, "gzip"))
                #expect(result.breaches == [])
                #expect(result.ledger.requestOctets == pieces.reduce(0) { $0 + $1.count })
            }
        }
    }

    @Test("messages in too many codings are charged")
    func nesting() {
        var limits = DecodeLimits()
        limits.nesting = 1
        let body = Writer.envelope(DeflateWriter.gzip(Self.message), flags: 1)
        let result = decode(body, Self.head("application/grpc", "gzip"), limits: limits)
        #expect(result.leaves.isEmpty)
        #expect(result.ledger.opaque(.nesting) == body.count - 5)
    }
}
