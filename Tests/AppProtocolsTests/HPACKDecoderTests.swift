import AppProtocols
import TestSupport
import Testing

@Suite("Header compression (RFC 7541)")
struct HPACKDecoderTests {
    private static func octets(_ text: String) -> [UInt8] { Hex.octets(text) ?? [] }

    private static let get: [String] = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"]
    private static let custom: [String] = [
        ":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com",
        "custom-key: custom-value",
    ]
    private static func answer(_ status: String, _ second: String) -> [String] {
        [
            ":status: \(status)", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:\(second) GMT",
            "location: https://www.example.com",
        ]
    }
    private static let cookie = [
        "content-encoding: gzip", "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
    ]

    /// A section of Appendix C: its blocks, what each holds, and the octets in the table after it.
    struct Vector: Sendable, CustomTestStringConvertible {
        let section: String
        var initialTableOctets = 4_096
        let steps: [(block: String, fields: [String], tableOctets: Int)]
        var testDescription: String { "§ \(section)" }
    }

    static let vectors = [
        Vector(
            section: "C.2.1",
            steps: [
                (
                    "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
                    ["custom-key: custom-header"], 55
                )
            ]
        ),
        Vector(section: "C.2.2", steps: [("040c 2f73 616d 706c 652f 7061 7468", [":path: /sample/path"], 0)]),
        Vector(section: "C.2.3", steps: [("1008 7061 7373 776f 7264 0673 6563 7265 74", ["password: secret"], 0)]),
        Vector(section: "C.2.4", steps: [("82", [":method: GET"], 0)]),
        Vector(
            section: "C.3",
            steps: [
                ("8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", get, 57),
                ("8286 84be 5808 6e6f 2d63 6163 6865", get + ["cache-control: no-cache"], 110),
                (
                    "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65", custom, 164
                ),
            ]
        ),
        Vector(
            section: "C.4",
            steps: [
                ("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", get, 57),
                ("8286 84be 5886 a8eb 1064 9cbf", get + ["cache-control: no-cache"], 110),
                ("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf", custom, 164),
            ]
        ),
        Vector(
            section: "C.5",
            initialTableOctets: 256,
            steps: [
                (
                    """
                    4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133
                    3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d
                    """, answer("302", "21"), 222
                ),
                ("4803 3330 37c1 c0bf", answer("307", "21"), 222),
                (
                    """
                    88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a
                    6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d
                    6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31
                    """, answer("200", "22") + cookie, 215
                ),
            ]
        ),
        Vector(
            section: "C.6",
            initialTableOctets: 256,
            steps: [
                (
                    """
                    4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d
                    29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3
                    """, answer("302", "21"), 222
                ),
                ("4883 640e ffc1 c0bf", answer("307", "21"), 222),
                (
                    """
                    88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d
                    d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106
                    3d50 07
                    """, answer("200", "22") + cookie, 215
                ),
            ]
        ),
    ]

    @Test("the examples of Appendix C", arguments: vectors)
    func vector(_ vector: Vector) throws {
        var limits = HPACKLimits()
        limits.initialTableOctets = vector.initialTableOctets
        var decoder = HPACKDecoder(limits: limits)
        for step in vector.steps {
            var fields = HTTPFields()
            let isWhole = try decoder.decode(Self.octets(step.block).span, into: &fields)
            #expect(isWhole)
            #expect(fields.all.map { "\($0.name): \($0.value)" } == step.fields)
            let size = decoder.tableOctets
            #expect(size == step.tableOctets)
        }
    }

    @Test("§ C.5: the oldest fields make room for new ones")
    func eviction() throws {
        var limits = HPACKLimits()
        limits.initialTableOctets = 256
        var decoder = HPACKDecoder(limits: limits)
        let vector = try #require(Self.vectors.first { $0.section == "C.5" })
        for step in vector.steps {
            var fields = HTTPFields()
            _ = try decoder.decode(Self.octets(step.block).span, into: &fields)
        }
        let names = decoder.tableFields.map(\.name)
        #expect(names == ["set-cookie", "content-encoding", "date"])
    }

    @Test("what another implementation encoded, block after block")
    func goldens() throws {
        var decoder = HPACKDecoder()
        for golden in HPACKGoldens.blocks {
            var fields = HTTPFields()
            _ = try decoder.decode(Self.octets(golden.block).span, into: &fields)
            let texts = golden.fields.split(whereSeparator: \.isWhitespace).map {
                String(decoding: $0 == "-" ? [] : Self.octets(String($0)), as: UTF8.self)
            }
            #expect(fields.all.flatMap { [$0.name, $0.value] } == texts)
            let size = decoder.tableOctets
            #expect(size == golden.tableOctets)
        }
    }

    @Test(
        "malformed blocks are refused, with what came before kept",
        arguments: [
            ("82 80", HPACKError.index(0)), ("82 be", .index(62)), ("82 ff ff ff ff ff 0f", .integerTooLarge),
            ("82 40", .truncated), ("82 40 05 61", .truncated), ("82 00 81 00 00", .huffman),
            ("82 00 84 ff ff ff ff 00", .huffman), ("82 00 82 07 ff 00", .huffman), ("82 20", .misplacedSizeUpdate),
            ("82 7f", .truncated),
        ]
    )
    func malformed(block: String, error: HPACKError) {
        var decoder = HPACKDecoder()
        var fields = HTTPFields()
        var thrown: HPACKError?
        do { _ = try decoder.decode(Self.octets(block).span, into: &fields) } catch { thrown = error }
        #expect(thrown == error)
        #expect(fields.all.map(\.value) == ["GET"])
    }

    @Test("fields that were not seen are marked, those that come are right again")
    func forgotten() throws {
        var decoder = HPACKDecoder()
        decoder.forget()
        var fields = HTTPFields()
        // An index of the unseen table, a literal under an unseen name that is added, then both additions by index.
        _ = try decoder.decode(Self.octets("82 c0 7e 0178 40 0161 0162 be bf c3").span, into: &fields)
        let texts = [":method: GET", "?: ", "?: x", "a: b", "a: b", "?: x", "?: "]
        #expect(fields.all.map { "\($0.name): \($0.value)" } == texts)
        let unknown = decoder.unknownFields
        #expect(unknown == 4)
    }

    @Test("a size update beyond the cap is taken, and what no longer fits is unknown")
    func largeTable() throws {
        var limits = HPACKLimits()
        limits.tableOctets = 80
        var decoder = HPACKDecoder(limits: limits)
        var fields = HTTPFields()
        // 3f e1 7f: 16,384 octets. Two fields of 34 octets fit; of three the first is gone.
        let block = Self.octets("3fe17f 40 0161 0162 40 0163 0164 40 0165 0166 be bf c0")
        _ = try decoder.decode(block.span, into: &fields)
        #expect(fields.all.map(\.name) == ["a", "c", "e", "e", "c", "?"])
    }

    @Test("fields beyond the cap are dropped, the table is kept in step")
    func bomb() throws {
        var limits = HPACKLimits()
        limits.fieldOctets = 10
        var decoder = HPACKDecoder(limits: limits)
        var fields = HTTPFields()
        let block = Self.octets("40 0161 08 6263646566676869 be 40 0178 0179 be")
        let isWhole = try decoder.decode(block.span, into: &fields)
        #expect(!isWhole)
        #expect(fields.count == 1)
        let names = decoder.tableFields.map(\.name)
        #expect(names == ["x", "a"])
    }

    @Test("damaged blocks never trap")
    func torture() {
        for vector in Self.vectors {
            let block = Self.octets(vector.steps.map(\.block).joined())
            Torture.everything(of: block) { pieces in
                var decoder = HPACKDecoder()
                for piece in pieces {
                    var fields = HTTPFields()
                    _ = try? decoder.decode(piece.span, into: &fields)
                    let size = decoder.tableOctets
                    #expect(size <= 65_536)
                }
            }
        }
    }
}
