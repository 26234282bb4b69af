import TestSupport
import Testing

@testable import Fingerprints

@Suite("Which files clusters speak for")
struct MatchResolverTests {
    private static func cluster(_ file: Int, _ text: Range<Int>) -> Cluster {
        let run = SharedRun(
            text: text.lowerBound,
            file: 0,
            length: text.count,
            fileLength: text.count,
            isVerbatim: false,
            isOpen: false
        )
        return Cluster(file: file, runs: [run], score: 3)
    }

    /// The paths named for clusters in an index of two files.
    private static func paths(_ clusters: [Cluster]) throws -> [String] {
        var maker = SourceMaker(seed: 11)
        let index = try IndexBuilder.index([
            "a.c": maker.lines(20).joined(separator: "\n"), "b.c": maker.lines(20).joined(separator: "\n"),
        ])
        var resolver = MatchResolver()
        resolver.resolve(clusters)
        return resolver.matches(in: index).map(\.path)
    }

    @Test("code of few words, between many marks, is named where nothing else explains it")
    func few() throws {
        #expect(try Self.paths([Self.cluster(0, 3..<8)]) == ["a.c"])
        #expect(try Self.paths([Self.cluster(0, 3..<8), Self.cluster(1, 30..<60)]) == ["b.c", "a.c"])
    }

    @Test("beside a file that explains some of the same, few words name no other")
    func beside() throws {
        #expect(try Self.paths([Self.cluster(0, 10..<40), Self.cluster(1, 37..<43)]) == ["a.c"])
        #expect(try Self.paths([Self.cluster(0, 10..<40), Self.cluster(1, 35..<55)]) == ["a.c", "b.c"])
        #expect(try Self.paths([]).isEmpty)
    }
}
