import TestSupport
import Testing

@testable import Fingerprints

@Suite("Words of a text")
struct NormalizerTests {
    @Test(
        "the same text gives the same words however it is wrapped",
        arguments: [
            ("int Foo_bar(char *name)", "int foo_bar char name"),
            ("a = 0x1F + 12u * b3;", "a b3"),
            ("12px 3rd x", "x"),
            ("printf(\"a\\tb\\n\")", "printf a b"),
            ("say \\\"hi\\\"\\nthere", "say hi there"),
            ("say \\\\\\\"hi\\\\\\\"\\\\nthere", "say hi there"),
            ("if (a \\u003c b \\u0026\\u0026 c)", "if a b c"),
            ("caf\\u00e9s", "cafés"),
            ("caf\\\\u00E9s", "cafés"),
            ("\\ud55c\\uae00 word", "한글 word"),
            ("\\ud83d\\ude00 smile", "😀 smile"),
            ("a\\ud83d b", "a b"),
            ("a\\ude00b", "a b"),
            ("\\udev node", "udev node"),
            ("x\\uz", "x uz"),
            ("C:\\users\\john", "c users john"),
            ("tail\\", "tail"),
            ("tail\\u00", "tail u00"),
            ("12\tlet x = 1", "let x"),
            ("   12→let x = 1\n   13→end", "let x end"),
            ("12: let x\n12- end\n12 | on", "let x end on"),
            ("L12: let x\nL13: end", "let x end"),
            ("+added line\n-removed\n>quoted", "added line removed quoted"),
            ("l = long", "l long"),
            ("foo(L12)", "foo l12"),
            ("one\u{00A0}two\u{2003}three", "one two three"),
            ("été 你好，世界。ok", "été 你好 世界 ok"),
            ("$jquery __init__", "$jquery __init__"),
            ("", ""),
        ]
    )
    func wrapped(text: String, plain: String) {
        #expect(WordList.of(text) == WordList.of(plain))
    }

    @Test("case and layout are nothing, letters are all")
    func differs() {
        #expect(WordList.of("Alpha  BETA") == WordList.of("alpha\n\tbeta"))
        #expect(WordList.of("alpha beta") != WordList.of("alphabeta"))
        #expect(WordList.of("alpha beta") != WordList.of("beta alpha"))
        #expect(WordList.of("abcdefgh1") != WordList.of("abcdefgh2"))
        #expect(WordList.of("été") != WordList.of("ete"))
    }

    @Test("a word's offset is that of its first octet")
    func offsets() {
        var normalizer = Normalizer()
        var list = WordList()
        var runs = WordRuns()
        for piece in ["ab cd", "ef \\u00e9x 12 l", "et"] { normalizer.consume(Array(piece.utf8).span, &runs, &list) }
        normalizer.finish(&list)
        #expect(list.offsets == [0, 3, 9, 19])
    }

    static let sample = """
        L7: int café = "a\\u00e9\\\\n\\ud83d\\ude00z" + 0x1f; // 한국어 주석, l12
        \\udab\\uq l9x: lower\\tUPPER\\\\r\\n$end→next 12:ok \u{FEFF}z\u{301}
        """

    @Test("chunks may be cut anywhere")
    func splits() throws {
        let octets = Array(Self.sample.utf8)
        let whole = WordList.of([octets[...]])
        #expect(whole.count > 12)
        Torture.everySplit(of: octets) { pieces in #expect(WordList.of(pieces) == whole) }
    }

    @Test("octets of no encoding do not trap, and cuts do not matter to them either")
    func noise() {
        var generator = SeededGenerator(seed: 7)
        let telling: [UInt8] = [
            0x5C, 0x75, 0x64, 0x38, 0x33, 0x6E, 0x0A, 0x20, 0x6C, 0x31, 0xC3, 0xA9, 0xE2, 0xF0, 0xED, 0x80,
        ]
        for _ in 0..<300 {
            let octets = (0..<40).map { _ in
                Bool.random(using: &generator)
                    ? telling.randomElement(using: &generator) ?? 0 : UInt8.random(in: 0...255, using: &generator)
            }
            let whole = WordList.of([octets[...]])
            #expect(WordList.of(Torture.chunks(of: octets, size: 1)) == whole)
            #expect(WordList.of(Torture.chunks(of: octets, size: 3)) == whole)
        }
    }
}
