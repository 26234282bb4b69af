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

    /// The octets with checksums that are right again, as far as the header says where they are.
    private func sealed(_ octets: [UInt8]) -> [UInt8] {
        var words = stride(from: 0, to: octets.count - 7, by: 8).map { start in
            octets[start..<(start + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        let place = 17 + 2 * IndexFormat.Section.checksums.rawValue
        let checksums = Int(truncatingIfNeeded: words[place] / 8)
        let shift = Int(truncatingIfNeeded: min(words[8], 20))
        if checksums > IndexFormat.headerWords, checksums < words.count, shift >= 6 {
            for (block, start) in stride(from: IndexFormat.headerWords, to: checksums, by: 1 << (shift - 3))
                .enumerated()
            where checksums + block < words.count {
                var checksum = Checksum()
                checksum.add(words.span.extracting(start..<min(start + 1 << (shift - 3), checksums)), from: 0)
                words[checksums + block] = checksum.value
            }
            var checksum = Checksum()
            checksum.add(words.span.extracting(checksums..<words.count), from: 0)
            words[4] = checksum.value
        }
        words[3] = IndexHeader.checksum(of: words.span)
        return words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
    }

    /// What a matcher says of the text, or nil where the index proves damaged.
    private func answer(_ octets: [UInt8]) throws -> [CodeMatch]? {
        guard let index = try? open(octets) else { return nil }
        let found = matches(of: [text], in: [index])
        guard let damage = index.damage else { return found }
        #expect(found.isEmpty, "what is damaged gives no answer")
        guard case .damaged(folder("x"), let offset, _) = damage else {
            Issue.record("another error: \(damage)")
            return nil
        }
        #expect(offset >= 512 && offset < octets.count)
        return nil
    }

    @Test("every truncation is one clear error")
    func truncated() throws {
        for count in stride(from: 0, to: good.count, by: 37) {
            #expect(throws: IndexError.self) { try open(Array(good[..<count])) }
        }
        #expect(throws: IndexError.self) { try open(good + [0]) }
        #expect(throws: IndexError.self) { try open(good + [UInt8](repeating: 0, count: 64)) }
    }

    @Test("every flipped bit is found by who verifies, and changes no answer")
    func flipped() throws {
        var generator = SeededGenerator(seed: 1)
        let right = matches(of: [text], in: [try open(good)])
        #expect(right.map(\.path) == ["a.c"])
        try open(good).verify()
        let chance = (0..<400).map { _ in Int.random(in: 0..<good.count, using: &generator) }
        for index in Array(stride(from: 0, to: 512, by: 3)) + chance {
            var octets = good
            octets[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            #expect(throws: IndexError.self) { try open(octets).verify() }
            if let answer = try answer(octets) { #expect(answer == right) }
        }
    }

    @Test("of a block that is lost, every answer is the right one or none")
    func lostBlocks() throws {
        let right = matches(of: [text], in: [try open(good)])
        var lost = 0
        for start in stride(from: 512, to: good.count - 64, by: 4096) {
            var octets = good
            for place in start..<min(start + 4096, good.count - 64) { octets[place] = 0 }
            guard octets != good else { continue }
            if let answer = try answer(octets) { #expect(answer == right) } else { lost += 1 }
        }
        #expect(lost > 0)
    }

    @Test("what is changed by who can make the checksum right may mislead but never traps")
    func malicious() throws {
        var generator = SeededGenerator(seed: 2)
        let telling: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF]
        for round in 0..<600 {
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
            try? index.verify()
        }
    }

    @Test("errors name the file, the place and the cure")
    func errors() throws {
        var newer = good
        newer[8] = 7
        #expect(throws: IndexError.wrongVersion(path: folder("x"), version: 7)) { try open(newer) }
        var older = good
        older[8] = 3
        #expect(throws: IndexError.wrongVersion(path: folder("x"), version: 3)) { try open(older) }
        #expect(throws: IndexError.noInput(path: folder("none"))) { try FingerprintIndex.open(path: folder("none")) }
        #expect(throws: IndexError.self) { try FingerprintIndex.open(path: folder("t")) }
        #expect(throws: IndexError.damaged(path: folder("x"), offset: 0, reason: "does not begin with WEIRIDX")) {
            try open([UInt8](repeating: 0x61, count: 4096))
        }
        let error = IndexError.wrongVersion(path: "a.weir", version: 7)
        #expect(error.description.hasPrefix("a.weir: offset 8: index format version 7, this weir reads 4; upgrade"))
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
