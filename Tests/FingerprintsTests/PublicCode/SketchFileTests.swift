import Foundation
import TestSupport
import Testing

@testable import Fingerprints

@Suite("Sketch files, good, damaged and malicious")
struct SketchFileTests {
    private let folder: TemporaryFolder
    private let good: [UInt8]
    private let text: String

    init() throws {
        folder = try TemporaryFolder()
        var maker = SourceMaker(seed: 31)
        text = maker.lines(60).joined(separator: "\n") + "\n"
        try folder.write("p/one-1.0/a.c", text)
        try folder.write("p/one-1.0/LICENSE", "Permission is hereby granted\n")
        try folder.write("p/one-1.0/.gitignore", "*.c\n")
        try folder.write("p/two/b.c", maker.lines(30).joined(separator: "\n"))
        try folder.write("p/two/c.bin", "a\0b")
        _ = try PublicSketchBuilder.write(
            name: "c",
            note: "made up",
            paths: [folder("p/one-1.0"), folder("p/two")],
            output: folder("s.sketch")
        ) { _, _ in }
        good = try FileTree.read(folder("s.sketch"), limit: 1 << 20)
    }

    private func open(_ octets: [UInt8]) throws -> PublicSketch {
        let path = folder("x")
        try Data(octets).write(to: URL(fileURLWithPath: path))
        return try PublicSketch.open(path: path)
    }

    private static func text(_ seed: UInt64) -> String {
        var maker = SourceMaker(seed: seed)
        return maker.lines(50).joined(separator: "\n") + "\n"
    }

    /// The octets with a checksum that is right again.
    private func sealed(_ octets: [UInt8]) -> [UInt8] {
        var octets = octets
        let words = stride(from: 0, to: octets.count - 7, by: 8).map { start in
            octets[start..<(start + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        let checksum = SketchLayout.checksum(of: words.span)
        for index in 0..<8 { octets[24 + index] = UInt8(truncatingIfNeeded: checksum >> UInt64(8 * index)) }
        return octets
    }

    private func ask(_ sketch: PublicSketch) -> Int {
        var known = 0
        let source = SourceText(Array(text.utf8))
        source.forEachGram(where: { _ in true }) { if sketch.contains(gram: $0) { known += 1 } }
        source.forEachPart { if sketch.contains(part: $0) { known += 1 } }
        return known
    }

    @Test("a sketch tells its name, its note and its sources, licences and ignored files among them")
    func info() throws {
        let info = try PublicSketch.open(path: folder("s.sketch")).info
        #expect(info.name == "c" && info.note == "made up" && info.octets == good.count && info.version == 1)
        #expect(info.sources.map(\.name) == ["one-1.0", "two"])
        #expect(info.sources.map(\.files) == [3, 1])
        #expect(info.sources.map(\.lines) == [62, 30])
        #expect(info.grams > 100 && info.parts > 100)
        #expect(PublicSketch.isSketch(path: folder("s.sketch")))
        #expect(!PublicSketch.isSketch(path: folder("p")) && !PublicSketch.isSketch(path: folder("p/two/b.c")))
    }

    @Test("the same code gives the same octets")
    func deterministic() throws {
        _ = try PublicSketchBuilder.write(
            name: "c",
            note: "made up",
            paths: [folder("p/one-1.0"), folder("p/two")],
            output: folder("again")
        ) { _, _ in }
        #expect(try FileTree.read(folder("again"), limit: 1 << 20) == good)
    }

    @Test("a build takes out by a sketch what it takes out by the code that the sketch was made of")
    func build() throws {
        try folder.write("t/ours.c", text + Self.text(40))
        var summaries: [IndexSummary] = []
        for (name, publicPaths) in [("i", [folder("s.sketch")]), ("j", [folder("p/one-1.0"), folder("p/two")])] {
            summaries.append(
                try IndexBuilder().build(
                    collection: "c",
                    paths: [folder("t")],
                    publicPaths: publicPaths,
                    output: folder(name),
                    key: nil
                )
            )
        }
        #expect(summaries[0].subtracted.map(\.source) == ["c"])
        #expect(summaries[0].fingerprints == summaries[1].fingerprints)
        #expect((summaries[0].subtracted.first?.fingerprints ?? 0) > 40)
        #expect(summaries[0].subtracted[0].fingerprints == summaries[1].subtracted[0].fingerprints)
        let index = try FingerprintIndex.open(path: folder("i"))
        #expect(matches(of: [text], in: [index]).isEmpty)
        #expect(matches(of: [Self.text(40)], in: [index]).map(\.path) == ["ours.c"])
    }

    @Test("every truncation is one clear error")
    func truncated() throws {
        for count in stride(from: 0, to: good.count, by: 37) {
            #expect(throws: IndexError.self) { try open(Array(good[..<count])) }
        }
        #expect(throws: IndexError.self) { try open(good + [UInt8](repeating: 0, count: 64)) }
    }

    @Test("every flipped bit is found")
    func flipped() throws {
        var generator = SeededGenerator(seed: 1)
        for index in Array(0..<256) + (0..<120).map({ _ in Int.random(in: 0..<good.count, using: &generator) }) {
            var octets = good
            octets[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            #expect(throws: IndexError.self) { try open(octets) }
        }
    }

    @Test("what is changed by who can make the checksum right may mislead but never traps")
    func malicious() throws {
        var generator = SeededGenerator(seed: 2)
        let telling: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF]
        var opened = 0
        for round in 0..<400 {
            var octets = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let limit = round % 2 == 0 ? 100 : octets.count
                let index = Int.random(in: 40..<limit, using: &generator)
                for place in index..<min(index + Int.random(in: 1...8, using: &generator), limit) {
                    octets[place] = telling.randomElement(using: &generator) ?? 0
                }
            }
            guard let sketch = try? open(sealed(octets)) else { continue }
            opened += 1
            _ = ask(sketch)
        }
        #expect(opened > 50)
    }

    @Test("errors name the file, the place and the cure")
    func errors() throws {
        var newer = good
        newer[8] = 7
        #expect(throws: IndexError.otherSketch(path: folder("x"), version: 7)) { try open(newer) }
        let error = IndexError.otherSketch(path: "s", version: 7)
        #expect(error.description.hasPrefix("s: offset 8: sketch format version 7, this weir reads 1; upgrade"))
        var older = good
        older[8] = 0
        #expect(throws: IndexError.otherSketch(path: folder("x"), version: 0)) { try open(older) }
        var other = good
        other[32] ^= 1
        #expect(throws: IndexError.otherSketch(path: folder("x"), version: 1)) { try open(sealed(other)) }
        #expect(IndexError.otherSketch(path: "s", version: 1).description.contains("make sketches"))
        #expect(throws: IndexError.damagedSketch(path: folder("x"), offset: 0, reason: "does not begin with WEIRSKT")) {
            try open([UInt8](repeating: 0x61, count: 4096))
        }
        #expect(throws: IndexError.noInput(path: folder("none"))) { try PublicSketch.open(path: folder("none")) }
        #expect(throws: IndexError.self) { try PublicSketch.open(path: folder("p")) }
        #expect(throws: IndexError.nothingToIndex(path: folder("p/two/c.bin"))) {
            try PublicSketchBuilder.write(name: "c", note: "", paths: [folder("p/two/c.bin")], output: folder("y")) {
                _,
                _ in
            }
        }
        #expect(throws: IndexError.noInput(path: folder("none"))) {
            try PublicSketchBuilder.write(name: "c", note: "", paths: [folder("none")], output: folder("y")) { _, _ in }
        }
        #expect(try folder.names() == ["p", "s.sketch", "x"])
    }
}
