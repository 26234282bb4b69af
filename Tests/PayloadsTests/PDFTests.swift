import Compression
import Foundation
import Payloads
import TestSupport
import Testing

@Suite("PDF (ISO 32000-2)")
struct PDFTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "EndToEndTests/Fixtures/pdf")
    private static let producers = [
        "reportlab-courier", "reportlab-truetype", "fpdf2-courier", "fpdf2-truetype", "skia", "cairo",
    ]
    private static let head = MessageHead(contentType: "application/pdf", segment: .file)

    private static func document(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name + ".pdf")))
    }

    @Test("the text of real producers' documents comes out line by line", arguments: producers)
    func real(name: String) throws {
        let octets = try Self.document(name)
        let result = decode(octets, Self.head)
        #expect(result.leaves.count == 1 && result.breaches.isEmpty)
        let leaf = try #require(result.leaves.first)
        #expect(leaf.segment == .file)
        #expect(leaf.chain == [.pdf])
        #expect(!leaf.isTruncated)
        for line in [
            "/* demurrage.c: what a berth costs */", "static int settle(const struct berth *b, int hours)", "{",
            "    if (hours < b->free_hours) return 0; // \"within\" (the limit)",
            "    return (hours - b->free_hours) * b->rate \\ 7;", "}",
        ] {
            let hasLine = "\n\(leaf.text)\n".contains("\n\(line)\n")
            #expect(hasLine, "\(line) in \(leaf.text)")
        }
        #expect(result.ledger.requestOctets == octets.count)
        #expect(result.ledger.inspectedOctets > 500)
        // What is left is the program of the font.
        let reasons = Set(result.ledger.opaqueByReason.map(\.reason))
        #expect(reasons == (name.hasSuffix("courier") ? [] : [.document]))
    }

    @Test("a document is read as a body, a part, base64 in JSON, and behind a coding", arguments: 0..<5)
    func places(place: Int) throws {
        let octets = try Self.document("reportlab-courier")
        let type = "multipart/form-data; boundary=b"
        let part = Array("--b\r\nContent-Disposition: form-data; name=f; filename=a.pdf\r\n\r\n".utf8)
        let json = """
            {"messages":[{"role":"user","content":[{"type":"document","source":{"type":"base64",\
            "media_type":"application/pdf","data":"\(base64(octets))"}},{"type":"text","text":"Read it"}]}]}
            """
        let (body, head, chain): ([UInt8], MessageHead, [DecodeStep]) =
            switch place {
            case 0: (octets, MessageHead(), [.pdf])
            case 1: (part + octets + Array("\r\n--b--\r\n".utf8), MessageHead(contentType: type), [.multipart, .pdf])
            case 2: (Array(json.utf8), .json(.anthropicMessages), [.json, .base64, .pdf])
            case 3: (DeflateWriter.gzip(octets), MessageHead(contentEncoding: ["gzip"]), [.gzip, .pdf])
            default: (DeflateWriter.gzip(octets), MessageHead(), [.gzip, .pdf])
            }
        let result = decode(body, head)
        let leaf = try #require(result.leaves.first { $0.text.contains("static int settle") })
        #expect(leaf.chain == chain)
        #expect(result.ledger.requestOctets == body.count)
        #expect(result.ledger.opaqueOctets == 0)
        for size in [1, 100, 4_000] {
            let pieces = Torture.chunks(of: body, size: size).map(BodyPiece.octets)
            #expect(decode(pieces, head).leaves == result.leaves)
        }
    }

    /// A document of one page that shows what a content stream says.
    private static func page(
        _ content: String,
        filter: String = "",
        coded: ([UInt8]) -> [UInt8] = { $0 },
        others: [[UInt8]] = [],
        trailer: String = ""
    ) -> [UInt8] {
        let objects =
            [
                object(1, "<</Type/Catalog/Pages 2 0 R>>"), object(2, "<</Type/Pages/Kids[3 0 R]>>"),
                object(3, "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>>>"),
                object(4, "<<\(filter)/Length 1>>", coded(Array(content.utf8))),
                object(5, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>"),
            ] + others
        return Array("%PDF-1.7\n".utf8) + objects.flatMap { $0 }
            + Array("trailer\n<</Root 1 0 R\(trailer)>>\nstartxref\n0\n%%EOF\n".utf8)
    }

    private static func object(_ number: Int, _ dictionary: String, _ data: [UInt8]? = nil) -> [UInt8] {
        let stream = data.map { Array("stream\r\n".utf8) + $0 + Array("\nendstream\n".utf8) } ?? []
        return Array("\(number) 0 obj\n\(dictionary)\n".utf8) + stream + Array("endobj\n".utf8)
    }

    private static func text(_ document: [UInt8]) -> String {
        let leaf = decode(document, head).leaves.first?.text ?? ""
        // What stands behind the last object is a table of places.
        return leaf.components(separatedBy: "trailer")[0].trimmingCharacters(in: .newlines)
    }

    @Test(
        "operators show, move and break lines (§ 9.4)",
        arguments: [
            ("(one) Tj (two) Tj", "onetwo"), ("(one) Tj T* (two) Tj", "one\ntwo"), ("(one) Tj (two) '", "one\ntwo"),
            ("(one) Tj 1 2 (two) \"", "one\ntwo"), ("[(in) 20 (t) -600 (ma) -90 (in)] TJ", "int main"),
            ("(one) Tj 0 -11 Td (two) Tj", "one\ntwo"), ("(one) Tj 0 -11 TD (two) Tj", "one\ntwo"),
            ("(one) Tj 40 0 Td (two) Tj", "one two"), ("(o) Tj 5 0 Td (n) Tj 5 0 Td (e) Tj", "one"),
            ("(a) Tj 11 0 Td (b) Tj", "a b"), ("1 0 0 1 9 9 Tm (one) Tj 1 0 0 1 9 30 Tm (two) Tj", "one\ntwo"),
            ("(one) Tj ET BT 0 -40 Td (two) Tj", "one\ntwo"), ("(one) Tj 1 0 0 1 0 9 cm (two) Tj", "one\ntwo"),
            ("(one) Tj ET BI /W 1 /H 1 ID (no) Tj EI BT (two) Tj", "onetwo"), ("% (no) Tj\n(one) Tj", "one"),
            ("/Span <</ActualText (no)>> BDC (one) Tj EMC", "one"),
        ] as [(String, String)]
    )
    func operators(content: String, text: String) {
        #expect(Self.text(Self.page("BT /F1 9 Tf \(content) ET")) == text)
    }

    @Test(
        "strings are literal, escaped, octal and hexadecimal (§ 7.3.4)",
        arguments: [
            (#"(a(b)c)"#, "a(b)c"), (#"(\(\)\\)"#, "()\\"), (#"(\101\102\7x)"#, "ABx"), (#"(a\tb)"#, "a\tb"),
            ("(a\\\nb)", "ab"), ("<48656C 6C6F>", "Hello"), ("<414>", "A@"), (#"(\344)"#, "ä"), ("(ü)", "Ã¼"),
        ] as [(String, String)]
    )
    func strings(string: String, text: String) {
        #expect(Self.text(Self.page("BT /F1 9 Tf \(string) Tj ET")) == text)
    }

    @Test("codes of composite fonts are read by their map, found in object streams too (§ 9.10.3, § 7.5.7)")
    func maps() {
        let map = """
            1 begincodespacerange <0000> <FFFF> endcodespacerange
            1 beginbfchar <0001> <0048> endbfchar
            2 beginbfrange <0010> <0012> <0061> <0020> <0021> [<00660069> <D83DDE00>] endbfrange
            """
        let font = "<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 7 0 R>>"
        let inside = DeflateWriter.zlib(Array("6 0 \(font)".utf8))
        let mapped = Self.object(7, "<</Filter/FlateDecode>>", DeflateWriter.zlib(Array(map.utf8)))
        let content = "BT /F2 9 Tf <0001001000110012002000210099> Tj ET"
        for holder in [
            Self.object(6, font), Self.object(9, "<</Type/ObjStm/N 1/First 4/Filter/FlateDecode>>", inside),
        ] {
            let document = Self.page(content, others: [holder, mapped])
            #expect(Self.text(document) == "Habcfi😀")
            // One code of seven is in no map.
            #expect(decode(document, Self.head).ledger.opaque(.document) > 0)
        }
        let without = Self.page(content, others: [Self.object(6, "<</Type/Font/Subtype/Type0>>")])
        #expect(Self.text(without).isEmpty)
        #expect(decode(without, Self.head).ledger.opaque(.document) >= content.utf8.count)
    }

    @Test("what cannot be undone is opaque, and all is accounted for")
    func opaque() {
        let shown = "BT /F1 9 Tf (static int main) Tj ET"
        let foreign = Self.page(shown, filter: "/Filter/LZWDecode")
        #expect(decode(foreign, Self.head).ledger.opaque(.document) == shown.utf8.count + 1)
        #expect(Self.text(foreign).isEmpty)
        let encrypted = Self.page(shown, trailer: "/Encrypt 8 0 R")
        #expect(decode(encrypted, Self.head).ledger.opaque(.document) == encrypted.count)
        #expect(decode(encrypted, Self.head).leaves.isEmpty)
        let image = Self.page(shown, others: [Self.object(8, "<</Subtype/Image>>", [UInt8](repeating: 7, count: 999))])
        #expect(decode(image, Self.head).ledger.opaque(.media) == 1_000)
        #expect(Self.text(image) == "static int main")
        let damaged = Self.page(shown, filter: "/Filter/FlateDecode")
        #expect(decode(damaged, Self.head).ledger.opaque(.document) > 0)
        var noise = SeededGenerator(seed: 1)
        let tail = (0..<8_192).map { _ in UInt8.random(in: 0...255, using: &noise) }
        let ledger = decode(Self.page(shown) + tail, Self.head).ledger
        #expect(ledger.opaque(.document) >= 8_000)
        for document in [foreign, encrypted, image, damaged] {
            #expect(decode(document, Self.head).ledger.requestOctets == document.count)
        }
    }

    @Test("notes, titles, attached files and text behind the document are read")
    func rest() {
        let others = [
            Self.object(8, "<</Type/Annot/Contents(static int noted)>>"),
            Self.object(9, "<</Title<FEFF0073007400610074>>>"),
            Self.object(10, "<</Type/EmbeddedFile/Filter/Fl>>", DeflateWriter.zlib(Array("int attached;".utf8))),
        ]
        let document = Self.page("BT ET", others: others) + Array(String(repeating: "int behind; ", count: 20).utf8)
        let text = decode(document, Self.head).texts.joined(separator: "|")
        for wanted in ["static int noted", "stat\n", "int attached;", "int behind; int behind;"] {
            #expect(text.contains(wanted), "\(text)")
        }
    }

    @Test("limits show: the size of a document, expansion, nesting")
    func limits() {
        let content = "BT /F1 9 Tf (static int main) Tj ET " + String(repeating: "0 0 m ", count: 100_000)
        let document = Self.page(content, filter: "/Filter/FlateDecode", coded: DeflateWriter.zlib)
        var limits = DecodeLimits()
        limits.documentOctets = 64
        #expect(decode(document, Self.head, limits: limits).ledger.opaque(.buffer) == document.count)
        limits = DecodeLimits()
        limits.expansion.ratioFreeOctets = 1_000
        limits.expansion.ratio = 2
        let expanded = decode(document, Self.head, limits: limits)
        #expect(expanded.ledger.opaque(.expansion) > 0)
        #expect(expanded.ledger.requestOctets == document.count)
        limits = DecodeLimits()
        limits.nesting = 0
        #expect(decode(document, Self.head, limits: limits).ledger.opaque(.nesting) == document.count)
    }

    @Test("a document that is cut off is read up to there, one with a hole around it")
    func cut() throws {
        let octets = try Self.document("reportlab-courier")
        // Within the content stream, whose last line is then missing.
        let cut = decode(Array(octets.dropLast(470)), Self.head, isComplete: false)
        #expect(cut.leaves.first?.text.contains("static int settle") == true)
        #expect(cut.leaves.first?.isTruncated == true)
        let (front, back) = (octets[..<300], octets[400...])
        let holed = decode([.octets(front), .gap(100), .octets(back)], Self.head)
        #expect(holed.leaves.first?.text.contains("static int settle") == true)
        #expect(holed.ledger.opaque(.gap) == 100)
        #expect(holed.ledger.requestOctets == octets.count)
    }

    @Test("no prefix and no changed octet traps, and octets are always accounted for")
    func torture() {
        let document = Self.page(
            "BT /F1 9 Tf 1 0 0 1 9 9 Tm [(a\\(b) -300 <41>] TJ ET",
            filter: "/Filter[/ASCIIHexDecode]",
            coded: { Array(Hex.text($0).utf8) + [0x3e] }
        )
        Torture.everyPrefix(of: document) { octets in
            let copy = octets.indices.map { octets[$0] }
            #expect(decode(copy, Self.head, isComplete: false).ledger.requestOctets == copy.count)
        }
        Torture.everyChangedOctet(of: document) { octets in
            let copy = octets.indices.map { octets[$0] }
            let result = decode(copy, Self.head)
            #expect(result.ledger.requestOctets == copy.count && result.breaches.isEmpty)
        }
    }

    @Test("values that all objects lead to cost each of them little", arguments: 0..<4)
    func sharing(shape: Int) {
        let space = String(repeating: " ", count: 60_000)
        let (each, shared): (String, [UInt8]) =
            switch shape {
            case 0: ("<</Contents 1 0 R>>", Self.object(1, "[\(String(repeating: "7 0 R ", count: 9_000))]"))
            case 1:
                (
                    "<</Parent 1 0 R>>",
                    (1..<16).flatMap { Self.object($0, "<<\(space)/Parent \($0 + 1) 0 R>>") }
                )
            case 2: ("<</Resources 1 0 R>>", Self.object(1, "<<\(space)/Font 2 0 R>>"))
            default: ("<</Filter 1 0 R/DecodeParms 1 0 R>>", Self.object(1, space + "/FlateDecode"))
            }
        var document = Array("%PDF-1.7\n".utf8) + shared
        for number in 20..<8_020 {
            document += Self.object(number, each, shape == 3 || shape == 1 ? Array("x".utf8) : nil)
            if shape == 1 { document += Self.object(number + 10_000, "<</Parent 1 0 R/Contents \(number) 0 R>>") }
        }
        let start = ContinuousClock.now
        #expect(decode(document, Self.head).ledger.requestOctets == document.count)
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test(
        "documents made to be read again and again end soon",
        arguments: [
            "1 0 obj(", "1 0 obj<<", "trailer<<", "1 0 obj stream\n", "(", "<<", "1 0 obj<</Type/ObjStm>>stream\n",
        ]
    )
    func patience(piece: String) {
        let document = Array("%PDF-1.7\n".utf8) + Array(repeating: Array(piece.utf8), count: 200_000).flatMap { $0 }
        let start = ContinuousClock.now
        #expect(decode(document, Self.head).ledger.requestOctets == document.count)
        #expect(ContinuousClock.now - start < .seconds(30))
    }
}
