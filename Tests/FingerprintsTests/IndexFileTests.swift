import Foundation
import TestSupport
import Testing

@testable import Fingerprints

@Suite("Index files, good, damaged and malicious")
struct IndexFileTests {
    private let folder: TemporaryFolder
    private let good: [UInt8]
    private let text: String

    init() throws {
        folder = try TemporaryFolder()
        var maker = SourceMaker(seed: 21)
        text = maker.lines(40).joined(separator: "\n")
        try folder.write("t/a.c", text)
        try folder.write("t/b.c", maker.lines(20).joined(separator: "\n"))
        _ = try IndexBuilder().build(
            collection: "c",
            paths: [folder("t")],
            publicPaths: [],
            output: folder("i"),
            key: nil
        )
        good = try FileTree.read(folder("i"), limit: 1 << 20)
    }

    private func open(_ octets: [UInt8]) throws -> FingerprintIndex {
        let path = folder("x")
        try Data(octets).write(to: URL(fileURLWithPath: path))
        return try FingerprintIndex.open(path: path)
    }

    /// The octets with a checksum that is right again.
    private func sealed(_ octets: [UInt8]) -> [UInt8] {
        var octets = octets
        let words = stride(from: 0, to: octets.count - 7, by: 8).map { start in
            octets[start..<(start + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        let checksum = IndexLayout.checksum(of: words.span)
        for index in 0..<8 { octets[24 + index] = UInt8(truncatingIfNeeded: checksum >> UInt64(8 * index)) }
        return octets
    }

    @Test("every truncation is one clear error")
    func truncated() throws {
        for count in stride(from: 0, to: good.count, by: 37) {
            #expect(throws: IndexError.self) { try open(Array(good[..<count])) }
        }
        #expect(throws: IndexError.self) { try open(good + [0]) }
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
        for round in 0..<400 {
            var octets = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let limit = round % 2 == 0 ? 512 : octets.count
                let index = Int.random(in: 8..<limit, using: &generator)
                for place in index..<min(index + Int.random(in: 1...8, using: &generator), limit) {
                    octets[place] = telling.randomElement(using: &generator) ?? 0
                }
            }
            guard let index = try? open(sealed(octets)) else { continue }
            _ = matches(of: [text], in: [index])
            _ = index.paths
        }
    }

    @Test("errors name the file, the place and the cure")
    func errors() throws {
        var newer = good
        newer[8] = 7
        #expect(throws: IndexError.wrongVersion(path: folder("x"), version: 7)) { try open(newer) }
        var older = good
        older[8] = 1
        #expect(throws: IndexError.wrongVersion(path: folder("x"), version: 1)) { try open(older) }
        #expect(throws: IndexError.noInput(path: folder("none"))) { try FingerprintIndex.open(path: folder("none")) }
        #expect(throws: IndexError.self) { try FingerprintIndex.open(path: folder("t")) }
        #expect(throws: IndexError.damaged(path: folder("x"), offset: 0, reason: "does not begin with WEIRIDX")) {
            try open([UInt8](repeating: 0x61, count: 4096))
        }
        let error = IndexError.wrongVersion(path: "a.weir", version: 7)
        #expect(error.description.hasPrefix("a.weir: offset 8: index format version 7, this weir reads 2; upgrade"))
        for error in [
            error, .equalNames("a", "b"), .keyTooOpen(path: "k", mode: 0o644),
            .inputOutput(path: "p", action: "map", code: 12),
        ] {
            #expect(!error.description.contains("\n"))
        }
    }

    @Test("an open index outlives its file's name")
    func unlinked() throws {
        let index = try open(good)
        try FileManager.default.removeItem(atPath: folder("x"))
        #expect(matches(of: [text], in: [index]).map(\.path) == ["a.c"])
    }
}
