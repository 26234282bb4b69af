import TestSupport
import Testing

@testable import Fingerprints

@Suite("Evidence in bounded room and work")
struct EvidenceTrackerTests {
    /// Code that stands at eight places of each of twenty files, and a file of which it says nothing.
    private static func index() throws -> (index: FingerprintIndex, common: String, rare: [String]) {
        var maker = SourceMaker(seed: 3)
        let common = maker.lines(6).joined(separator: "\n") + "\n"
        var files: [String: String] = [:]
        for file in 0..<20 {
            files["common\(file).c"] = (0..<8).map { _ in maker.lines(30).joined(separator: "\n") + "\n" + common }
                .joined()
        }
        let rare = maker.lines(60)
        files["rare.c"] = rare.joined(separator: "\n")
        return (try IndexBuilder.index(files), common, rare)
    }

    @Test("text made of what most files share costs no more than its bound, and hides nothing rare")
    func worst() throws {
        let (index, common, rare) = try Self.index()
        var matcher = CodeMatcher([index])
        matcher.leafBegan(tag: 0)
        let hostile = Array(String(repeating: common, count: 1_000).utf8)
        matcher.leafText(hostile.span)
        let efforts = matcher.efforts
        let effort = try #require(efforts.first)
        let words = matcher.words
        #expect(effort.passedOver > 1_000)
        let isTold = matcher.hasLimitBitten
        #expect(isTold)
        #expect(effort.places <= Effort.most + Effort.perWord * words)
        #expect(effort.places > Effort.most)
        matcher.leafText(Array(rare.joined(separator: "\n").utf8).span)
        matcher.leafEnded()
        matcher.textEnded()
        let matches = matcher.matches()
        #expect(matches.contains { $0.path.hasSuffix("rare.c") && $0.matchedLines > 50 })
    }

    @Test("what is spared is spent, what few files hold is looked at in any case")
    func effort() {
        var effort = Effort()
        let first = effort.share(of: 160, files: 20, at: 8)
        for _ in 0..<(Effort.most / 160) { _ = effort.share(of: 160, files: 20, at: 8) }
        let (common, rare) = (effort.share(of: 160, files: 20, at: 8), effort.share(of: 160, files: 2, at: 8))
        #expect(first == .all && common == .none && rare == .first)
        #expect(effort.passedOver >= 2)
        let later = effort.share(of: 160, files: 20, at: 8 + 160 / Effort.perWord)
        let last = effort.share(of: 160, files: 20, at: Int.max)
        #expect(later == .all && last == .all)
    }

    @Test("a hit that waits is found by its file and its place, and the oldest gives way")
    func lone() {
        func hit(_ file: Int, _ order: Int) -> LoneHits.Hit {
            LoneHits.Hit(
                file: file,
                key: order,
                text: 0..<20,
                lowFile: 2_000,
                highFile: 2_000,
                tag: 0,
                weight: 0.3,
                order: order
            )
        }
        var lone = LoneHits()
        #expect(lone.taking(file: 1, text: 30, position: 2_000) == nil)
        lone.keep(hit(1, 1))
        #expect(lone.taking(file: 1, text: 30, position: 2_000) != nil)
        #expect(lone.taking(file: 2, text: 30, position: 2_000) == nil)
        #expect(lone.taking(file: 1, text: 21 + MatchScore.textGap, position: 2_000) == nil)
        #expect(lone.taking(file: 1, text: 30, position: 2_001 + MatchScore.fileGap) == nil)
        for order in 2..<6 { lone.keep(hit(1, order)) }
        var keys: Set<Int> = []
        while let place = lone.taking(file: 1, text: 30, position: 2_000) { keys.insert(lone.take(place).key) }
        #expect(keys == [2, 3, 4, 5])
    }

    @Test("a cluster counts a fingerprint once, whoever had its place before")
    func seen() {
        var seen = SeenKeys()
        for order in 0..<40 {
            for key in 0..<100 {
                if seen.needsRoom { seen.makeRoom(orders: [order]) }
                let isNew = seen.insert(key, of: 0, order: order, isFull: false)
                let isNewAgain = seen.insert(key, of: 0, order: order, isFull: true)
                #expect(isNew && !isNewAgain)
            }
        }
        for _ in 0..<2 {
            let isNew = seen.insert(1_000, of: 0, order: 39, isFull: true)
            #expect(isNew)
        }
    }
}
