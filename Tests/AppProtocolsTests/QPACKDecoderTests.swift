import AppProtocols
import TestSupport
import Testing

@Suite("Header compression of HTTP/3 (RFC 9204)")
struct QPACKDecoderTests {
    private static func octets(_ text: String) -> [UInt8] { Hex.octets(text) ?? [] }

    /// Sections of Appendix B, one connection: instructions, the table's octets after them, then a section.
    static let appendixB: [(section: String, instructions: String, tableOctets: Int, block: String, fields: [String])] =
        [
            ("B.1", "", 0, "0000 510b 2f69 6e64 6578 2e68 746d 6c", [":path: /index.html"]),
            (
                "B.2",
                """
                3fbd01 c00f 7777 772e 6578 616d 706c 652e 636f 6d c10c 2f73 616d 706c 652f 7061 7468
                """, 106, "0381 10 11", [":authority: www.example.com", ":path: /sample/path"]
            ),
            ("B.3", "4a63 7573 746f 6d2d 6b65 790c 6375 7374 6f6d 2d76 616c 7565", 160, "", []),
            (
                "B.4", "02", 217, "0500 80 c1 81",
                [":authority: www.example.com", ":path: /", "custom-key: custom-value"]
            ),
            ("B.5", "810d 6375 7374 6f6d 2d76 616c 7565 32", 215, "0600 80", ["custom-key: custom-value2"]),
        ]

    private func texts(_ fields: HTTPFields) -> [String] { fields.all.map { "\($0.name): \($0.value)" } }

    @Test("the examples of Appendix B, with and without the receiver's limit", arguments: [nil, 220])
    func examples(_ capacity: Int?) throws {
        var decoder = QPACKDecoder()
        decoder.receiverCapacity = capacity
        for step in Self.appendixB {
            try decoder.consumeInstructions(Self.octets(step.instructions).span)
            let size = decoder.tableOctets
            #expect(size == step.tableOctets, "§ \(step.section)")
            guard !step.block.isEmpty else { continue }
            var fields = HTTPFields()
            let outcome = try decoder.decode(Self.octets(step.block).span, into: &fields)
            #expect(outcome == .whole)
            #expect(texts(fields) == step.fields, "§ \(step.section)")
        }
    }

    @Test("what another implementation encoded, its instructions whole or octet by octet", arguments: [false, true])
    func goldens(_ isCut: Bool) throws {
        var decoder = QPACKDecoder()
        if isCut { decoder.receiverCapacity = 512 }
        for golden in QPACKGoldens.sections {
            let instructions = Self.octets(golden.instructions)
            for piece in Torture.chunks(of: instructions, size: isCut ? 1 : 4_096) {
                try decoder.consumeInstructions(piece.span)
            }
            var fields = HTTPFields()
            let outcome = try decoder.decode(Self.octets(golden.section).span, into: &fields)
            #expect(outcome == .whole)
            let expected = golden.fields.split(whereSeparator: \.isWhitespace).map {
                String(decoding: Self.octets(String($0)), as: UTF8.self)
            }
            #expect(fields.all.flatMap { [$0.name, $0.value] } == expected)
        }
        // Counts of insertions have wrapped: twice the 16 fields that 512 octets can hold.
        let (count, unknown) = (decoder.insertCount, decoder.unknownFields)
        #expect(count > 32)
        #expect(unknown == 0)
    }

    @Test("§ 2.1.2: a section that comes before its insertions is blocked, and whole behind them")
    func blocked() throws {
        var decoder = QPACKDecoder()
        var held: [(section: [UInt8], fields: String)] = []
        for golden in QPACKGoldens.sections.prefix(12) {
            let section = Self.octets(golden.section)
            var fields = HTTPFields()
            let outcome = try decoder.decode(section.span, into: &fields)
            if !golden.instructions.isEmpty, case .blocked(let count) = outcome {
                let known = decoder.insertCount
                #expect(count > known)
                #expect(fields.isEmpty)
                held.append((section, golden.fields))
            }
            try decoder.consumeInstructions(Self.octets(golden.instructions).span)
            while let last = held.popLast() {
                var fields = HTTPFields()
                let outcome = try decoder.decode(last.section.span, into: &fields)
                #expect(outcome == .whole)
                #expect(fields.count == last.fields.split(whereSeparator: \.isWhitespace).count / 2)
            }
        }
    }

    @Test("fields that are waited for are unknown ones when nothing more is waited for")
    func lenient() throws {
        var decoder = QPACKDecoder()
        var fields = HTTPFields()
        // Two insertions needed, none made: post-base and base-relative indices, with values and without.
        let section = Self.octets("0381 d4 10 11 00 0178 c1 2161 0162")
        let outcome = try decoder.decode(section.span, into: &fields)
        #expect(outcome == .blocked(until: 2))
        let late = try decoder.decode(section.span, into: &fields, leniently: true)
        #expect(late == .whole)
        #expect(texts(fields) == [":method: POST", "?: ", "?: ", "?: x", ":path: /", "a: b"])
        let unknown = decoder.unknownFields
        #expect(unknown == 3)
    }

    @Test("behind lost instructions the fields that were inserted before are still known, across a wrap")
    func lost() throws {
        var decoder = QPACKDecoder()
        decoder.receiverCapacity = 64
        try decoder.consumeInstructions((HTTP3Writer.capacity(64) + HTTP3Writer.insertion("a", "b")).span)
        decoder.loseInstructions()
        try decoder.consumeInstructions(HTTP3Writer.insertion("c", "d").span)
        let count = decoder.insertCount
        #expect(count == 1)
        var fields = HTTPFields()
        // Needs 2, Base 2: the second is unknown, the first is not. Then 4, of which none is known.
        for section in ["0300 80 81", "0500 80 81"] {
            let outcome = try decoder.decode(Self.octets(section).span, into: &fields)
            #expect(outcome == .whole)
        }
        #expect(texts(fields) == ["?: ", "a: b", "?: ", "?: "])
    }

    @Test("§ 4.5.1.1: counts of insertions wrap at twice the fields that the receiver allows")
    func wrapping() throws {
        for capacity in [nil, 100] as [Int?] {
            var decoder = QPACKDecoder()
            decoder.receiverCapacity = capacity
            try decoder.consumeInstructions(HTTP3Writer.capacity(100).span)
            for number in 1...20 {
                try decoder.consumeInstructions(HTTP3Writer.insertion("n", "\(number)").span)
                // 100 octets are 3 fields at most: counts are told modulo 6, plus 1.
                let section = [UInt8(number % 6 + 1), 0, 0x80]
                var fields = HTTPFields()
                let outcome = try decoder.decode(section.span, into: &fields)
                #expect(outcome == .whole)
                #expect(texts(fields) == ["n: \(number)"])
                let next = [UInt8((number + 1) % 6 + 1), 0, 0x80]
                let blocked = try decoder.decode(next.span, into: &fields)
                #expect(blocked == .blocked(until: number + 1))
            }
        }
    }

    @Test(
        "malformed sections are refused, with what came before kept",
        arguments: [
            ("0000 d1 ff ff ff ff ff 0f", QPACKError.integerTooLarge), ("0000 d1 ff24", .index(99)),
            ("0000 d1 80", .index(0)), ("0000 d1 51", .truncated), ("0000 d1 51 05 61", .truncated),
            ("0000 d1 2a 07ff 00", .huffman), ("0000 d1 27", .truncated),
        ]
    )
    func malformed(section: String, error: QPACKError) {
        var decoder = QPACKDecoder()
        var fields = HTTPFields()
        var thrown: QPACKError?
        do { _ = try decoder.decode(Self.octets(section).span, into: &fields) } catch { thrown = error }
        #expect(thrown == error)
        #expect(fields.all.map(\.value) == ["GET"])
    }

    @Test("a section without a whole prefix, or whose Base lies before all fields, is refused")
    func malformedPrefix() {
        for (section, error) in [("", QPACKError.truncated), ("00", .truncated), ("0080", .base), ("00ff", .truncated)]
        {
            var decoder = QPACKDecoder()
            var fields = HTTPFields()
            var thrown: QPACKError?
            do { _ = try decoder.decode(Self.octets(section).span, into: &fields) } catch { thrown = error }
            #expect(thrown == error)
        }
    }

    @Test("behind a malformed instruction none is read")
    func malformedInstructions() {
        for text in ["ff ff ff ff ff ff 0f", "ff24 00", "80 00", "c0 81 00", "00"] {
            var decoder = QPACKDecoder()
            var thrown: QPACKError?
            do { try decoder.consumeInstructions(Self.octets(text).span) } catch { thrown = error }
            #expect(thrown != nil, "\(text)")
            let isLost = decoder.hasLostInstructions
            #expect(isLost)
        }
    }

    @Test("fields beyond the cap are dropped, a table beyond the cap forgets its oldest, a long instruction is refused")
    func limits() throws {
        var limits = QPACKLimits()
        limits.fieldOctets = 10
        limits.tableOctets = 80
        limits.instructionOctets = 100
        var decoder = QPACKDecoder(limits: limits)
        try decoder.consumeInstructions(HTTP3Writer.capacity(16_384).span)
        for name in ["a", "b", "c"] { try decoder.consumeInstructions(HTTP3Writer.insertion(name, name).span) }
        let size = decoder.tableOctets
        #expect(size == 68)
        var fields = HTTPFields()
        let outcome = try decoder.decode(
            Self.octets("0400 80 81 82 27 01 6162636465666768 0178 80").span,
            into: &fields
        )
        #expect(outcome == .cut)
        #expect(texts(fields) == ["c: c", "b: b", "?: ", "c: c"])
        var thrown: QPACKError?
        for _ in 0..<200 where thrown == nil {
            let held = decoder.partialOctets
            #expect(held <= 100)
            do { try decoder.consumeInstructions(([0x41, 0x61, 0x7F, 0xFF] as [UInt8]).span) } catch { thrown = error }
        }
        #expect(thrown == .instructionTooLarge)
    }

    @Test("damaged instructions and sections never trap")
    func torture() {
        for golden in QPACKGoldens.sections.prefix(6) {
            let both = Self.octets(golden.instructions) + Self.octets(golden.section)
            Torture.everything(of: both) { pieces in
                var decoder = QPACKDecoder()
                for piece in pieces {
                    var fields = HTTPFields()
                    try? decoder.consumeInstructions(piece.span)
                    _ = try? decoder.decode(piece.span, into: &fields)
                    _ = try? decoder.decode(piece.span, into: &fields, leniently: true)
                    let size = decoder.tableOctets
                    #expect(size <= 65_536)
                }
            }
        }
    }
}
