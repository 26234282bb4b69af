import Patterns
import TestSupport
import Testing

@Suite("Redaction")
struct RedactorTests {
    @Test(
        "at most four and two characters, and a quarter in all",
        arguments: [
            ("", "…"), ("abc", "…"), ("abcd", "a…"), ("abcdefgh", "ab…"), ("AKIAPYCDYBK377OXTZQ6", "AKIA…6"),
            ("abcdefghijklmnopqrstuvwx", "abcd…wx"), ("ääääääää", "ää…"), ("\u{1B}[31mabcdefgh", "\u{FFFD}[3…"),
        ]
    )
    func known(_ secret: String, _ shown: String) {
        #expect(Redactor.ends(of: secret.utf8.span) == shown)
    }

    @Test("no length and no content shows more")
    func property() {
        var generator = SeededGenerator(seed: 11)
        for count in 0..<400 {
            let secret = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let scalars = String(decoding: secret, as: UTF8.self).unicodeScalars.count
            let parts = Redactor.ends(of: secret.span).unicodeScalars.split(
                separator: "…",
                omittingEmptySubsequences: false
            )
            let (first, last) = (parts.first?.count ?? 0, parts.last?.count ?? 0)
            #expect(parts.count == 2)
            #expect(first <= 4 && last <= 2 && (first + last) * 4 <= scalars)
        }
    }
}
