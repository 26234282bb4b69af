import TestSupport
import Testing

@testable import Fingerprints

@Suite("Numbers of lines as evidence")
struct LineNumbersTests {
    private static func slice(_ text: String) -> [(UInt32, Int32)] { slice([Array(text.utf8)[...]]) }

    /// The numbers that a text's slices have, by the words before them in all of it.
    private static func slice(_ pieces: [ArraySlice<UInt8>]) -> [(UInt32, Int32)] {
        var scratch = CodeScratch()
        var (normalizer, lexer) = (Normalizer(), ShapeLexer())
        var words: UInt32 = 0
        var found: [(UInt32, Int32)] = []
        let take = { (numbers: SliceNumbers, count: Int) in
            for place in 0..<numbers.count { found.append((words + numbers.words[place], numbers.numbers[place])) }
            words += UInt32(count)
        }
        for piece in pieces {
            scratch.read(piece.span, with: &normalizer, &lexer)
            take(scratch.numbers, scratch.wordCount)
        }
        scratch.finish(&normalizer, &lexer)
        take(scratch.numbers, scratch.wordCount)
        return found
    }

    @Test(
        "a number counts at the start of a line alone",
        arguments: [
            ("12\tint x = 3;\n13\t}\n14 y", [(0, 12), (2, 13), (2, 14)]),
            ("   12→a\n L13: b\n> 14 | c", [(0, 12), (1, 13), (2, 14)]),
            ("a 12\nb[3] = 4;\n(5)\n6u 7x", []),
            ("1234567 a\n12345678 b\n0 c", [(0, 1_234_567)]),
            ("/* 1\n 2 */ 3\n4", [(0, 2), (0, 4)]),
            ("a\\n12\\tb\\\\n 13", [(1, 12), (2, 13)]),
        ] as [(String, [(UInt32, Int32)])]
    )
    func starts(text: String, numbers: [(UInt32, Int32)]) {
        let found = Self.slice(text)
        #expect(found.map(\.0) == numbers.map(\.0))
        #expect(found.map(\.1) == numbers.map(\.1))
        Torture.everySplit(of: Array(text.utf8)) { pieces in
            let cut = Self.slice(pieces)
            #expect(cut.map(\.0) == found.map(\.0) && cut.map(\.1) == found.map(\.1))
        }
    }

    @Test("the number of a word's line is the last before it, of the last thousand")
    func last() {
        var numbers = LineNumbers()
        #expect(numbers.number(at: 5) == nil)
        for line in 1...3_000 {
            var slice = SliceNumbers()
            slice.append(line, before: 3)
            numbers.append(slice, from: line * 10)
        }
        #expect(numbers.number(at: 30_003) == 3_000)
        #expect(numbers.number(at: 30_002) == 2_999)
        #expect(numbers.number(at: 25_005) == 2_500)
        #expect(numbers.number(at: 5) == nil)
        #expect(numbers.number(at: 30_043) == 3_000)
        #expect(numbers.number(at: 30_044) == nil)
    }

    /// Two files that hold the same lines at different places.
    private static func index() throws -> (index: FingerprintIndex, shared: [String]) {
        var maker = SourceMaker(seed: 77)
        let shared = maker.lines(6)
        let first = maker.lines(20) + shared + maker.lines(20)
        let second = maker.lines(50) + shared + maker.lines(20)
        let files = ["a/one.c": first.joined(separator: "\n"), "b/two.c": second.joined(separator: "\n")]
        return (try IndexBuilder.index(files), shared)
    }

    @Test("of files that share code the one is named in which lines have the text's numbers")
    func choice() throws {
        let (index, shared) = try Self.index()
        for (first, path) in [(21, "a/one.c"), (51, "b/two.c")] {
            let text = shared.enumerated().map { "\(first + $0.offset)\t\($0.element)" }.joined(separator: "\n")
            #expect(matches(of: [text], in: [index]).map(\.path) == [path])
        }
    }

    @Test("else the one that the text names")
    func names() throws {
        let (index, shared) = try Self.index()
        let text = shared.joined(separator: "\n")
        for name in ["one.c", "a/one.c", "/home/x/a/One.c"] {
            #expect(matches(of: [name, text], in: [index]).map(\.path) == ["a/one.c"])
        }
        for name in ["b/two.c", "two.c"] { #expect(matches(of: [name, text], in: [index]).map(\.path) == ["b/two.c"]) }
    }

    @Test(
        "how much of a path a name has",
        arguments: [
            ("c.h", 1), ("b/c.h", 2), ("x/b/c.h", 2), ("/a/b/c.h", 3), ("bc.h", 0), ("C:\\A\\B\\C.H", 3), ("h", 0),
        ]
    )
    func agreement(name: String, components: Int) {
        var names = FileNames()
        names.append(Array(name.utf8).span)
        #expect(names.agreement(with: "a/b/C.h") == components)
    }

    @Test("agreement is bounded, and none where files begin")
    func bounds() {
        var agreement = LineAgreement()
        agreement.compare(3, with: 3)
        #expect(agreement.evidence == 0)
        for line in 20..<40 where agreement.isOpen { agreement.compare(line, with: line) }
        #expect(agreement.evidence > 0 && agreement.evidence < 1.6)
    }
}
