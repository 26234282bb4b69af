import Payloads
import TestSupport
import Testing

@Suite("Protocol buffers without a schema")
struct ProtobufLeavesTests {
    private typealias Writer = ProtobufWriter

    static let head = MessageHead(contentType: "application/proto")

    /// Code of so many octets, at least.
    static func code(_ count: Int) -> String {
        var text = ""
        var line = 0
        while text.utf8.count < count {
            line += 1
            text += "    if (foc->gain[\(line)] < \(line * 37)) { foc->gain[\(line)] += torque(line, \"α\"); }\n"
        }
        return text
    }

    /// A chat as gRPC services write it: messages of roles and contents, a model, numbers of every kind.
    static let chat: [UInt8] = {
        let content = Writer.field(1, code(3_000))
        let message = Writer.field(1, content) + Writer.field(2, 1)
        let second = Writer.field(1, Writer.field(1, "Hi")) + Writer.field(2, 2) + Writer.field(3, "name")
        return Writer.field(1, message) + Writer.field(1, second) + Writer.field(2, "grok-4")
            + Writer.fixed32(5, 0x3F80_0000) + Writer.fixed64(6, .max) + Writer.field(7, UInt64.max)
            + Writer.field(8, [1, 2, 0x96, 1, 3]) + Writer.field(1_000, "the last one")
    }()

    @Test("strings are leaves whose pointers are field numbers, numbers are none; all of it is inspected")
    func leaves() {
        let result = decode(Self.chat, Self.head)
        #expect(result.breaches == [])
        #expect(result.leaves.map(\.pointer) == ["/1/1/1", "/1/1/1", "/1/3", "/2", "/1000"])
        #expect(result.texts == [Self.code(3_000), "Hi", "name", "grok-4", "the last one"])
        #expect(result.leaves.allSatisfy { $0.chain == [.protobuf] && !$0.isTruncated && $0.segment == .body })
        #expect(result.ledger.inspectedOctets == Self.chat.count)
    }

    @Test("leaves are the same however the message is cut")
    func cuts() {
        let whole = decode(Self.chat, Self.head)
        for size in [1, 2, 3, 7, 63, 64, 65, 500] {
            let pieces = Torture.chunks(of: Self.chat, size: size).map { BodyPiece.octets($0) }
            #expect(decode(pieces, Self.head) == whole, "pieces of \(size)")
        }
        let small =
            Writer.field(1, Writer.field(2, "a string") + Writer.field(9, [0, 1, 2, 0xFF])) + Writer.field(3, 1)
        let other = Writer.field(3, Writer.field(1, Writer.field(1, small))) + small
        let expected = decode(other, Self.head)
        Torture.everySplit(of: other) { pieces in
            #expect(decode(pieces.map { .octets($0) }, Self.head) == expected)
        }
    }

    @Test("code is found at any depth, and of any length", arguments: [0, 1, 2, 5, 20, 60])
    func depth(_ depth: Int) {
        for length in [200, 600, 20_000] {
            let text = Self.code(length)
            var body = Writer.field(7, text)
            for _ in 0..<depth { body = Writer.field(3, body) + Writer.field(4, 1) }
            let result = decode(body, Self.head)
            #expect(result.texts == [text])
            #expect(result.leaves.first?.pointer == String(repeating: "/3", count: depth) + "/7")
        }
    }

    @Test("messages deeper than is followed are charged, what stands around them is read")
    func tooDeep() {
        let text = Self.code(200)
        var body = Writer.field(7, text)
        for _ in 0..<100 { body = Writer.field(3, body) + Writer.field(4, 1) }
        body = Writer.field(1, "before") + body + Writer.field(2, "behind")
        let result = decode(body, Self.head)
        #expect(result.breaches == [])
        #expect(result.texts == ["before", "behind"])
        #expect(result.ledger.requestOctets == body.count)
        #expect(result.ledger.opaque(.nesting) > text.utf8.count)
    }

    @Test(
        "text that begins like a tag stays text",
        arguments: [
            "before we go on", "return x;", "* a list\n* of things", "\nint main() {", "\n    if (x) {", "\n# heading",
            "Hi", "user", "role", "bZ", "2026", ":q", "JSON", "r", "\n", "\t", "\ta\tb", "\r\n", "AKIAQWERTYUIOPASDFGH",
            "zsh: not found", "\n\n\n\n\n", "Привет, мир", "日本語のテキスト", "😀",
        ]
    )
    func ambiguousText(_ text: String) {
        for text in [text, text + code(100), text + code(700)] {
            let result = decode(Writer.field(1, Writer.field(1, text) + Writer.field(2, 1)), Self.head)
            #expect(result.texts == [text])
        }
    }

    private func code(_ count: Int) -> String { Self.code(count) }

    @Test("a short message whose tag and length read as text is a message")
    func ambiguousMessage() {
        for length in [9, 10, 13, 32, 50, 100, 120] {
            let text = String(Self.code(200).prefix(length))
            let result = decode(Writer.field(4, Writer.field(1, text)), Self.head)
            #expect(result.texts == [text])
            #expect(result.leaves.map(\.pointer) == ["/4/1"])
        }
    }

    @Test("JSON, base64 and hex in strings are read, and what they hold again")
    func nested() {
        let text = Self.code(400)
        let json = "{\"path\":\"a.c\",\"text\":\(quoted(text))}"
        let hex = Hex.text(Array(text.utf8))
        let inner = Writer.field(4, Writer.field(1, Writer.field(1, text)) + Writer.field(2, [1, 0, 2, 0]))
        for (value, chain, pointer) in [
            (json, [.protobuf, .json], "/1"), (base64(text.utf8), [.protobuf, .base64], "/1"),
            (hex, [.protobuf, .hex], "/1"), (hex.uppercased(), [.protobuf, .hex], "/1"),
            (Hex.text(inner), [.protobuf, .hex, .protobuf], "/1/4/1/1"),
            (base64(inner), [.protobuf, .base64, .protobuf], "/1/4/1/1"),
            (Hex.text(DeflateWriter.gzip(Array(text.utf8))), [.protobuf, .hex, .gzip], "/1"),
        ] as [(String, [DecodeStep], String)] {
            let body = Writer.field(1, value) + Writer.field(2, "an-id") + Writer.field(3, 7)
            let result = decode(body, Self.head)
            let found = result.leaves.first { $0.text.contains(text) }
            #expect(found?.chain == chain)
            #expect(found?.pointer == pointer)
            #expect(result.leaves.last?.text == "an-id")
            for size in [1, 5, 100] {
                #expect(decode(Torture.chunks(of: body, size: size).map { .octets($0) }, Self.head) == result)
            }
        }
    }

    @Test("a digest in hex, and hex that is none any more, are text")
    func noHex() {
        var generator = SeededGenerator(seed: 5)
        let digest = Hex.text((0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) })
        let text = Hex.text(Array(Self.code(300).utf8))
        let result = decode(Writer.field(1, digest) + Writer.field(1, text + "; and more"), Self.head)
        #expect(result.texts.first == digest)
        #expect(result.texts.dropFirst() == [Self.code(300), "; and more"])
    }

    @Test("bytes are payloads: files are read or charged by their reason, short ones are identifiers")
    func bytes() {
        var generator = SeededGenerator(seed: 3)
        let random = (0..<600).map { _ in UInt8.random(in: 0...255, using: &generator) | 0x80 }
        let picture = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + random
        let text = Self.code(300)
        let zipped = DeflateWriter.gzip(Array(text.utf8))
        let body =
            Writer.field(9, Self.code(100)) + Writer.field(1, picture) + Writer.field(2, random)
            + Writer.field(3, Array(random.prefix(32)))
            + Writer.field(4, zipped) + Writer.field(5, "after")
        let result = decode(body, Self.head)
        #expect(result.breaches == [])
        #expect(result.texts == [Self.code(100), text, "after"])
        #expect(result.leaves.map(\.pointer) == ["/9", "/4", "/5"])
        #expect(result.leaves[1].chain == [.protobuf, .gzip])
        #expect(result.ledger.opaque(.media) == picture.count)
        #expect(result.ledger.opaque(.document) == random.count)
        #expect(result.ledger.requestOctets == body.count)
        for size in [1, 5, 70] {
            let split = decode(Torture.chunks(of: body, size: size).map { .octets($0) }, Self.head)
            #expect(split.leaves == result.leaves)
            let reasons = split.ledger.opaqueByReason.map { "\($0.reason) \($0.octets)" }
            #expect(reasons == result.ledger.opaqueByReason.map { "\($0.reason) \($0.octets)" })
        }
    }

    @Test("what was called protocol buffers and is none is read as what it is")
    func mislabelled() {
        #expect(decode("{\"a\":\"x\"}", Self.head).leaves.map(\.chain) == [[.json]])
        #expect(decode("int main() { return 0; }", Self.head).texts == ["int main() { return 0; }"])
        let broken = Writer.field(1, "first") + Writer.field(2, Self.code(70)) + [0xFF] + Array(Self.code(200).utf8)
        let result = decode(broken, Self.head)
        #expect(result.texts.prefix(2) == ["first", Self.code(70)])
        #expect(result.texts.last?.hasSuffix(String(Self.code(200).dropFirst(20))) == true)
    }

    @Test("a hole within a string leaves the rest of the message readable")
    func holeInString() {
        let text = Self.code(1_000)
        let body = Writer.field(1, Writer.field(2, text) + Writer.field(3, "next")) + Writer.field(4, "last")
        let start = 400
        let result = decode([.octets(body[..<start]), .gap(100), .octets(body[(start + 100)...])], Self.head)
        #expect(result.breaches == [])
        let prefix = body[..<start].dropFirst(6)
        #expect(result.leaves.first?.octets == Array(prefix))
        #expect(result.leaves.map(\.pointer) == ["/1/2", "/1/2", "/1/3", "/4"])
        #expect(result.texts.suffix(2) == ["next", "last"])
        #expect(result.ledger.opaque(.gap) == 100)
        #expect(result.ledger.requestOctets == body.count)
    }

    @Test("behind a hole over tags the rest of its message is text, and what follows that is read")
    func holeOverTags() {
        let inner = Writer.field(1, "gone") + Writer.field(2, "also gone") + Writer.field(3, Self.code(200))
        let body = Writer.field(9, inner) + Writer.field(4, "last")
        let result = decode([.octets(body[..<5]), .gap(15), .octets(body[20...])], Self.head)
        #expect(result.breaches == [])
        #expect(result.texts.last == "last")
        #expect(result.texts.contains { $0.hasSuffix(Self.code(200)) })
        #expect(result.ledger.requestOctets == body.count)
    }

    @Test("every hole, every prefix and every changed octet balances")
    func torture() {
        let body = Writer.field(1, Writer.field(2, Self.code(90)) + Writer.field(3, 5)) + Writer.field(2, "end")
        for from in 0..<body.count {
            for size in [1, 3, 20, 200] {
                let end = min(body.count, from + size)
                let result = decode([.octets(body[..<from]), .gap(end - from), .octets(body[end...])], Self.head)
                #expect(result.breaches == [])
                #expect(result.ledger.requestOctets == body.count)
            }
        }
        Torture.everything(of: body) { pieces in
            let result = decode(pieces.map { .octets($0) }, Self.head)
            #expect(result.breaches == [])
            #expect(result.ledger.requestOctets == pieces.reduce(0) { $0 + $1.count })
        }
    }

    @Test("many small fields cost no more than their octets")
    func manyFields() {
        var body: [UInt8] = []
        for _ in 0..<2_000 { body += Writer.field(1, Writer.field(1, Writer.field(1, "x"))) }
        let pieces = Torture.chunks(of: body, size: 1).map { BodyPiece.octets($0) }
        let result = decode(pieces, Self.head)
        #expect(result.leaves.count == 2_000)
        #expect(result.ledger.inspectedOctets == body.count)
    }
}
