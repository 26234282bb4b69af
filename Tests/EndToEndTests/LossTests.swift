import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Traffic of which the tap missed a part")
    struct LossTests {
        /// Bodies neither coded nor chunked; nil is a made one, with all files of the corpus.
        static let plain = [
            "all", "mirror-curl-h1-chat-c", "mirror-sdk-openai-chat", "mirror-claude-code-read-c",
            "proxy-clear-post-squid",
            "mirror-curl-h1-expect100", "mirror-curl-multipart-file", "mirror-sdk-gemini-file",
        ]

        @Test("in plain bodies every run that no hole touches is found", arguments: plain, [1, 2, 3] as [UInt64])
        func plainBodies(name: String, seed: UInt64) throws {
            let (frames, linkType) = try LossTests.frames(name)
            let lossy = CaptureMangler.capture(frames, linkType: linkType, as: .lossy, seed: seed)
            let scan = try LossTests.scan(lossy.pcap)
            #expect(!lossy.lost.isEmpty)
            for request in scan.requests { expectBalance(request) }
            #expect(gap(scan) <= lossy.lost.reduce(0) { $0 + $1.octets.count })
            if name != "mirror-claude-code-read-c" {
                #expect(gap(scan) == lossy.lost.reduce(0) { $0 + $1.octets.count })
                let whole =
                    try name == "all"
                    ? LossTests.scan(CaptureFile.pcap(frames, linkType: linkType)) : Weir.scan(fixture: name)
                #expect(scan.requests.count == whole.requests.count)
                #expect(scan.requests.map { $0["request_bytes"] } == whole.requests.map { $0["request_bytes"] })
            }
            var runs = 0
            for (path, stream) in ClientStreams(frames, linkType: linkType).streams {
                let holes = lossy.lost.filter { $0.path == path }.map(\.octets)
                for file in Fixtures.corpusNames {
                    guard let map = LeakMap(try Fixtures.source(file), in: stream) else { continue }
                    let found = scan.lines(of: file)
                    for run in map.guaranteed(apartFrom: holes) {
                        runs += 1
                        let missed = run.filter { !found.contains($0) }
                        #expect(missed.isEmpty, "\(file): of lines \(run) these were not found, holes \(holes)")
                    }
                }
            }
            #expect(runs > 0)
        }

        @Test(
            "in chunked bodies everything before the first hole is found",
            arguments: [70_000, 1_000, 50],
            [1, 2] as [UInt64]
        )
        func chunkedBodies(size: Int, seed: UInt64) throws {
            let body = Prompt.chat(try Prompt.files(Fixtures.corpusNames))
            let frames = Prompt.frames(Prompt.postChunked(body, size: size))
            try expectBeforeFirstHole(frames, seed: seed) { stream, hole in
                try Fixtures.corpusNames.flatMap { file in
                    guard let map = LeakMap(try Fixtures.source(file), in: stream) else { return [(String, [Int])]() }
                    return map.guaranteed(apartFrom: [hole..<Int.max]).map { (file, $0) }
                }
            }
        }

        @Test("in gzip bodies everything before the first hole is found", arguments: [1, 2, 3, 4] as [UInt64])
        func codedBodies(seed: UInt64) throws {
            let body = Prompt.chat(try Prompt.files(Fixtures.corpusNames))
            let coded = DeflateWriter.gzip(body)
            let request = Prompt.post(coded, fields: ["Content-Encoding: gzip"])
            try expectBeforeFirstHole(Prompt.frames(request), seed: seed) { stream, hole in
                // As much text as surely fits into what came before the hole.
                let room = hole - (stream.count - coded.count)
                var (low, high) = (0, body.count)
                while high - low > 500 {
                    let middle = (low + high) / 2
                    if DeflateWriter.gzip(Array(body[..<middle])).count <= room { low = middle } else { high = middle }
                }
                return try Fixtures.corpusNames.flatMap { file in
                    guard let map = LeakMap(try Fixtures.source(file), in: body) else { return [(String, [Int])]() }
                    return map.guaranteed(apartFrom: [low..<Int.max]).map { (file, $0) }
                }
            }
        }

        @Test(
            "real coded and chunked bodies keep their books",
            arguments: [
                "mirror-curl-h1-chunked-gzip", "mirror-curl-h1-deflate", "net-clear-odd-h1", "clear-ollama-gzip",
            ],
            [1, 2, 3] as [UInt64]
        )
        func codedCaptures(name: String, seed: UInt64) throws {
            let (frames, linkType) = try LossTests.frames(name)
            let lossy = CaptureMangler.capture(frames, linkType: linkType, as: .lossy, seed: seed)
            let scan = try LossTests.scan(lossy.pcap)
            for request in scan.requests { expectBalance(request) }
            #expect(gap(scan) > 0)
        }

        @Test("what the snap length cut is named")
        func snapLength() throws {
            let (frames, linkType) = try Fixtures.frames(Fixtures.capture("mirror-curl-h1-chat-c"))
            let cut = frames.map { $0.cut(to: 600) }
            let scan = try LossTests.scan(CaptureFile.pcap(cut, linkType: linkType))
            let request = try #require(scan.requests.first)
            expectBalance(request)
            #expect(request["opaque"].array.map { $0["reason"].string } == ["snaplen"])
        }

        @Test("a request cut off in its middle is recorded as far as it came")
        func cutOff() throws {
            let body = Prompt.chat(try Prompt.files(["foc_observer.c"]))
            let frames = Prompt.frames(Prompt.post(body)).prefix(8)
            let scan = try LossTests.scan(CaptureFile.pcap(Array(frames)))
            #expect(scan.outcome.status == 1)
            let lines = scan.lines(of: "foc_observer.c")
            #expect(lines.contains(20) && !lines.contains(250))
            let request = try #require(scan.requests.first)
            expectBalance(request)
            #expect((request["request_bytes"].integer ?? .max) < body.count)
            #expect(request["partial"] == .null)
        }

        private func expectBeforeFirstHole(
            _ frames: [CapturedFrame],
            seed: UInt64,
            _ promised: (_ stream: [UInt8], _ hole: Int) throws -> [(String, [Int])]
        ) throws {
            let lossy = CaptureMangler.capture(frames, linkType: 1, as: .lossy, seed: seed)
            let scan = try LossTests.scan(lossy.pcap)
            let request = try #require(scan.requests.first)
            #expect(scan.requests.count == 1)
            expectBalance(request)
            #expect(gap(scan) > 0)
            let stream = try #require(ClientStreams(frames, linkType: 1).streams.values.first)
            let hole = try #require(lossy.lost.map(\.octets.lowerBound).min())
            let all = try promised(stream, hole)
            for (file, run) in all {
                let missed = Set(run).subtracting(scan.lines(of: file)).sorted()
                #expect(missed.isEmpty, "\(file): of lines \(run) these were not found, the first hole is at \(hole)")
            }
        }

        private func gap(_ scan: Scan) -> Int {
            scan.requests.flatMap { $0["opaque"].array }.filter { $0["reason"].string == "gap" }
                .compactMap { $0["bytes"].integer }.reduce(0, +)
        }

        private static func frames(_ name: String) throws -> (frames: [CapturedFrame], linkType: UInt32) {
            guard name == "all" else { return try Fixtures.frames(Fixtures.capture(name)) }
            return (Prompt.frames(Prompt.post(Prompt.chat(try Prompt.files(Fixtures.corpusNames)))), 1)
        }

        private static func scan(_ pcap: [UInt8]) throws -> Scan {
            let folder = try TemporaryFolder()
            return try Weir.scan(folder.write(pcap, to: "lossy.pcap"))
        }
    }
}
