import TestSupport
import Testing

@testable import Fingerprints

@Suite("Tokens of code, without comments, numbers and quotes")
struct ShapeLexerTests {
    @Test(
        "the same code gives the same tokens, whatever stands around and between it",
        arguments: [
            ("f(a, b);", "f ( a , b ) ;"),
            ("x = 0x1F + 12;\n", "x=+;"),
            ("a // note\nb", "a\nb"),
            ("see(\"http://x.y\")", "see ( http : / / x . y )"),
            ("a /* b\n * c */ d", "a d"),
            ("a /* b *\\/ c */ d", "a c d"),
            ("/**\n * one\n */\nint a;", "int a;"),
            (" * tail of a comment\n */ int a;", "int a;"),
            ("x = 1 # note\n#include <z>\n#\n# w\n", "x =\n#include <z>"),
            ("i-- > 0; -- note\n--flag", "i--> ;\n--flag"),
            ("a * b / c - d", "a*b/c-d"),
            ("12\tint a;\n13\tint b;", "int a;\nint b;"),
            ("  12→int a;\n  13→  // gone\n", "int a;"),
            ("12 | int a;\nL13: int b;", "int a;\nint b;"),
            ("+int a;\n-  int b;\n> int c;", "int a;\nint b;\nint c;"),
            ("+    # gone\n+    x", "x"),
            ("if (a \\u003c b \\u0026\\u0026 c)\\n  return;", "if (a < b && c) return;"),
            ("s = \\\"a\\\\tb\\\"; // c\\n\\tt", "s = a b;\nt"),
            ("", ""),
        ]
    )
    func equal(text: String, plain: String) {
        #expect(TokenList.of(text) == TokenList.of(plain))
        #expect(TokenList.of(text).isEmpty == plain.isEmpty)
    }

    @Test("names are names, and keywords and marks are themselves, in any case of letters")
    func kinds() {
        let tokens = TokenList.of("if RETURN size_t sizes ( $x")
        #expect(tokens.map { $0 & ShapeToken.nameBit != 0 } == [false, false, false, true, false, true])
        #expect(TokenList.of("Return") == TokenList.of("RETURN"))
        #expect(TokenList.of("(") != TokenList.of(")"))
    }

    @Test("an open comment ends after 4 KiB, and with its text")
    func openComment() {
        let far = "a /* " + String(repeating: "b ", count: 3_000) + "c"
        #expect(TokenList.of(far).count > 800)
        #expect(TokenList.of(far).count < 1_200)
        var gathered = GatheredText(room: 0, words: 100, tokens: 100)
        gathered.begin()
        var normalizer = Normalizer()
        var runs = WordRuns()
        normalizer.consume(Array("/* a".utf8).span, &runs, &gathered)
        normalizer.finish(&gathered)
        gathered.endText()
        #expect(gathered.tokenCount == 0)
        normalizer.consume(Array("b".utf8).span, &runs, &gathered)
        normalizer.finish(&gathered)
        #expect(gathered.tokenCount == 1)
    }

    static let sample = """
        L7: int café = "a\\u00e9\\\\n\\ud83d\\ude00z" + 0x1f; // 한국어 주석, l12
        \\udab\\uq l9x: lower\\tUPPER\\\\r\\n$end→next 12:ok * x /* \u{FEFF} **/ z\u{301} -- no
        +# a /\\/ b\\n- c --d e://f a/b *p
        """

    @Test("chunks may be cut anywhere")
    func splits() {
        let octets = Array(Self.sample.utf8)
        let whole = TokenList.of([octets[...]])
        #expect(whole.count > 30)
        Torture.everySplit(of: octets) { pieces in #expect(TokenList.of(pieces) == whole) }
    }

    @Test("all keywords are found")
    func keywords() {
        let words = Set(Keywords.list.split(whereSeparator: \.isWhitespace))
        #expect(Keywords.all.count == words.count)
        for word in words {
            var hash = WordHash()
            for octet in word.utf8 { hash.append(octet | 0x20) }
            #expect(Keywords.all.contain(hash.value))
            #expect(!Keywords.all.contain(hash.value ^ 1 << 20))
        }
    }

    @Test("of comments, gutters, escapes and marks side by side, runs and states give the same tokens, in every form")
    func pieces() {
        var generator = SeededGenerator(seed: 72)
        let pieces = [
            "/*", "*/", "//", "/", "*", " * ", "# ", "#", "--", "-- ", "-", "->", "\n", "\\", #"\n"#, #"\\t"#, #"\r#"#,
            #"\u0041"#, #"\u"#, #"\""#, "word", "if", "l12", "12", "_x", "$", "+", ">", "|", ":", "://", " ", "    ",
            "\t", "é",
            "\u{2192}", "\"", "'", "(", ")", ";", #"\*"#, #"*\/"#, #"\\/"#, String(repeating: "x", count: 50), "/**",
            "**/",
        ]
        for round in 0..<400 {
            var text = ""
            for _ in 0..<Int.random(in: 1...(round < 350 ? 60 : 3_000), using: &generator) {
                text += pieces.randomElement(using: &generator) ?? ""
            }
            if round % 9 == 0 {
                let filler = pieces.randomElement(using: &generator) ?? ""
                text = "a /* " + String(repeating: filler + " b", count: 1_500) + text
            }
            let octets = Array(text.utf8)
            let expected = TokenList.of(Torture.chunks(of: octets, size: 1))
            for form: Int32 in 0...2 {
                #expect(TokenList.of([octets[...]], form: form) == expected)
                #expect(TokenList.of(Torture.chunks(of: octets, size: 1 + round % 90), form: form) == expected)
            }
        }
    }

    @Test("of code, runs and states give the same tokens of the same words, in every form")
    func code() {
        var generator = SeededGenerator(seed: 73)
        let odd = [
            " -> ", "->", " - ", "\n - ", " -\\-", " --x", "#x", " #[", "\n#if", " # c\n", "/ ", " * ", "//c\n", ":",
            "::",
            "+", "|", #"\n"#, #"\n\t"#, #"\n#"#, #"\n-"#, #"\t/"#, #"\n\n"#, #"\\n"#, #"\rx"#, #"\""#, ##"\"#"##,
            #"\'-"#, ##" \"# "##, "12", "l12", "\nl12 ",
            "/* c */",
        ]
        let plain = ["word", "_x", "let", "If", "$", " ", " ", "(", ")", ".", ", ", ";\n", " = ", "{", "}\n    ", "\""]
        for round in 0..<300 {
            var text = ""
            for _ in 0..<Int.random(in: 1...1_500, using: &generator) {
                let isOdd = Int.random(in: 0..<(2 + round % 20), using: &generator) == 0
                text += (isOdd ? odd : plain).randomElement(using: &generator) ?? ""
            }
            let octets = Array(text.utf8)
            let expected = TokenList.tokens(of: Torture.chunks(of: octets, size: 1))
            for form: Int32 in 0...2 {
                #expect(TokenList.tokens(of: [octets[...]], form: form) == expected)
                #expect(TokenList.tokens(of: Torture.chunks(of: octets, size: 200 + round), form: form) == expected)
            }
        }
    }

    @Test("of random and of adversarial text, runs and states give the same tokens")
    func noise() {
        var generator = SeededGenerator(seed: 71)
        let telling: [UInt8] =
            Array("lL19_$aZz \n\t\r\\un/*#-+>|:\"'.()".utf8) + [0, 0x7F, 0x80, 0xC3, 0xA9, 0xE2, 0xFF]
        for round in 0..<300 {
            let octets = (0..<(round < 250 ? round : WordRuns.slice + round)).map { _ in
                Int.random(in: 0..<3, using: &generator) > 0
                    ? telling.randomElement(using: &generator) ?? 0 : UInt8.random(in: 0x61...0x7A, using: &generator)
            }
            let whole = TokenList.of([octets[...]])
            #expect(TokenList.of(Torture.chunks(of: octets, size: 1)) == whole)
            #expect(TokenList.of(Torture.chunks(of: octets, size: 1 + round % 70)) == whole)
        }
    }
}

/// Collects tokens.
enum TokenList {
    static func of(_ text: String) -> [UInt64] { of([Array(text.utf8)[...]]) }

    static func of(_ pieces: [ArraySlice<UInt8>], form: Int32 = .max) -> [UInt64] {
        tokens(of: pieces, form: form).map { $0[0] }
    }

    /// Of each token the value, the ordinal of its word and the number of words up to its end.
    static func tokens(of pieces: [ArraySlice<UInt8>], form: Int32 = .max) -> [[UInt64]] {
        let octets = pieces.reduce(0) { $0 + $1.count }
        var gathered = GatheredText(room: 0, words: octets + 8, tokens: octets + 8)
        gathered.begin()
        var normalizer = Normalizer()
        var runs = WordRuns(form: form)
        for piece in pieces { normalizer.consume(piece.span, &runs, &gathered) }
        normalizer.finish(&gathered)
        gathered.endText()
        return gathered.tokens[..<gathered.tokenCount].map { [$0.value, UInt64($0.first), UInt64($0.end)] }
    }
}
