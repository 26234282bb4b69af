import CTextScan
import TestSupport
import Testing

@testable import Payloads

@Suite("Layouts of tools undone")
struct PromptWrappersTests {
    /// What is left of a text: leaves are told apart by what was removed.
    struct Collector: UnwrappedText {
        var text = ""
        var names: [String] = []
        var octets: [UInt8] = []

        mutating func leafBegan(tag: Int) {
            let (_, step) = PromptWrappers.parts(of: tag)
            octets += Array("«\(step?.rawValue ?? "")»".utf8)
        }

        mutating func leafText(_ text: Span<UInt8>) {
            for index in text.indices { octets.append(text[index]) }
        }

        mutating func versionsBegan() { octets += Array("‹".utf8) }

        mutating func versionBegan() { octets += Array("›".utf8) }

        mutating func fileNamed(_ path: Span<UInt8>) { names.append(String(copying: path)) }
    }

    static func unwrap(_ pieces: [ArraySlice<UInt8>], form: Int32 = .max) -> Collector {
        var wrappers = PromptWrappers(form: form)
        var collector = Collector()
        for piece in pieces { wrappers.leafText(piece.span, &collector) }
        wrappers.leafEnded(&collector)
        collector.text = String(decoding: collector.octets, as: UTF8.self)
        return collector
    }

    static func unwrap(_ text: String) -> Collector { unwrap([Array(text.utf8)[...]]) }

    static let side = """
        int main(void)\t\t\t\t\tint main(void)
        {\t\t\t\t\t\t{
            char *p = 0;\t\t\t      |\t    char *q = 0;
            int gone = 1;\t\t\t      <
        \t\t\t\t\t      >\t    int come = 2;
            return run(p, 12);\t\t\t\t    return run(p, 12);

        that was it
        """

    static let layouts: [(String, String)] = [
        ("plain text\nstays: as - it | is < 3\n", "plain text\nstays: as - it | is < 3\n"),
        ("src/a.c:12:int x;\nsrc/a.c-13-  y();\n", "12\tint x;\n13\t  y();\n"),
        ("src/a.c:12:5:int x;\nb.h:3: error\n", "12\tint x;\n3\t error\n"),
        ("C:\\\\a\\\\b.c:12:int x;\n", "12\tint x;\n"),
        ("at 12:30:45 on 2024-01-02-03\nkey:12:value\n", "at 12:30:45 on 2024-01-02-03\nkey:12:value\n"),
        (
            "1f0c4e2a (Jane (J) Doe 2024-05-06 07:08:09 +0200 12) int x;\n^1f0c4e2 a/b.c (J D 2024-05-06 13)\n",
            "12\tint x;\n13\t\n"
        ),
        ("@@ -3,2 +5,3 @@ fn\n a\n+b\n c\nend\n", "\n‹5\ta\n6\tb\n7\tc\nend\n"),
        ("@@ -3,2 +5,2 @@\n a\n-b\n+c\n\nend\n", "\n‹5\ta\n6\tc\n\n›3\ta\n4\tb\n\nend\n"),
        ("@@@ -3,1 -3,1 +5,2 @@@\n  a\n++b\n- c\nend\n", "\n‹5\ta\n6\tb\n\n›3\ta\n4\tc\nend\n"),
        (
            "@@ -3,3 +3,3 @@\n a\n+b\n-c\n d\nend\n",
            "\n‹3\ta\n4\tb\n5\td\n\n›3\ta\n4\tc\n5\td\n›a\nb\nc\nd\nend\n"
        ),
        ("@@ def f():\n a\n-b\n+c\n*** End Patch\n", "\n‹a\nc\n\n›a\nb\n*** End Patch\n"),
        ("*** 3,4 ****\n  a\n! b\n--- 7,8 ----\n  a\n! c\nend\n", "\n‹3\ta\n4\tb\n\n›7\ta\n8\tc\nend\n"),
        (
            side,
            """

            ‹int main(void)
            {
                char *p = 0;
                int gone = 1;
                return run(p, 12);

            ›int main(void)
            {
                char *q = 0;
                int come = 2;
                return run(p, 12);
            that was it
            """
        ),
        (
            "00000000: 696e 7420 6d61 696e 2876 6f69 6429 0a7b  int main(void).{\n00000010: 7d0a  }.\nend\n",
            "«hex»int main(void)\n{}\n«»end\n"
        ),
        (
            "00000000  69 6e 74 20 6d 61 69 6e  28 76 6f 69 64 29 0a 7b  |int main(void).{|\n00000010\n",
            "«hex»int main(void)\n{«»00000010\n"
        ),
        (
            "x aW50IG1haW4odm9pZCkKewogICAgcmV0dXJuIHJ1bl9hbGxfdGVzdHMoMTIsIG5hbWUpOwp9Cg== y\n",
            "x «base64»int main(void)\n{\n    return run_all_tests(12, name);\n}\n«» y\n"
        ),
        (
            "aW50IG1haW4odm9pZCkKewogICAgcmV0dXJuIHJ1bl9hbGxfdGVzdHMoMTIsIG5h\nbWUpOwp9Cg\nthanks\n",
            "«base64»int main(void)\n{\n    return run_all_tests(12, name);\n}\n«»thanks\n"
        ),
        (
            "say 696e74206d61696e28766f6964290a7b0a2020202072657475726e2072756e28293b0a7d0a\nend\n",
            "say «hex»int main(void)\n{\n    return run();\n}\n«»end\n"
        ),
        (
            "a line of mail that is as long as encoders let it be before they cut it=\n in two\n",
            "a line of mail that is as long as encoders let it be before they cut it in two\n"
        ),
        (
            "x [-old-]{+new+} y\nsame\n{+all+}\ndiff --git a b\n",
            "\n‹x new y\nsame\nall\n\n›x old y\nsame\n\ndiff --git a b\n"
        ),
        ("a[-1] = b[i-j]; {+d\n", "a[-1] = b[i-j]; {+d\n"),
        ("[12] x\n... y\n[3]: z\n", "12\t x\ny\n3\t: z\n"),
        ("| x = 1; | y |\n| no\n", " x = 1; | y \n| no\n"),
        ("  \"x = 1;\\n\",\n'y\\n' +\n\"z\"\n", "x = 1;\ny\n\"z\"\n"),
        (
            "\u{1B}[36m@@ -1 +1 @@\u{1B}[m\n\u{1B}[31m-a\u{1B}[m\n\u{1B}[32m+b\u{1B}[m\nend\n",
            "\n‹1\tb\n\n›1\ta\nend\n"
        ),
        ("\u{1B}[1mx\u{1B}[m\n", "\u{1B}[1mx\u{1B}[m\n"),
        ("/usr/lib/x86_64-linux-gnu/and/so/on/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", ""),
    ]

    @Test("what is left is the text that tools were given", arguments: layouts)
    func layout(text: String, plain: String) {
        #expect(Self.unwrap(text).text == (plain.isEmpty ? text : plain))
    }

    @Test("paths that layouts name are given on")
    func names() {
        let text = "diff --git a/x/y.c b/x/y.c\n--- a/x/y.c\n+++ b/x/z.c\t2024\n@@ -1 +1 @@\n x\n"
        #expect(Self.unwrap(text).names == ["x/z.c"])
        #expect(Self.unwrap("*** Update File: a b/c.py\nq/w.rs:3:x\n").names == ["a b/c.py", "q/w.rs"])
    }

    @Test("the text may be cut anywhere, and every form of the search finds the same")
    func splits() {
        for (text, _) in Self.layouts {
            let octets = Array(("intro\r\n" + text + "\n" + text).utf8)
            let whole = Self.unwrap([octets[...]]).text
            Torture.everySplit(of: octets) { pieces in
                #expect(Self.unwrap(pieces).text == whole)
                #expect(Self.unwrap(pieces, form: 0).text == whole)
            }
        }
    }

    @Test("lines without end pass, whatever they hold")
    func long() {
        var generator = SeededGenerator(seed: 3)
        let telling = Array("@@ -1,2 +1 @@ :12: -3- |<> \t =aZ9+/ 0000\r".utf8)
        for round in 0..<40 {
            var octets: [UInt8] = []
            while octets.count < 12_000 {
                octets.append(telling.randomElement(using: &generator) ?? 0)
                if round % 2 == 0, octets.count % 5_001 == 0 { octets.append(0x0A) }
            }
            let whole = Self.unwrap([octets[...]]).octets
            for size in [1, 1_000, 4_096, 5_000] {
                #expect(Self.unwrap(Torture.chunks(of: octets, size: size)).octets == whole)
            }
        }
        let digits = String(repeating: "aW50IG1haW4odm9pZCkK", count: 400)
        #expect(Self.unwrap("x " + digits + " y\n").text.hasSuffix("int main(void)\n«» y\n"))
    }

    @Test("noise of what matters is the same however it is cut, in every form")
    func noise() {
        var generator = SeededGenerator(seed: 9)
        let pieces = Self.layouts.map(\.0).flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
        for _ in 0..<150 {
            var text = ""
            for _ in 0..<12 {
                text += pieces.randomElement(using: &generator) ?? ""
                if Bool.random(using: &generator) {
                    text += ["\n", "\r\n", "\n\n", "\t", "  | "].randomElement(using: &generator) ?? ""
                }
            }
            let octets = Array(text.utf8)
            let whole = Self.unwrap([octets[...]]).text
            for size in [1, 7, 64, 100] {
                #expect(Self.unwrap(Torture.chunks(of: octets, size: size)).text == whole)
                #expect(Self.unwrap(Torture.chunks(of: octets, size: size), form: 0).text == whole)
            }
        }
    }

    @Test("the search for layouts is the same by every form, and tells a line by itself")
    func forms() {
        var generator = SeededGenerator(seed: 10)
        let telling = Array("ab1:- |<>@*+=0.\t\n  [{]}\\n\"\u{1B}[".utf8)
        for _ in 0..<500 {
            var octets = (0..<180).map { _ in telling.randomElement(using: &generator) ?? 0 }
            octets.append(0x0A)
            let plain = unsafe ctextscan_next_layout(0, octets, octets.count)
            #expect(unsafe ctextscan_next_layout(ctextscan_form(), octets, octets.count) == plain)
            for place in stride(from: 0, to: 110, by: 13) {
                let block = Array(octets[place...])
                let (one, two) = unsafe (ctextscan_layout_plain(block), ctextscan_layout_base(block))
                #expect(one.newlines == two.newlines && one.blanks == two.blanks)
                #expect(one.tabs == two.tabs && one.marks == two.marks)
            }
            // The line that it stands in is the first of which the search by itself finds something.
            let lineStart = octets[..<min(plain, octets.count)].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            var start = 0
            while start < octets.count {
                let end = octets[start...].firstIndex(of: 0x0A) ?? octets.count
                let line = Array(octets[start..<end])
                let isFound = unsafe ctextscan_next_layout(0, line, line.count) < line.count
                #expect(isFound == (plain < octets.count && start == lineStart))
                if isFound { break }
                start = end + 1
            }
        }
    }
}
