import Foundation
import TestSupport
import Testing

@testable import Fingerprints

@Suite("Updates of indexes")
struct IndexUpdaterTests {
    private static let key = IndexKey.random()

    /// A tree with a past, as git would tell of it: texts by path, newest first; the first is present unless it is nil.
    private struct Tree {
        var files: [String: [String]] = [:]
        var gone: Set<String> = []
        var released: [String] = []

        func plan(withHistory: Bool) -> UpdatePlan {
            var plan = UpdatePlan(CollectionInfo(name: "code"))
            for path in files.keys.sorted() {
                var seen: Set<String> = []
                for (age, text) in (files[path] ?? []).enumerated() where seen.insert(text).inserted {
                    let isPresent = age == 0 && !gone.contains(path)
                    guard isPresent || withHistory else { continue }
                    let version = String(IndexKey.none.digest(of: Array(text.utf8)), radix: 16)
                    plan.files.append(
                        UpdateFile(
                            path: Array(path.utf8),
                            version: isPresent ? [] : Array(version.utf8),
                            identity: Array(text.utf8)
                        )
                    )
                }
            }
            plan.released = released.map { UpdateFile(path: Array("r".utf8), identity: Array($0.utf8)) }
            return plan
        }
    }

    private static func update(
        _ index: FingerprintIndex?,
        _ plan: UpdatePlan,
        _ output: String,
        entries: Int = 1 << 22
    ) throws -> (index: FingerprintIndex, summary: IndexUpdater.Summary) {
        let updater = IndexUpdater(entriesInMemory: entries)
        let summary = try updater.update(index, to: plan, output: output, key: key) { file, limit in
            Array(file.identity.prefix(limit))
        }
        return (try FingerprintIndex.open(path: summary.isWritten ? output : index?.path ?? "", key: key), summary)
    }

    /// Edits a tree at random: new files, new lines, deletions, moves, copies, returns to what was.
    private static func edit(_ tree: inout Tree, _ maker: inout SourceMaker, _ generator: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let paths = tree.files.keys.sorted()
            let path = paths.randomElement(using: &generator) ?? "a/f0.c"
            var lines = (tree.files[path]?.first ?? "").split(separator: "\n").map(String.init)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0, 1:
                let name =
                    "d\(Int.random(in: 0..<3, using: &generator))/f\(Int.random(in: 0..<30, using: &generator)).c"
                tree.files[name, default: []].insert(maker.lines(20).joined(separator: "\n"), at: 0)
                tree.gone.remove(name)
            case 2 where tree.gone.count + 2 < paths.count: tree.gone.insert(path)
            case 3:
                tree.files["copy/\(path)", default: []].insert(lines.joined(separator: "\n"), at: 0)
                tree.gone.remove("copy/\(path)")
            case 4 where tree.files[path]?.count ?? 0 > 1:
                let older = tree.files[path]?.last ?? ""
                tree.files[path]?.insert(older, at: 0)
            case 5 where tree.files[path]?.count ?? 0 > 1: tree.files[path]?.removeFirst()
            default:
                guard !lines.isEmpty else { continue }
                let at = Int.random(in: 0..<lines.count, using: &generator)
                lines.replaceSubrange(at..<min(lines.count, at + 3), with: maker.lines(4))
                tree.files[path]?.insert(lines.joined(separator: "\n"), at: 0)
            }
        }
    }

    @Test(
        "an index that followed a tree holds what one holds that was made of it anew",
        arguments: [false, true],
        1...3
    )
    func follows(withHistory: Bool, seed: UInt64) throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed: seed)
        var maker = SourceMaker(seed: seed &+ 100)
        var tree = Tree()
        for number in 0..<5 { tree.files["a/f\(number).c"] = [maker.lines(25).joined(separator: "\n")] }
        var index = try Self.update(nil, tree.plan(withHistory: withHistory), folder("0")).index
        var read = 0
        for round in 1...15 {
            Self.edit(&tree, &maker, &generator)
            let plan = tree.plan(withHistory: withHistory)
            let entries = round % 2 == 0 ? 1 << 22 : 100
            let updated = try Self.update(index, plan, folder("\(round)"), entries: entries)
            let fresh = try Self.update(nil, plan, folder("fresh-\(round)"))
            #expect(try IndexDump(updated.index) == IndexDump(fresh.index), "round \(round)")
            #expect(updated.index.paths == fresh.index.paths)
            #expect(updated.summary.files == fresh.summary.files)
            #expect(updated.summary.fingerprints == fresh.summary.fingerprints)
            #expect(updated.summary.added + updated.summary.changed + updated.summary.unchanged == fresh.summary.files)
            for text in tree.files.values.prefix(3) {
                let leaf = [text.first ?? ""]
                #expect(matches(of: leaf, in: [updated.index]) == matches(of: leaf, in: [fresh.index]))
            }
            read += updated.summary.read
            index = updated.index
        }
        #expect(read < 150, "\(read) contents were read")
    }

    @Test("nothing is read and nothing written where nothing changed")
    func unchanged() throws {
        let folder = try TemporaryFolder()
        var maker = SourceMaker(seed: 3)
        var tree = Tree()
        for number in 0..<4 { tree.files["f\(number).c"] = [maker.lines(20).joined(separator: "\n")] }
        tree.files["blob.bin"] = ["a\0b"]
        let first = try Self.update(nil, tree.plan(withHistory: false), folder("0"))
        #expect(first.summary.added == 4 && first.summary.read == 5 && first.summary.isWritten)
        #expect(first.summary.skipped.counts == [.binary: 1])
        let second = try Self.update(first.index, tree.plan(withHistory: false), folder("1"))
        #expect(second.summary.read == 0 && !second.summary.isWritten && second.summary.unchanged == 4)
        #expect(second.summary.skipped.counts == [.binary: 1])
        tree.files["f2.c"]?.insert(maker.lines(20).joined(separator: "\n"), at: 0)
        tree.gone.insert("f3.c")
        let third = try Self.update(first.index, tree.plan(withHistory: false), folder("2"))
        #expect(third.summary.read == 1 && third.summary.changed == 1 && third.summary.removed == 1)
        #expect(third.summary.unchanged == 2 && third.summary.added == 0)
    }

    @Test("a file with a long history does not make its own text common")
    func longHistory() throws {
        let folder = try TemporaryFolder()
        var maker = SourceMaker(seed: 4)
        var lines = maker.lines(60)
        var tree = Tree()
        var index: FingerprintIndex?
        tree.files["f.c"] = []
        for version in 0..<30 {
            lines[(version * 2) % 60] = maker.line()
            tree.files["f.c"]?.insert(lines.joined(separator: "\n"), at: 0)
            index = try Self.update(index, tree.plan(withHistory: true), folder("\(version)")).index
        }
        let last = try #require(index)
        #expect(last.info.common == 0 && last.info.files == 30)
        let found = matches(of: [lines[10..<40].joined(separator: "\n")], in: [last])
        #expect(found.first?.path == "f.c" && found.first?.lines == LineSet([11...40]))
        // What only an old version had is found in it.
        let old = (tree.files["f.c"]?.last ?? "").split(separator: "\n").map(String.init)
        let oldest = matches(of: [old[4..<30].joined(separator: "\n")], in: [last])
        #expect(oldest.contains { $0.path.hasPrefix("f.c@") }, "\(oldest.map(\.path))")
    }

    @Test("what was made public leaves tombstones, also where it comes back or is gone")
    func released() throws {
        let folder = try TemporaryFolder()
        var maker = SourceMaker(seed: 9)
        let (own, free) = (maker.lines(30).joined(separator: "\n"), maker.lines(30).joined(separator: "\n"))
        var tree = Tree(files: ["own.c": [own], "free.c": [free]])
        let before = try Self.update(nil, tree.plan(withHistory: false), folder("0")).index
        #expect(matches(of: [free], in: [before]).map(\.path) == ["free.c"])
        tree.released = [free]
        let after = try Self.update(before, tree.plan(withHistory: false), folder("1"))
        #expect(after.summary.tombstones > 10 && after.summary.read == 1)
        #expect(matches(of: [free], in: [after.index]).isEmpty)
        #expect(matches(of: [own], in: [after.index]).map(\.path) == ["own.c"])
        let fresh = try Self.update(nil, tree.plan(withHistory: false), folder("2"))
        #expect(try IndexDump(fresh.index) == IndexDump(after.index))
        tree.gone = ["free.c"]
        tree.released = []
        let gone = try Self.update(after.index, tree.plan(withHistory: false), folder("3"))
        #expect(gone.summary.removed == 1 && gone.summary.tombstones == after.summary.tombstones)
        tree.files["again.c"] = [free + "\n" + own.split(separator: "\n").prefix(3).joined(separator: "\n")]
        let again = try Self.update(gone.index, tree.plan(withHistory: false), folder("4"))
        #expect(matches(of: [free], in: [again.index]).isEmpty && again.summary.read == 1)
    }

    @Test("other collections stay as they are, and one can be added")
    func collections() throws {
        let folder = try TemporaryFolder()
        var maker = SourceMaker(seed: 12)
        let texts = (0..<4).map { _ in maker.lines(30).joined(separator: "\n") }
        let first = try Self.update(nil, Tree(files: ["a.c": [texts[0]]]).plan(withHistory: false), folder("0")).index
        var plan = Tree(files: ["a.c": [texts[1]], "b.c": [texts[2], texts[3]]]).plan(withHistory: true)
        plan.collection = CollectionInfo(name: "another")
        plan.collection.owner = "them"
        let both = try Self.update(first, plan, folder("1")).index
        #expect(both.collections == ["code", "another"] && both.info.files == 4)
        let next = try Self.update(both, Tree(files: ["c.c": [texts[0]]]).plan(withHistory: false), folder("2")).index
        #expect(matches(of: [texts[0]], in: [next]).map { [$0.collection, $0.path] } == [["code", "c.c"]])
        #expect(matches(of: [texts[1]], in: [next]).map { [$0.collection, $0.path] } == [["another", "a.c"]])
        #expect(matches(of: [texts[1]], in: [next]).first?.owner == "them")
        #expect(matches(of: [texts[3]], in: [next]).first?.path.hasPrefix("b.c@") == true)
        try next.verify()
    }

    @Test("folders are followed as they are built, patterns and ignored files among them")
    func folders() throws {
        let folder = try TemporaryFolder()
        var maker = SourceMaker(seed: 21)
        for name in ["src/a.c", "src/b.c", "src/deep/c.c", "gen/d.c", "src/ignored.c", "a.txt"] {
            try folder.write("tree/" + name, maker.lines(20).joined(separator: "\n"))
        }
        try folder.write("tree/.gitignore", "ignored.c\n")
        var info = CollectionInfo(name: "code")
        (info.included, info.excluded) = (["*.c"], ["gen/"])
        func fresh(_ name: String) throws -> FingerprintIndex {
            _ = try IndexBuilder().build(
                collection: info,
                paths: [folder("tree")],
                publicPaths: [],
                output: folder(name),
                key: Self.key
            )
            return try FingerprintIndex.open(path: folder(name), key: Self.key)
        }
        let built = try fresh("0")
        #expect(built.paths == ["src/a.c", "src/b.c", "src/deep/c.c"])
        try folder.write("tree/src/b.c", maker.lines(20).joined(separator: "\n"))
        try folder.write("tree/src/deep.c", maker.lines(20).joined(separator: "\n"))
        try FileManager.default.removeItem(atPath: folder("tree/src/a.c"))
        let plan = UpdatePlan(info)
        let summary = try IndexUpdater().update(built, with: [folder("tree")], plan, output: folder("1"), key: Self.key)
        let updated = try FingerprintIndex.open(path: folder("1"), key: Self.key)
        let again = try fresh("2")
        #expect(try IndexDump(updated) == IndexDump(again) && updated.paths == again.paths)
        #expect((summary.added, summary.changed, summary.removed, summary.unchanged) == (1, 1, 1, 1))
        #expect(summary.skipped.counts[.excluded] == 3 && summary.skipped.counts[.ignored] == 1)
    }

    @Test("what is remembered for the next update is read as it was written, and nonsense forgotten")
    func origins() {
        var origins = FileOrigins()
        #expect(origins.packed.isEmpty && FileOrigins([]) == origins)
        origins.indexed = [7: 1, 3: 2]
        origins.skipped = [5: .binary, 9: .large]
        origins.released = [11, 12]
        let words = origins.packed
        #expect(FileOrigins(words) == origins)
        for reason in SkipReason.allCases {
            origins.skipped[5] = reason
            #expect(FileOrigins(origins.packed).skipped[5] == reason)
        }
        for count in words.indices { #expect(FileOrigins(Array(words[..<count])).isEmpty) }
        #expect(FileOrigins([.max, 1, 1]).isEmpty && FileOrigins([1 << 62, 1 << 62, 3]).isEmpty)
    }
}

@Suite("Paths that belong to a collection")
struct PathSelectionTests {
    @Test(
        "patterns are gitignore's",
        arguments: [
            ([], [], "a/b.c", true), (["*.c"], [], "a/b.c", true), (["*.c"], [], "a/b.h", false),
            (["src/"], [], "src/x/y.h", true), (["/src/"], [], "lib/src/y.h", false),
            ([], ["vendor/"], "a/vendor/b.c", false),
            ([], ["*.min.js"], "a.min.js", false), (["src/", "lib/"], ["src/gen/"], "src/gen/x.c", false),
            (["src/", "lib/"], ["src/gen/"], "lib/gen/x.c", true), ([], ["*", "!*.c"], "a/b.c", true),
            (["a/**/z.c"], [], "a/b/c/z.c", true), (["src"], [], "src", true),
        ] as [([String], [String], String, Bool)]
    )
    func patterns(include: [String], exclude: [String], path: String, isTaken: Bool) {
        #expect(PathSelection(include: include, exclude: exclude).takes(Array(path.utf8)) == isTaken)
    }
}
