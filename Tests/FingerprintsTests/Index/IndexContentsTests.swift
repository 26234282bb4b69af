import Foundation
import TestSupport
import Testing

@testable import Fingerprints

@Suite("What an index holds, against a dictionary")
struct IndexContentsTests {
    /// Files with lines that some share, lines that come many times, and comments between the words of code.
    private func tree(_ folder: TemporaryFolder, seed: UInt64, files: Int) throws -> [String: String] {
        var maker = SourceMaker(seed: seed)
        let shared = (0..<6).map { _ in maker.lines(8) }
        var tree: [String: String] = [:]
        for file in 0..<files {
            var lines = maker.lines(Int.random(in: 0...60, using: &maker.generator))
            for _ in 0..<Int.random(in: 0...4, using: &maker.generator) {
                let block = shared[Int.random(in: 0..<shared.count, using: &maker.generator)]
                lines.insert(contentsOf: block, at: Int.random(in: 0...lines.count, using: &maker.generator))
            }
            if file % 3 == 0, let block = shared.first {
                for _ in 0..<12 { lines += block }
            }
            for place in stride(from: 5, to: lines.count, by: 9) {
                let comment = (0..<Int.random(in: 1...90, using: &maker.generator)).map { _ in maker.word() }
                lines.insert("// " + comment.joined(separator: " "), at: place)
            }
            tree["d\(file % 4)/f\(file).c"] = lines.joined(separator: "\n")
        }
        for (name, text) in tree { try folder.write("t/" + name, text) }
        return tree
    }

    private struct Place: Equatable {
        var file: Int
        var position: Int
        var span: Int
    }

    private func octets(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    @Test(
        "every key, posting, kind and line is found as a dictionary has it, and nothing else",
        arguments: 1...4 as ClosedRange<UInt64>
    )
    func lookups(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let tree = try tree(folder, seed: seed, files: seed % 2 == 0 ? 30 : 9)
        let publicText = try #require(tree["d1/f1.c"])
        try folder.write("p/x.c", publicText)
        let key = seed % 3 == 0 ? nil : IndexKey.random()
        let builder = IndexBuilder(threads: 2, entriesInMemory: 500, includingVendored: true)
        _ = try builder.build(
            collection: "c",
            paths: [folder("t")],
            publicPaths: seed % 2 == 0 ? [folder("p")] : [],
            output: folder("i"),
            key: key
        )
        let index = try FingerprintIndex.open(path: folder("i"), key: key)
        try index.verify()
        var sketch = PublicSketchBuilder()
        try sketch.add(SourceText(Array(publicText.utf8)))
        let sketches = seed % 2 == 0 ? [try sketch.finish(name: "p")] : []
        var expected: [UInt64: [(Place, IndexEntry)]] = [:]
        for (ordinal, name) in index.paths.enumerated() {
            let text = Array(try #require(tree[name]).utf8)
            let draft = FileDraft(
                text,
                name: Array(name.utf8),
                digest: (key ?? .none).digest(of: text),
                key: key,
                seal: GramSeal(key),
                sketches: sketches
            )
            for entry in draft.entries {
                let place = Place(file: ordinal, position: entry.position, span: entry.span)
                expected[entry.stored, default: []].append((place, entry))
            }
            index.withWords { words in
                let record = index.layout.file(ordinal, in: words)
                let (sizes, digest) = ([record?.octets, record?.words, record?.lines], record?.digest)
                #expect(sizes == [text.count, draft.words, draft.lines] && digest == draft.digest)
            }
        }
        var (kept, several, wide) = (0, 0, 0)
        var wrong: Set<String> = []
        func hold(_ isRight: Bool, _ what: String) { if !isRight { wrong.insert(what) } }
        index.withWords { words in
            for (stored, entries) in expected {
                let files = Set(entries.map(\.0.file)).count
                let reason = entries.compactMap(\.1.reason).first ?? (files > IndexBuilder.commonLimit ? .common : nil)
                hold(index.layout.suppression(of: stored, in: words) == reason, "reason")
                let ordinal = index.layout.ordinal(of: stored, in: words)
                hold((ordinal == nil) == (reason != nil), "ordinal")
                guard reason == nil, let found = ordinal else { continue }
                kept += 1
                let places = index.layout.postings(of: found, in: words)
                let postings = places.compactMap { index.layout.posting($0, in: words) }
                let given = postings.map { Place(file: $0.file, position: $0.position, span: $0.span) }
                hold(given == entries.map(\.0), "postings")
                hold(index.layout.fileCount(of: places, in: words) == files, "files")
                hold(index.layout.kind(of: found, in: words) == entries[0].1.kind, "kind")
                if given.count > 1 { several += 1 }
                if given.contains(where: { $0.span > 62 }) { wide += 1 }
            }
            var generator = SeededGenerator(seed: seed)
            for _ in 0..<2_000 {
                let other = UInt64.random(in: 0..<(1 << 40), using: &generator)
                hold(expected[other] != nil || index.layout.ordinal(of: other, in: words) == nil, "absent")
            }
            hold(index.layout.ordinal(of: .max, in: words) == nil, "out of range")
        }
        #expect(wrong.isEmpty)
        #expect(index.layout.keyCount == kept && kept > 100)
        #expect(index.layout.out.count == expected.count - kept)
        #expect(several > 5 && wide > 5)
    }

    @Test("the octets are the same whatever the number of threads and the memory")
    func threads() throws {
        let folder = try TemporaryFolder()
        _ = try tree(folder, seed: 77, files: 30)
        try folder.write("t/copy.c", "same\n")
        try folder.write("t/d0/copy.c", "same\n")
        try folder.write("t/z.bin", "a\0b")
        let key = IndexKey.random()
        var all: [Data] = []
        var summaries: [IndexSummary] = []
        for (threads, entries) in [(1, 1 << 20), (1, 16), (2, 1_000), (3, 300), (7, 1 << 20)] {
            summaries.append(
                try IndexBuilder(threads: threads, entriesInMemory: entries).build(
                    collection: "c",
                    paths: [folder("t")],
                    publicPaths: [],
                    output: folder("i"),
                    key: key
                )
            )
            all.append(try octets(folder("i")))
        }
        #expect(Set(all).count == 1)
        #expect(Set(summaries.map(\.fingerprints)).count == 1)
        #expect(summaries.allSatisfy { $0 == summaries[0] })
        #expect(summaries[0].skipped.counts == [.binary: 1, .duplicate: 1])
        #expect(try folder.names() == ["i", "t"])
    }

    @Test("a stored value gives back where in the filter its gram stands; another key gives other values")
    func seals() {
        var generator = SeededGenerator(seed: 3)
        var wrong = 0
        for key in [nil, IndexKey.random(), IndexKey.random()] {
            let seal = GramSeal(key)
            for _ in 0..<200 {
                let gram = generator.next()
                let identity = seal.filterKey.identity(of: HashMixing.state(ofGram: gram))
                let stored = seal.stored(gram: gram)
                if stored >> 40 != 0 || seal.identity(ofStored: stored) != identity { wrong += 1 }
            }
        }
        let others = (0..<100).count { gram in
            GramSeal(.random()).stored(gram: UInt64(gram)) == GramSeal(nil).stored(gram: UInt64(gram))
        }
        #expect(others == 0 && wrong == 0)
    }

    @Test("entries are sorted by value, those of one value in the order they came", arguments: [0, 1, 50, 20_000])
    func sorting(count: Int) {
        var generator = SeededGenerator(seed: 9)
        let entries = (0..<count).map { place in
            let stored = UInt64.random(in: 0..<(1 << 40), using: &generator) >> (place % 2 == 0 ? 0 : 30)
            return IndexEntry(stored: stored, kind: KeyKind(packed: 3), position: place, span: 8)
        }
        var sorted = entries
        EntrySorter.sort(&sorted)
        #expect(sorted == entries.sorted(by: IndexEntry.comesFirst))
    }

    @Test("what is known of a collection is read back; cut anywhere it is nothing")
    func metadata() {
        var collection = CollectionInfo(name: "engine")
        (collection.owner, collection.classification, collection.revision) = ("platform team", "secret", "abc123")
        (collection.included, collection.excluded) = (["src/**"], ["src/gen/**", "*.pb.go"])
        var metadata = IndexMetadata()
        metadata.collections = [collection, CollectionInfo(name: "b")]
        metadata.subtracted = [.init(source: "python", fingerprints: 12)]
        (metadata.common, metadata.madePublic, metadata.lines) = (1, 2, 3)
        (metadata.words, metadata.postings) = (4, 5)
        let encoded = metadata.encoded
        #expect(IndexMetadata(encoded) == metadata)
        for count in encoded.indices { #expect(IndexMetadata(Array(encoded[..<count])) == nil) }
    }
}
