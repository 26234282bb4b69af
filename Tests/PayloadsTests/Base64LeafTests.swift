import Payloads
import TestSupport
import Testing

@Suite("base64 inside leaves (RFC 4648)")
struct Base64LeafTests {
    static let code = String(
        repeating: "static int foc_update(struct foc *f) {\n    return f->gain * 42; // ünï\n}\n",
        count: 16
    )
    static let png: [UInt8] =
        [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]
        + (0..<600).map { UInt8(truncatingIfNeeded: $0 * 151) }

    @Test(
        "where the APIs put base64, it is decoded, plain or url-safe",
        arguments: [
            (
                BodyFormat.anthropicMessages, #"{"messages":[{"role":"user","content":[{"source":{"data":"@"}}]}]}"#,
                Segment.file
            ),
            (
                .openAIChat, #"{"messages":[{"role":"user","content":[{"file":{"filename":"f.c","file_data":"@"}}]}]}"#,
                .file
            ),
            (.gemini, #"{"contents":[{"parts":[{"inlineData":{"data":"@"}}]}]}"#, .file),
            (.gemini, #"{"contents":[{"parts":[{"inline_data":{"data":"@"}}]}]}"#, .file),
            (.ollama, #"{"images":["@"]}"#, .body),
            (.unknown, #"{"whatever":"@"}"#, .body),
        ]
    )
    func places(format: BodyFormat, template: String, segment: Segment) {
        for url in [false, true] {
            for prefix in ["", "data:text/plain;charset=utf-8;base64,"] {
                let body = template.replacing("@", with: prefix + base64(Self.code.utf8, url: url))
                let leaves = decode(body, .json(format)).leaves.filter { $0.chain.contains(.base64) }
                #expect(leaves.map(\.text) == [Self.code])
                #expect(leaves.first?.chain == [.json, .base64])
                #expect(leaves.first?.segment == segment)
                if template.contains("filename") { #expect(leaves.first?.filename == "f.c") }
            }
        }
    }

    @Test("every split decodes to the same")
    func splits() {
        let body = Array(#"{"file_data":"data:;base64,\#(base64(Self.code.utf8.prefix(301)))","b":"x"}"#.utf8)
        let expected = decode(body, .json())
        #expect(expected.texts == [String(decoding: Self.code.utf8.prefix(301), as: UTF8.self), "x"])
        Torture.everySplit(of: body) { chunks in
            #expect(decode(chunks.map { .octets($0) }, .json()) == expected)
        }
    }

    @Test("line breaks, escaped slashes and several encodings in a row are read")
    func lenient() {
        let lines = base64(Self.code.utf8, lineLength: 76).replacing("\n", with: "\\r\\n").replacing("/", with: "\\/")
        #expect(decode("{\"file_data\":\"\(lines)\"}", .json()).texts == [Self.code])
        #expect(decode("{\"anything\":\"\(lines)\"}", .json()).texts == [Self.code])
    }

    @Test(
        "what only looks like base64 stays text",
        arguments: [
            String(repeating: "abcdef0123456789", count: 20),
            String(repeating: "VeryLongIdentifierOfSomebodysClass", count: 8),
            String(repeating: "Zm9v", count: 5),
            "data:text/plain,hello", "data: see below", "dGVzdA== and more",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        ]
    )
    func notBase64(text: String) {
        let result = decode("{\"x\":\(quoted(text))}", .json())
        #expect(result.texts == [text])
        #expect(result.leaves.first?.chain == [.json])
    }

    @Test("random octets in base64 at any place stay text; where a file is expected they are opaque")
    func random() {
        var generator = SeededGenerator(seed: 1)
        let digits = base64((0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) })
        #expect(decode("{\"signature\":\"\(digits)\"}", .json()).texts == [digits])
        let result = decode("{\"source\":{\"data\":\"\(digits)\"}}", .json())
        #expect(result.leaves.isEmpty)
        #expect(result.ledger.opaque(.document) == digits.utf8.count)
    }

    @Test("plain text where base64 is expected is text")
    func plainSource() {
        for text in ["short", "Dies ist ein Satz.", Self.code] {
            #expect(decode("{\"source\":{\"data\":\(quoted(text))}}", .json()).texts == [text])
        }
    }

    @Test("images and documents are charged with the octets that held them")
    func opaque() {
        let image = base64(Self.png)
        let body = "{\"source\":{\"data\":\"\(image)\"},\"b\":\"text\"}"
        let result = decode(body, .json())
        #expect(result.texts == ["text"])
        #expect(result.ledger.opaque(.media) == image.utf8.count)
        #expect(result.ledger.inspectedOctets == body.utf8.count - image.utf8.count)
        let pdf = "data:application/pdf;base64," + base64(Array("%PDF-1.7 ".utf8) + Self.png)
        let second = decode("{\"x\":\"\(pdf)\"}", .json())
        #expect(second.ledger.opaque(.document) == pdf.utf8.count)
        Torture.everySplit(of: Array(body.utf8)) { chunks in
            #expect(decode(chunks.map { .octets($0) }, .json()) == result)
        }
    }

    @Test("gzip in base64 in JSON is undone, and so is JSON in base64")
    func deeper() {
        let gzip = base64(DeflateWriter.gzip(Array(Self.code.utf8)))
        let result = decode("{\"bytes\":\"\(gzip)\"}", .json())
        #expect(result.leaves.map(\.chain) == [[.json, .base64, .gzip]])
        #expect(result.texts == [Self.code])
        let json = base64("{\"code\":\(quoted(Self.code))}".utf8)
        let second = decode("{\"x\":\"data:application/json;base64,\(json)\"}", .json())
        #expect(second.leaves.map(\.chain) == [[.json, .base64, .json]])
        #expect(second.texts == ["{\"code\":\"\(Self.code)\"}"])
    }

    @Test("payloads in payloads end at the limit, charged as nesting")
    func nesting() {
        var text = Self.code
        for depth in 1...12 {
            text = "{\"file_data\":\"data:;base64,\(base64(text.utf8))\"}"
            let result = decode(text, .json())
            #expect(result.breaches.isEmpty)
            #expect(result.ledger.requestOctets == text.utf8.count)
            if depth <= 3 {
                #expect(result.texts.contains { $0.contains("foc_update") })
                #expect(result.ledger.opaqueOctets == 0)
            }
            if depth == 12 { #expect(result.ledger.opaque(.nesting) > 0) }
        }
    }

    @Test("a hole in base64 costs what it covers: what comes after it is decoded", arguments: [1, 2, 3, 4, 77, 601])
    func holes(length: Int) {
        let digits = Array(base64(Self.code.utf8).utf8)
        let body = Array("{\"file_data\":\"data:;base64,".utf8) + digits + Array("\",\"b\":\"text after\"}".utf8)
        for start in stride(from: 20, to: 250, by: 7) {
            let result = decode(
                [.octets(body[..<start]), .gap(length), .octets(body[(start + length)...])],
                .json(),
                isComplete: true
            )
            #expect(result.breaches.isEmpty)
            #expect(result.ledger.opaque(.gap) == length)
            #expect(result.ledger.requestOctets == body.count)
            let tail = String(decoding: Self.code.utf8.suffix(120), as: UTF8.self)
            #expect(result.texts.contains { $0.hasSuffix(tail) }, "hole at \(start)")
            #expect(result.texts.contains("text after"))
        }
    }
}
