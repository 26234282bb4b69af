@testable import Payloads
import TestSupport
import Testing

@Suite("Unescaping by runs")
struct PlainTextTests {
    /// Escapes beside what they stand for, and text that is as it stands.
    private static let parts: [(escaped: String, plain: String)] = [
        (#"\n"#, "\n"), (#"\t"#, "\t"), (#"\""#, "\""), (#"\\"#, "\\"), (#"\/"#, "/"), (#"\b"#, "\u{8}"),
        (#"\f"#, "\u{c}"), (#"\r"#, "\r"),
        (#"\u0041"#, "A"),
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

    @Test("every form of the loop stops at the same place, having copied the same", arguments: [0, 3, 20, 60])
    func forms(percentMarks: Int) {
        var generator = SeededGenerator(seed: 7 + UInt64(percentMarks))
        let marks = Array(#"\\\\\\nnttrbf/u"q0"#.utf8) + [0x80, 0xEE, 0x00]
        for length in Array(0...200) + [1_447, 4_000] {
            let input = (0..<length).map { _ in
                Int.random(in: 0..<100, using: &generator) < percentMarks
                    ? marks[Int.random(in: 0..<marks.count, using: &generator)]
                    : UInt8.random(in: 0...255, using: &generator)
            }
            let expected = read(input, form: 0)
            for form in 0...PlainText.newestForm { #expect(read(input, form: form) == expected) }
        }
    }

    /// All that can be read of `input`, passing over what stops: the text, and where and why it stopped.
    private func read(_ input: [UInt8], form: Int32) -> [String] {
        var (position, log) = (0, [String]())
        while position <= input.count {
            var (text, stop) = ([UInt8](), PlainText.Stop.full)
            while case .full = stop {
                var (buffer, count) = ([UInt8](repeating: 0, count: 100 + PlainText.slack), 0)
                stop = PlainText.unescape(input.span, &position, into: &buffer, &count, form: form)
                text += buffer[0..<count]
            }
            log.append("\(text) \(stop) at \(position)")
            position += 1
        }
        return log
    }
}
