import Foundation
import Testing

@testable import Fingerprints

@Suite("Building an index")
struct IndexBuilderTests {
    private func text(_ seed: UInt64, lines: Int = 60) -> String {
        var maker = SourceMaker(seed: seed)
        return maker.lines(lines).joined(separator: "\n") + "\n"
    }

    private func octets(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test("the same files under the same key give the same octets; another key gives others")
    func deterministic() throws {
        let folder = try TemporaryFolder()
        for seed in 1...5 { try folder.write("t/f\(seed).c", text(UInt64(seed))) }
        let key = IndexKey.random()
        var summaries: [IndexSummary] = []
        for (name, key) in [("a", key), ("b", key), ("c", IndexKey.random()), ("d", nil)] {
            summaries.append(
                try IndexBuilder().build(
                    collection: "c",
                    paths: [folder("t")],
                    publicPaths: [],
                    output: folder(name),
                    key: key
                )
            )
        }
        #expect(try octets(folder("a")) == octets(folder("b")))
        #expect(try octets(folder("a")) != octets(folder("c")))
        #expect(Set(summaries.map(\.fingerprints)).count == 1)
        #expect(try FingerprintIndex.open(path: folder("a"), key: key).info.isKeyed)
        #expect(try !FingerprintIndex.open(path: folder("d")).info.isKeyed)
    }

    @Test("a key is made beside the index, kept by the next build, and needed to open")
    func keyBeside() throws {
        let folder = try TemporaryFolder()
        try folder.write("t/a.c", text(1))
        let build = {
            try IndexBuilder().build(collection: "c", paths: [folder("t")], publicPaths: [], output: folder("i"))
        }
        _ = try build()
        let first = try octets(folder("i.key"))
        _ = try build()
        #expect(try octets(folder("i.key")) == first)
        #expect(try folder.names() == ["i", "i.key", "t"])
        #expect(try FingerprintIndex.open(path: folder("i")).info.isKeyed)
        try FileManager.default.moveItem(atPath: folder("i.key"), toPath: folder("away"))
        #expect(throws: IndexError.keyMissing(path: folder("i"), expected: folder("i.key"))) {
            try FingerprintIndex.open(path: folder("i"))
        }
        #expect(throws: IndexError.wrongKey(path: folder("i"))) {
            try FingerprintIndex.open(path: folder("i"), key: .random())
        }
        let key = try IndexKey(path: folder("away"))
        #expect(try FingerprintIndex.open(path: folder("i"), key: key).collections == ["c"])
    }

    @Test("a build that fails leaves nothing, neither index nor key, and keeps what was there")
    func failure() throws {
        let folder = try TemporaryFolder()
        try folder.write("t/.env", "x")
        try folder.write("t/LICENSE", "x")
        #expect(throws: IndexError.nothingToIndex(path: folder("t"))) {
            try IndexBuilder().build(collection: "c", paths: [folder("t")], publicPaths: [], output: folder("i"))
        }
        #expect(try folder.names() == ["t"])
        try folder.write("i", "before")
        try folder.write("t/a.c", text(1))
        #expect(throws: IndexError.noInput(path: folder("none"))) {
            try IndexBuilder().build(
                collection: "c",
                paths: [folder("t")],
                publicPaths: [folder("none")],
                output: folder("i"),
                key: nil
            )
        }
        #expect(try octets(folder("i")) == Data("before".utf8))
        #expect(throws: IndexError.self) {
            try IndexBuilder().build(
                collection: "c",
                paths: [folder("t")],
                publicPaths: [],
                output: folder("t"),
                key: nil
            )
        }
        #expect(throws: IndexError.self) {
            try IndexBuilder().build(
                collection: "c",
                paths: [folder("t")],
                publicPaths: [],
                output: folder("no/where"),
                key: nil
            )
        }
        #expect(try folder.names() == ["i", "t"])
    }

    @Test("what public code holds is taken out and counted by source")
    func subtraction() throws {
        let folder = try TemporaryFolder()
        try folder.write("t/ours.c", text(1) + text(2))
        try folder.write("t/theirs.c", text(3))
        try folder.write("p/one/a.c", text(9) + text(2))
        try folder.write("p/two.c", text(3))
        let summary = try IndexBuilder().build(
            collection: "c",
            paths: [folder("t")],
            publicPaths: [folder("p/one"), folder("p/two.c")],
            output: folder("i"),
            key: nil
        )
        #expect(summary.subtracted.map(\.source) == [folder("p/one"), folder("p/two.c")])
        #expect(summary.subtracted.allSatisfy { $0.fingerprints > 40 })
        let index = try FingerprintIndex.open(path: folder("i"))
        #expect(index.info.subtracted == summary.subtracted)
        #expect(matches(of: [text(2)], in: [index]).isEmpty)
        #expect(matches(of: [text(3)], in: [index]).isEmpty)
        #expect(matches(of: [text(1)], in: [index]).map(\.path) == ["ours.c"])
    }

    @Test("what many files hold is taken out; a second copy of a file is named as one")
    func common() throws {
        let folder = try TemporaryFolder()
        for seed in 1...25 { try folder.write("t/f\(seed).c", text(99) + text(UInt64(seed))) }
        try folder.write("t/z-copy.c", text(99) + text(7))
        let summary = try IndexBuilder().build(
            collection: "c",
            paths: [folder("t")],
            publicPaths: [],
            output: folder("i"),
            key: nil
        )
        #expect(summary.files == 25)
        #expect(summary.skipped.names == [.duplicate: ["z-copy.c"]])
        #expect(summary.common > 40)
        let index = try FingerprintIndex.open(path: folder("i"))
        #expect(matches(of: [text(99)], in: [index]).isEmpty)
        #expect(matches(of: [text(7)], in: [index]).map(\.path) == ["f7.c"])
    }

    @Test("summary, info and progress agree")
    func figures() throws {
        let folder = try TemporaryFolder()
        try folder.write("t/a.c", text(1))
        try folder.write("t/b.c", "")
        try folder.write("t/c.bin", "a\0b")
        var phases: [IndexBuilder.Progress] = []
        let builder = IndexBuilder { phases.append($0) }
        let summary = try builder.build(
            collection: "engine",
            paths: [folder("t")],
            publicPaths: [folder("t/b.c")],
            output: folder("i"),
            key: nil
        )
        let info = try FingerprintIndex.open(path: folder("i")).info
        #expect(summary.files == 2 && info.files == 2)
        #expect(summary.lines == 60 && info.lines == 60)
        #expect(summary.skipped.counts == [.binary: 1])
        #expect(summary.fingerprints == info.fingerprints && summary.postings == info.postings)
        #expect(info.fingerprints > 40)
        #expect(summary.octets == text(1).utf8.count)
        #expect(summary.indexOctets == info.octets)
        #expect(try octets(folder("i")).count == info.octets)
        #expect(info.collections == ["engine"] && info.version == 4 && info.generation.count == 16)
        #expect(phases.first == .init(phase: .subtracting, files: 1, octets: 0))
        #expect(phases.last == .init(phase: .writing, files: 2, octets: summary.octets))
        #expect(phases.contains(.init(phase: .reading, files: 2, octets: summary.octets)))
    }

    @Test("names that are not UTF-8 do no harm")
    func oddNames() throws {
        let folder = try TemporaryFolder()
        try folder.write("t/a.c", text(1))
        let name = Array(folder("t/").utf8) + [0xFF, 0x2E, 0x63]
        try FileTree.writeNew(Array(text(2).utf8), to: name, permissions: 0o600)
        _ = try IndexBuilder().build(
            collection: "c",
            paths: [folder("t")],
            publicPaths: [],
            output: folder("i"),
            key: nil
        )
        let index = try FingerprintIndex.open(path: folder("i"))
        #expect(matches(of: [text(2)], in: [index]).map(\.path) == ["\u{FFFD}.c"])
    }
}
