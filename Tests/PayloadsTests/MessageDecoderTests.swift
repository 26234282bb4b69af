import Compression
import Payloads
import TestSupport
import Testing

@Suite("Message decoder: codings, limits, the ledger")
struct MessageDecoderTests {
    static let prompt = String(repeating: "please review: int main(void) { return 0; }\n", count: 9)
    static let body = Array("{\"messages\":[{\"role\":\"user\",\"content\":\(quoted(prompt))}]}".utf8)

    @Test(
        "content codings are removed from the last to the first and named outermost first",
        arguments: [
            (["gzip"], [DecodeStep.gzip]), (["x-gzip"], [.gzip]), (["GZIP, identity"], [.gzip]),
            (["deflate"], [.deflate]),
            (["gzip, deflate"], [.deflate, .gzip]), (["deflate", "gzip"], [.gzip, .deflate]), ([], []),
            (["br"], [.br]), (["ZSTD"], [.zstd]), ([" gzip ,\tZstd;x=1", "identity, br"], [.br, .zstd, .gzip]),
            (["gzip", "gzip, br", "zstd, deflate, gzip"], [.gzip, .deflate, .zstd, .br, .gzip, .gzip]),
        ]
    )
    func codings(names: [String], steps: [DecodeStep]) {
        let coded = encode(Self.body, steps)
        let head = MessageHead(
            contentType: "application/json",
            contentEncoding: names,
            chunked: true,
            format: .openAIChat
        )
        let result = decode(coded, head)
        #expect(result.texts == ["user", Self.prompt])
        #expect(result.leaves.last?.chain == [.chunked] + steps + [.json])
        #expect(result.ledger.inspectedOctets == coded.count)
        #expect(result.ledger.requestOctets == coded.count)
        Torture.everySplit(of: coded) { chunks in
            let split = decode(chunks.map { .octets($0) }, head)
            #expect(split.leaves == result.leaves)
            #expect(split.ledger.inspectedOctets == coded.count)
        }
    }

    @Test("raw deflate and gzip members in a row are read too")
    func variants() {
        #expect(decode(DeflateWriter.raw(Self.body), .json(encoding: ["deflate"])).texts.last == Self.prompt)
        let members = DeflateWriter.gzip(Array(Self.body[..<40])) + DeflateWriter.gzip(Array(Self.body[40...]))
        #expect(decode(members, .json(encoding: ["gzip"])).texts.last == Self.prompt)
    }

    @Test("more codings than the nesting allows are not begun with")
    func stacked() {
        let result = decode(Self.body, .json(encoding: ["gzip, gzip, gzip, br", "gzip, zstd, gzip"]))
        #expect(result.leaves.isEmpty)
        #expect(result.ledger.opaque(.nesting) == Self.body.count)
    }

    @Test("a gzip body cut in the middle has been scanned up to the cut")
    func cut() {
        let coded = DeflateWriter.gzip(Self.body)
        Torture.everyPrefix(of: coded) { prefix in
            var sink = LeafCollector()
            let decoder = MessageDecoder(.json(encoding: ["gzip"]))
            decoder.consume(prefix, &sink)
            decoder.finish(complete: false, &sink)
            sink.finished()
            #expect(sink.breaches.isEmpty)
            #expect(decoder.ledger.inspectedOctets == prefix.count)
            if prefix.count > coded.count - 10 { #expect(sink.leaves.last?.text == Self.prompt) }
        }
        let half = decode(coded.prefix(90), .json(encoding: ["gzip"]), isComplete: false)
        #expect(
            half.leaves.last.map { $0.isTruncated && Self.prompt.hasPrefix($0.text) && $0.octets.count > 40 } == true
        )
    }

    @Test("damage: what came before it is inspected, the rest charged in coded octets")
    func damage() throws {
        var coded = DeflateWriter.gzip(Self.body)
        let place = 60
        for index in place..<(place + 4) { coded[index] = 0xff }
        let result = decode(coded, .json(encoding: ["gzip"]))
        #expect(result.ledger.requestOctets == coded.count)
        #expect(result.ledger.opaque(.damaged) > 0)
        #expect(result.ledger.inspectedOctets >= place - 1)
        #expect(result.leaves.last?.isTruncated == true)
    }

    @Test("a hole in a coded body loses the rest, charged as the hole is")
    func codedHole() {
        let coded = DeflateWriter.gzip(Self.body)
        let result = decode(
            [.octets(coded[..<70]), .gap(5), .octets(coded[75...])],
            .json(encoding: ["gzip"])
        )
        #expect(result.ledger.inspectedOctets == 70)
        #expect(result.ledger.opaque(.gap) == coded.count - 70)
        #expect(result.leaves.last?.isTruncated == true)
    }

    @Test("a bomb stops at the ratio, the rest is expansion", arguments: [["gzip"], ["gzip", "gzip"]])
    func bomb(codings: [String]) {
        var coded = Array("[\"".utf8) + [UInt8](repeating: 65, count: 2 << 20)
        for _ in codings { coded = DeflateWriter.gzip(coded) }
        var limits = DecodeLimits()
        limits.expansion.ratio = 20
        let result = decode(coded, .json(encoding: codings), limits: limits)
        #expect(result.ledger.opaque(.expansion) > 0)
        #expect(result.ledger.requestOctets == coded.count)
        #expect(result.leaves.reduce(0) { $0 + $1.octets.count } <= max(1 << 20, 50 * coded.count) + 65_536)
    }

    @Test("a bomb in a leaf stops there; what follows the leaf is read")
    func nestedBomb() {
        let bomb = base64(DeflateWriter.gzip([UInt8](repeating: 65, count: 5 << 18)))
        var limits = DecodeLimits()
        limits.expansion.ratio = 1
        let body = "{\"file_data\":\"\(bomb)\",\"z\":\"after\"}"
        let result = decode(Array(body.utf8), .json(), limits: limits)
        #expect(result.texts.last == "after")
        #expect(result.ledger.opaque(.expansion) > 0)
        #expect(result.ledger.requestOctets == body.utf8.count)
    }

    @Test("inspection ends at its limit")
    func inspectLimit() {
        var limits = DecodeLimits()
        limits.inspectedOctets = 100
        let result = decode(Self.body, .json(), limits: limits)
        #expect(result.ledger.inspectedOctets == 100)
        #expect(result.ledger.opaque(.inspectLimit) == Self.body.count - 100)
        #expect(result.leaves.last?.isTruncated == true)
    }

    @Test(
        "Content-Type is a hint: the first octets decide",
        arguments: [
            ("application/x-www-form-urlencoded", "{\"a\":\"x\"}", [DecodeStep.json], "x"),
            ("text/plain", " [ {\"a\":\"x\"}]", [.json], "x"),
            (nil, "{\"a\":\"x\"}", [.json], "x"),
            ("application/octet-stream", "{\"a\":\"x\"}", [.json], "x"),
            ("application/json", "int main() {}", [], "int main() {}"),
            ("text/plain", "[INFO] started", [], "[INFO] started"),
            ("text/plain", "[1] See the paper", [], "[1] See the paper"),
            ("text/x-c", "{ int x; }", [], "{ int x; }"),
            ("image/svg+xml", "<svg>text</svg>", [], "<svg>text</svg>"),
            ("multipart/form-data", "no boundary here", [], "no boundary here"),
        ] as [(String?, String, [DecodeStep], String)]
    )
    func types(type: String?, body: String, chain: [DecodeStep], text: String) {
        let result = decode(Array(body.utf8), MessageHead(contentType: type))
        #expect(result.texts == [text])
        #expect(result.leaves.first?.chain == chain)
    }

    @Test(
        "what is no text is opaque",
        arguments: [
            ("application/octet-stream", "89504e470d0a1a0a0000000d", OpaqueReason.media),
            (nil, "ffd8ffe000104a46494600010101", .media),
            ("video/mp4", "000000206674797069736f6d00000200", .media),
            ("application/octet-stream", "255044462d312e370a25e2e3cfd3", .document),
            ("text/plain", "504b0304140000000800aabbccdd", .document),
            ("audio/pcm", "000102030405060708090a0b0c0d0e0f", .media),
            ("application/octet-stream", "000102030405060708090a0b0c0d0e0f", .document),
        ] as [(String?, String, OpaqueReason)]
    )
    func unreadable(type: String?, hex: String, reason: OpaqueReason) throws {
        let body = try #require(Hex.octets(hex)) + [UInt8](repeating: 0x90, count: 500)
        let head = MessageHead(contentType: type, segment: .file)
        let result = decode(body, head)
        #expect(result.leaves.isEmpty)
        #expect(result.ledger.opaque(reason) == body.count)
        for size in [1, 5, 70] {
            let split = decode(Torture.chunks(of: body, size: size).map { .octets($0) }, head)
            #expect(split == result)
        }
        let coded = DeflateWriter.gzip(body)
        let second = decode(coded, MessageHead(contentType: type, contentEncoding: ["gzip"]))
        #expect(second.ledger.opaque(reason) == coded.count)
    }

    @Test("a raw upload is a file, a prompt the user's; a .gz is undone")
    func raw() {
        let text = Self.prompt
        #expect(decode(Array(text.utf8), MessageHead(segment: .file)).leaves.map(\.segment) == [.file])
        #expect(decode(Array(text.utf8), MessageHead(segment: .user)).leaves.map(\.segment) == [.user])
        let result = decode(DeflateWriter.gzip(Array(text.utf8)), MessageHead(segment: .file))
        #expect(result.texts == [text])
        #expect(result.leaves.first?.chain == [.gzip])
    }

    @Test("UTF-16 is read as text, with a byte order mark and without")
    func utf16() {
        let text = "struct foc { int gain; }; // 😀 and more than sixty-four octets of it, surely\n"
        let little = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let big = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        for body in [[0xff, 0xfe] + little, [0xfe, 0xff] + big, little, big] {
            #expect(decode(body, MessageHead()).texts == [text])
            for size in [1, 3] {
                #expect(decode(Torture.chunks(of: body, size: size).map { .octets($0) }, MessageHead()).texts == [text])
            }
        }
        let json = "{\"a\":\"x\",\"b\":\"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\"}".utf16
        let body: [UInt8] = [0xff, 0xfe] + json.flatMap { unit -> [UInt8] in [UInt8(truncatingIfNeeded: unit), 0] }
        #expect(decode(body, .json()).texts.first == "x")
    }
}
