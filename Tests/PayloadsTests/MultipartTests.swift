import Payloads
import TestSupport
import Testing

@Suite("Multipart bodies (RFC 2046 § 5.1, RFC 7578)")
struct MultipartTests {
    /// As curl 7.88.1 sent it to /v1/files (capture `curl-multipart-file`), the file shortened.
    static let curl = """
        --------------------------39ad35f7f3fb900f\r
        Content-Disposition: form-data; name="purpose"\r
        \r
        user_data\r
        --------------------------39ad35f7f3fb900f\r
        Content-Disposition: form-data; name="file"; filename="DemurrageReconciler.java"\r
        Content-Type: application/octet-stream\r
        \r
        package no.halvorsen.tidewater;\n\r\r\n--\r\n------\r
        public final class DemurrageReconciler { }\n\r
        --------------------------39ad35f7f3fb900f--\r\n
        """

    static let head = MessageHead(
        contentType: "multipart/form-data; boundary=------------------------39ad35f7f3fb900f"
    )

    static let file =
        "package no.halvorsen.tidewater;\n\r\r\n--\r\n------\r\npublic final class DemurrageReconciler { }\n"

    @Test("each part is a leaf; a part with a file name is a file; every split gives the same")
    func curl() {
        let body = Array(Self.curl.utf8)
        let result = decode(body, Self.head)
        #expect(result.texts == ["user_data", Self.file])
        #expect(result.leaves.map(\.segment) == [.body, .file])
        #expect(result.leaves.map(\.pointer) == ["purpose", "file"])
        #expect(result.leaves.last?.filename == "DemurrageReconciler.java")
        #expect(result.leaves.allSatisfy { $0.chain == [.multipart] && !$0.isTruncated })
        #expect(result.ledger.inspectedOctets == body.count)
        Torture.everySplit(of: body) { chunks in
            #expect(decode(chunks.map { .octets($0) }, Self.head) == result)
        }
    }

    private func part(_ header: String, _ content: [UInt8]) -> [UInt8] {
        Array("--b\r\n\(header)\r\n\r\n".utf8) + content + Array("\r\n".utf8)
    }

    private func decodeParts(_ parts: [[UInt8]]) -> Decoded {
        let body = parts.flatMap { $0 } + Array("--b--\r\n".utf8)
        let result = decode(body, MessageHead(contentType: "multipart/form-data; boundary=\"b\""))
        for size in [1, 3, 50] {
            let chunks = Torture.chunks(of: body, size: size)
            let split = decode(
                chunks.map { .octets($0) },
                MessageHead(contentType: "Multipart/Form-Data ;charset=x; BOUNDARY=b ")
            )
            #expect(split.leaves == result.leaves)
        }
        #expect(result.breaches.isEmpty)
        #expect(result.ledger.requestOctets == body.count)
        return result
    }

    @Test("transfer encodings are removed")
    func transfer() {
        let code = "if (a == b) {\n\treturn ü;\n}\n"
        let quotedPrintable = "if (a =3D=3D b) {=0A=09return =C3=BC;\n=\r\n}=0a"
        let result = decodeParts([
            part(
                "Content-Disposition: form-data; name=a; filename=\"a.c\"\r\nContent-Transfer-Encoding: BASE64",
                Array(base64(code.utf8, lineLength: 16).utf8)
            ),
            part("content-transfer-encoding: quoted-printable", Array(quotedPrintable.utf8)),
        ])
        #expect(result.texts == [code, code])
        #expect(result.leaves.map(\.chain) == [[.multipart, .base64], [.multipart, .quotedPrintable]])
    }

    @Test("parts are read by what they are: JSON, media, gzip, parts again")
    func kinds() {
        let inner = Array("--i\r\n\r\ninner text\r\n--i--".utf8)
        let result = decodeParts([
            part(
                "Content-Disposition: form-data; name=\"j\"\r\nContent-Type: application/json",
                Array(#"{"p":{"q":"x"}}"#.utf8)
            ),
            part("Content-Disposition: form-data; name=\"i\"; filename=i.png", Base64LeafTests.png),
            part(
                "Content-Disposition: form-data; name=\"z\"; filename=\"a \\\"b\\\".gz\"",
                DeflateWriter.gzip([UInt8]("zipped".utf8))
            ),
            part("Content-Type: multipart/mixed; boundary=i", inner),
            part(
                "Content-Disposition: form-data; name=f; filename*=UTF-8''na%C3%AFve%20x.jsonl",
                Array("{\"a\":\"one\"}\n{\"a\":\"two\"}".utf8)
            ),
        ])
        #expect(result.texts == ["x", "zipped", "inner text", "{\"a\":\"one\"}\n{\"a\":\"two\"}"])
        #expect(
            result.leaves.map(\.chain) == [
                [.multipart, .json], [.multipart, .gzip], [.multipart, .multipart], [.multipart, .json],
            ]
        )
        #expect(result.leaves.map(\.filename) == [nil, "a \"b\".gz", nil, "naïve x.jsonl"])
        #expect(result.leaves.first?.pointer == "j/p/q")
        #expect(result.ledger.opaque(.media) == Base64LeafTests.png.count)
    }

    @Test("an empty part, a missing header, bare line feeds and text around the parts are survived")
    func liberal() {
        let head = MessageHead(contentType: "multipart/form-data; boundary=b")
        #expect(decode("--b\r\n\r\n\r\n--b\r\n\r\n--b\r\n\r\nx\r\n--b--", head).texts == ["x"])
        #expect(decode("--b\nA: b\n\nx\ny\n--b\n\nz\n--b--\n", head).texts == ["x\ny", "z"])
        #expect(decode("before\r\n--b\r\n\r\nx\r\n--b--\r\nafter", head).texts == ["before", "x", "after"])
        #expect(decode("--b\r\n\r\nnever ended", head).texts == ["never ended"])
        #expect(decode("no parts at all", head).texts == ["no parts at all"])
    }

    @Test("a header without end is charged, the next part is read")
    func longHeader() {
        let body = Array("--b\r\nX: \(String(repeating: "x", count: 40_000))\r\n--b\r\n\r\nnext\r\n--b--".utf8)
        let result = decode(body, MessageHead(contentType: "multipart/form-data; boundary=b"))
        #expect(result.texts == ["next"])
        #expect(result.ledger.opaque(.headers) > 20_000)
        #expect(result.ledger.requestOctets == body.count)
    }

    @Test("a hole in a part cuts its leaf; what follows is a leaf again, and so is the next part")
    func hole() {
        let body = Array(Self.curl.utf8)
        for start in stride(from: 5, to: body.count - 40, by: 9) {
            let result = decode([.octets(body[..<start]), .gap(31), .octets(body[(start + 31)...])], Self.head)
            #expect(result.breaches.isEmpty)
            #expect(result.ledger.opaque(.gap) == 31)
            #expect(result.ledger.requestOctets == body.count)
            if start < 300 { #expect(result.texts.contains { $0.contains("class DemurrageReconciler { }") }) }
        }
    }
}

@Suite("Forms (application/x-www-form-urlencoded)")
struct FormFieldsTests {
    static let head = MessageHead(contentType: "application/x-www-form-urlencoded; charset=UTF-8")

    @Test("each value is a leaf under its name, percent and plus undone; every split gives the same")
    func fields() {
        let body = Array("prompt=int+main%28void%29%20%7b%0A%7D&empty=&c%2Fd=%zz%4+1%&=x&file=a=b&ü=%C3%BC".utf8)
        let result = decode(body, Self.head)
        #expect(result.texts == ["int main(void) {\n}", "%zz%4 1%", "x", "a=b", "ü"])
        #expect(result.leaves.map(\.pointer) == ["prompt", "c/d", "", "file", "ü"])
        #expect(result.leaves.allSatisfy { $0.chain == [.form] })
        #expect(result.ledger.inspectedOctets == body.count)
        Torture.everySplit(of: body) { chunks in
            #expect(decode(chunks.map { .octets($0) }, Self.head) == result)
        }
    }

    @Test("text that was sent as a form by mistake is text; a name without end too")
    func mistaken() {
        #expect(decode("just some text", Self.head).texts == ["just some text"])
        let long = String(repeating: "code;", count: 100)
        #expect(decode(long + "=1&b=2", Self.head).texts == [long + "=1", "2"])
    }

    @Test("base64 and JSON in a field are undone")
    func nested() {
        let digits = base64(Base64LeafTests.code.utf8).replacing("+", with: "%2B").replacing("=", with: "%3D")
        let result = decode("FileBase64=data:text/plain;base64,\(digits)&q=%7B%22a%22:%22b%5Cn%22%7D", Self.head)
        #expect(result.texts == [Base64LeafTests.code, "{\"a\":\"b\n\"}"])
        #expect(result.leaves.map(\.chain) == [[.form, .base64], [.form, .json]])
    }

    @Test("a hole ends a leaf, the rest of the field is another")
    func hole() {
        let body = Array("a=one+two&b=three+four&c=five".utf8)
        for start in 0..<(body.count - 3) {
            let result = decode([.octets(body[..<start]), .gap(3), .octets(body[(start + 3)...])], Self.head)
            #expect(result.breaches.isEmpty)
            #expect(result.ledger.opaque(.gap) == 3)
            #expect(result.ledger.requestOctets == body.count)
        }
    }
}
