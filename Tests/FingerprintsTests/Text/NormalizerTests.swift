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
            ("re\u{200B}turn va\u{AD}lue f\u{202E}o\u{2060}o \u{FEFF}b\u{FE0F}ar\u{E0041}", "return value foo bar"),
            ("re\\u200bturn va\\u00adlue", "return value"),
            ("r\0e\0t\0u\0r\0n\0 \0x\0", "return x"),
            ("rеturn сору_аrray(ѕсоре)", "return copy_array(scope)"),
            ("ΜΑΧ_ΡΑΤΗ vοid", "max_path void"),
            ("ｒｅｔｕｒｎ　ｆｏｏ（１２）；", "return foo"),
            ("𝚛𝚎𝚝𝚞𝚛𝚗 𝒙𝟣; 𝕗𝓸𝖔(ℎ, ℂ) ⓕⓞⓞ", "return x1 foo h c foo"),
            ("ﬁle aﬀect oﬃce ﬂag laﬆ", "file affect office flag last"),
            ("café naïve Łódź", "cafe naive lodz"),
            ("cafe\u{301} nai\u{308}ve", "café naïve"),
            ("x “smart” – ‘quotes’ — y", "x smart quotes y"),
            ("\u{1B}[1;34mreturn\u{1B}[0m foo\u{1B}[38;5;12mbar\u{1B}[K", "return foobar"),
            (
                "\\u001b[32mreturn\\u001b[0m \\x1b[1mfoo\\x1b[0m \\033[1mbar\\033[m \\e[1mend\\e[0m",
                "return foo bar end"
            ),
            ("\\emph{x} \\0 \\03 a\\033 b\\e", "emph x a b e"),
            ("if (a &lt; b &amp;&amp; c-&gt;d &#x26;&#38; e&nbsp;f)", "if a b c d e f"),
            ("a &amp;lt; b &amp;amp;amp;gt; c &lt d &bogus; &#xZ; e", "a b c lt d bogus xz e"),
            ("&quot;x&quot;; &foo; &l", "x foo l"),
            ("&#102;&#111;&#x6f;(&#98;)", "foo b"),
            ("int%20foo%28char%20%2Ap%29%0A%7B%7D", "int foo char p"),
            ("int%2520foo%2528x%2529", "int foo x"),
            ("int+foo%28char+%2Ap%29", "int foo char p"),
            ("100%done %zz %", "done zz"),
            ("a=3D3Db =3Db x =20\ny=C3=A9t", "a b b x yet"),
            ("\\x69\\x6e\\x74\\x20foo", "int foo"),
            ("\\xylo \\x6", "xylo x6"),
            (
                "<span class=\"k\">int</span> <span style=\"color: #569cd6;\">fo</span>o<br>bar<br/>x<br />y",
                "int foo bar x y"
            ),
            ("<span id=\"k\">x</span> <spanner> a<b", "span id k x spanner a b"),
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
        #expect(WordList.of("été") == WordList.of("ete"))
        #expect(WordList.of("über") != WordList.of("uber") + WordList.of("x"))
        #expect(WordList.of("слово") != WordList.of("слава"))
        #expect(WordList.of("你好") != WordList.of("你们"))
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
        a&amp;lt;b &#x41;c&#0; %41%2Bx+y z%25zz =3Dq =C3=A9 \u{1B}[1;3mred\u{1B}[ no \\x1b[0mw\\033[1mv\\e[ <span class="a-b">t</span>
        <span class="&lt;"> <br/>к\u{200B}от ｆ（ \u{1D68B} ﬃ L9 l10x 77 \\x4 \\u00
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
            0x26, 0x23, 0x3B, 0x25, 0x32, 0x30, 0x3D, 0x1B, 0x5B, 0x6D, 0x3C, 0x2B, 0x78, 0x65, 0x22, 0,
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
