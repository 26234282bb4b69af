import TestSupport
import Testing

@testable import Fingerprints

@Suite("Sources and their comments")
struct SourceTextTests {
    private func comments(_ text: String) -> [String] {
        let octets = Array(text.utf8)
        return CommentScanner.comments(in: octets).map { String(decoding: octets[$0.octets], as: UTF8.self) }
    }

    @Test(
        "comments are told by their look",
        arguments: [
            ("a // b\nc", ["// b"]),
            ("see http://x.y/z\n", []),
            ("a /* b\n * c */ d", ["/* b\n * c */"]),
            ("/* open", []),
            ("x # y\n#include <z>\n# w", ["# y", "# w"]),
            ("i-- > 0; -- note\n--flag", ["-- note"]),
            ("/**\n * one\n", ["* one"]),
            ("a * b\n", []),
            ("", []),
        ]
    )
    func look(text: String, expected: [String]) {
        #expect(comments(text) == expected)
    }

    @Test("a block with a notice's words is a notice whole; one beside it, parted by code, is not")
    func notice() {
        let text = Array("// Copyright 2026\n\n// more words\nint a;\n// the parser's state\n".utf8)
        #expect(CommentScanner.comments(in: text).map(\.isNotice) == [true, true, false])
    }

    @Test("a paragraph outside comments is a notice with two of a notice's words, not with one")
    func paragraphs() {
        let manual = "Weir\n\nCopyright 2026. This is free software;\nyou can share it.\n\nThe license of x is read.\n"
        let found = CommentScanner.comments(in: Array(manual.utf8))
        #expect(found == [CommentScanner.Comment(octets: 5..<62, isNotice: true)])
        #expect(CommentScanner.comments(in: Array("int a; // Copyright\nfree software\n".utf8)).count == 1)
    }

    @Test("words are counted by line, the last line with or without an end")
    func lines() {
        #expect(SourceText(Array("a b\n\n c\n".utf8)).wordsInLine == [2, 0, 1])
        #expect(SourceText(Array("a b\n\n c".utf8)).wordsInLine == [2, 0, 1])
        #expect(SourceText([]).wordsInLine == [])
    }

    @Test("a text without its comments has the fingerprints that skip them")
    func stripped() {
        var maker = SourceMaker(seed: 11)
        var full = ""
        var bare = ""
        for line in maker.lines(60) {
            full += line + " // \(maker.word()) \(maker.word())\n"
            bare += line + "\n"
        }
        var chosen: Set<UInt64> = []
        SourceText(Array(full.utf8)).forEachFingerprint { chosen.insert($0.gram) }
        SourceText(Array(bare.utf8)).forEachFingerprint { #expect(chosen.contains($0.gram)) }
    }

    @Test("no fingerprint holds a notice's word, nor fewer than four different words")
    func poor() {
        var count = 0
        let count1: (Fingerprint) -> Void = { _ in count += 1 }
        SourceText(Array("// Copyright by all of us, one and two and three and four\n".utf8)).forEachFingerprint(count1)
        SourceText(Array(String(repeating: "zero one two ", count: 40).utf8)).forEachFingerprint(count1)
        #expect(count == 0)
        SourceText(Array(String(repeating: "zero one two three ", count: 40).utf8)).forEachFingerprint(count1)
        #expect(count > 0)
    }

    @Test("any octets do not trap")
    func noise() {
        var generator = SeededGenerator(seed: 13)
        let telling = Array("/*#-* \n\\a".utf8)
        for _ in 0..<200 {
            let text = (0..<200).map { _ in telling.randomElement(using: &generator) ?? 0 }
            SourceText(text).forEachFingerprint { _ in }
        }
    }
}
