import TestSupport
import Testing

@testable import Fingerprints

@Suite("Merging of indexes")
struct IndexMergerTests {
    private static let key = IndexKey.random()

    /// Files in two folders, `x` and `y`, some with lines in common and some the same.
    private static func tree(_ seed: UInt64) -> [String: String] {
        var generator = SeededGenerator(seed: seed)
        var maker = SourceMaker(seed: seed &* 31)
        let shared = (0..<4).map { _ in maker.lines(10).joined(separator: "\n") }
        var files: [String: String] = [:]
        for number in 0..<24 {
            var lines = maker.lines(Int.random(in: 5...40, using: &generator)).joined(separator: "\n")
            if Int.random(in: 0..<3, using: &generator) > 0 { lines += "\n" + shared[number % shared.count] }
            // One text is in more files of both than may share it, in fewer of either.
            if number % 24 < 23 { lines += "\nint common\(seed);\n" + shared[0] }
            files["\(number % 2 == 0 ? "x" : "y")/d\(number % 3)/f\(number).c"] = lines
        }
        files["y/copy.c"] = files["x/d0/f0.c"]
        return files
    }

    private static func build(
        _ folder: TemporaryFolder,
        _ output: String,
        include: [String] = [],
        collection: String = "code",
        tree: String = "tree",
        key: IndexKey? = IndexMergerTests.key
    ) throws -> FingerprintIndex {
        var info = CollectionInfo(name: collection)
        info.included = include
        _ = try IndexBuilder().build(
            collection: info,
            paths: [folder(tree)],
            publicPaths: [],
            output: folder(output),
            key: key
        )
        return try FingerprintIndex.open(path: folder(output), key: key)
    }

    private static func merge(
        _ indexes: [FingerprintIndex],
        _ output: String,
        entries: Int = 1 << 22
    ) throws -> (FingerprintIndex, IndexMerger.Summary) {
        let summary = try IndexMerger(entriesInMemory: entries).merge(indexes, to: output)
        return (try FingerprintIndex.open(path: output, key: indexes.first?.key), summary)
    }

    @Test(
        "merged parts hold what an index of the whole holds, in any order and however little memory",
        arguments: 1...4
    )
    func whole(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let files = Self.tree(seed)
        for (name, text) in files { try folder.write("tree/" + name, text) }
        let whole = try Self.build(folder, "whole")
        let parts = [try Self.build(folder, "x", include: ["x/"]), try Self.build(folder, "y", include: ["y/"])]
        #expect(parts[0].info.common == 0 && whole.info.common > 0)
        let expected = try IndexDump(whole)
        for (number, indexes) in [parts, parts.reversed()].enumerated() {
            for entries in [1 << 22, 200] {
                let (merged, summary) = try Self.merge(indexes, folder("m\(number)-\(entries)"), entries: entries)
                #expect(try IndexDump(merged) == expected)
                #expect(summary.files == whole.info.files && summary.duplicates == 1 && summary.replaced == 0)
                #expect(merged.info.common == whole.info.common && merged.info.lines == whole.info.lines)
                #expect(merged.info.postings == whole.info.postings)
                #expect(merged.paths == whole.paths)
                for name in files.keys.sorted().prefix(6) {
                    let text = [files[name] ?? ""]
                    #expect(matches(of: text, in: [merged]) == matches(of: text, in: [whole]))
                }
            }
        }
    }

    @Test("of two files of one path the one of the index named last stands")
    func lastWins() throws {
        let folder = try TemporaryFolder()
        var maker = SourceMaker(seed: 5)
        let (old, new, other) = (maker.lines(30), maker.lines(30), maker.lines(30))
        try folder.write("a/f.c", old.joined(separator: "\n"))
        try folder.write("a/g.c", other.joined(separator: "\n"))
        try folder.write("b/f.c", new.joined(separator: "\n"))
        let a = try Self.build(folder, "a.widx", tree: "a")
        let b = try Self.build(folder, "b.widx", tree: "b")
        let (merged, summary) = try Self.merge([a, b], folder("m"))
        #expect(summary.files == 2 && summary.replaced == 1)
        #expect(matches(of: [old.joined(separator: "\n")], in: [merged]).isEmpty)
        #expect(matches(of: [new.joined(separator: "\n")], in: [merged]).map(\.path) == ["f.c"])
        #expect(matches(of: [other.joined(separator: "\n")], in: [merged]).map(\.path) == ["g.c"])
        let (turned, _) = try Self.merge([b, a], folder("t"))
        #expect(matches(of: [old.joined(separator: "\n")], in: [turned]).map(\.path) == ["f.c"])
    }

    @Test("collections of other names stay apart, and keep what is known of them")
    func collections() throws {
        let folder = try TemporaryFolder()
        var maker = SourceMaker(seed: 6)
        let lines = maker.lines(30).joined(separator: "\n")
        try folder.write("a/f.c", lines)
        try folder.write("b/f.c", lines)
        var info = CollectionInfo(name: "two")
        (info.owner, info.classification) = ("B Team", "secret")
        let a = try Self.build(folder, "a.widx", collection: "one", tree: "a")
        _ = try IndexBuilder().build(
            collection: info,
            paths: [folder("b")],
            publicPaths: [],
            output: folder("b.widx"),
            key: Self.key
        )
        let b = try FingerprintIndex.open(path: folder("b.widx"), key: Self.key)
        let (merged, summary) = try Self.merge([b, a], folder("m"))
        #expect(summary.collections == ["one", "two"] && summary.files == 2)
        #expect(merged.info.about.map(\.owner) == ["", "B Team"])
        let found = matches(of: [lines], in: [merged])
        #expect(found.first?.collection == "one" && found.first?.owner == nil)
        let alone = matches(of: [lines], in: [b]).first
        #expect(alone?.owner == "B Team" && alone?.classification == "secret")
    }

    @Test("what one index took out stays out")
    func suppressed() throws {
        let folder = try TemporaryFolder()
        var maker = SourceMaker(seed: 8)
        let (known, own) = (maker.lines(30).joined(separator: "\n"), maker.lines(30).joined(separator: "\n"))
        try folder.write("public/p.c", known)
        try folder.write("a/f.c", own + "\n" + known)
        try folder.write("b/g.c", known)
        _ = try IndexBuilder().build(
            collection: "code",
            paths: [folder("a")],
            publicPaths: [folder("public")],
            output: folder("a.widx"),
            key: nil
        )
        let a = try FingerprintIndex.open(path: folder("a.widx"))
        let b = try Self.build(folder, "b.widx", tree: "b", key: nil)
        #expect(matches(of: [known], in: [b]).count == 1)
        let (merged, _) = try Self.merge([b, a], folder("m"))
        #expect(matches(of: [known], in: [merged]).isEmpty)
        #expect(matches(of: [own], in: [merged]).map(\.path) == ["f.c"])
        #expect(merged.info.subtracted == a.info.subtracted)
    }

    @Test("indexes of different keys are refused, and nothing is written")
    func keys() throws {
        let folder = try TemporaryFolder()
        try folder.write("tree/f.c", "int one two three four five six seven eight nine ten\n")
        let a = try Self.build(folder, "a.widx")
        for other in [IndexKey.random(), nil] {
            let b = try Self.build(folder, "b.widx", key: other)
            #expect(throws: IndexError.otherKey(path: folder("b.widx"), than: folder("a.widx"))) {
                _ = try IndexMerger().merge([a, b], to: folder("m"))
            }
        }
        #expect(try !folder.names().contains("m"))
    }
}
