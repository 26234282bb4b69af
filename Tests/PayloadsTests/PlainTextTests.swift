import Payloads
import TestSupport
import Testing

@Suite("Unescaping by runs")
struct PlainTextTests {
    /// Escapes beside what they stand for, and text that is as it stands.
    private static let parts: [(escaped: String, plain: String)] = [
        (#"\n"#, "\n"), (#"\t"#, "\t"), (#"\""#, "\""), (#"\\"#, "\\"), (#"\/"#, "/"), (#"\u0041"#, "A"),
        (#"\u00e9"#, "é"), (#"\ud83d\ude00"#, "😀"), ("é", "é"), ("한", "한"), (#"\q"#, #"\q"#),
    ]

    @Test(
        "text of any length, escapes anywhere in it and cuts anywhere, gives what was escaped",
        arguments: [0, 5, 40, 100]
    )
    func equal(percentEscaped: Int) throws {
        var generator = SeededGenerator(seed: 90 + UInt64(percentEscaped))
        let lengths = Array(1...70) + [127, 128, 129, 1_447, 1_448, 4_090, 4_095, 4_096, 4_097, 4_130, 9_000]
        for length in lengths {
            var (escaped, plain) = ("x", "x")
            for _ in 1..<length {
                if Int.random(in: 0..<100, using: &generator) < percentEscaped {
                    let part = try #require(Self.parts.randomElement(using: &generator))
                    escaped += part.escaped
                    plain += part.plain
                } else {
                    let letter = String(UnicodeScalar(UInt8.random(in: 0x61...0x7A, using: &generator)))
                    escaped += letter
                    plain += letter
                }
            }
            let body = Array("[\"\(escaped)\"]".utf8)
            for size in [body.count, 1_448, 64, 33, 32, 31, 3, 1] {
                let pieces = Torture.chunks(of: body, size: size).map { BodyPiece.octets($0) }
                let result = decode(pieces, .json())
                #expect(result.texts == [plain])
                #expect(result.ledger.inspectedOctets == body.count)
            }
        }
    }
}
