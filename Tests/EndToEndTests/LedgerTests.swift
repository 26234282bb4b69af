import Foundation
import TestSupport
import Testing
import Wire

extension EndToEnd {
    @Suite("The ledger: every packet and octet stands in one line of `stats`")
    struct LedgerTests {
        private func expectLedger(of scan: Scan) throws {
            let stats = try #require(scan.records("stats").last)["stats"]
            EndToEndTests.expectLedger(stats)
        }

        @Test("of every capture", arguments: Fixtures.truths)
        func fixtures(truth: Fixtures.Truth) throws {
            try expectLedger(of: Weir.scan(truth.path))
        }

        @Test("of captures with losses, repetitions, wrong orders and tags", arguments: CaptureMangler.Guise.allCases)
        func guises(guise: CaptureMangler.Guise) throws {
            let folder = try TemporaryFolder()
            var paths: [String] = []
            for (index, truth) in Fixtures.truths.enumerated() where index % 4 == 0 && truth.path.hasSuffix(".pcap") {
                let (frames, linkType) = try Fixtures.frames(truth.path)
                let seed = UInt64(index)
                let mangled = CaptureMangler.capture(frames, linkType: linkType, as: guise, seed: seed)
                paths.append(try folder.write(mangled.pcap, to: "\(index).pcap"))
            }
            try expectLedger(of: Weir.scan(paths, events: "stats"))
        }

        @Test("of captures whose frames a snap length cut", arguments: [54, 66, 96, 200, 1_000])
        func snapLengths(length: Int) throws {
            let folder = try TemporaryFolder()
            let names = ["mirror-curl-h1-chat-c", "mirror-claude-code-read-c", "curl-h2-chat-py"]
            let paths = try names.map { name in
                let (frames, linkType) = try Fixtures.frames(Fixtures.capture(name))
                return try folder.write(
                    CaptureFile.pcap(frames.map { $0.cut(to: length) }, linkType: linkType),
                    to: name + ".pcap"
                )
            }
            try expectLedger(of: Weir.scan(paths, events: "stats"))
        }

        @Test("of everything at once, where frames are lost, come twice and late, and limits bite", arguments: 1...4)
        func trouble(seed: Int) throws {
            var generator = SeededGenerator(seed: UInt64(seed))
            var all: [(at: Int64, frame: CapturedFrame)] = []
            for truth in Fixtures.truths where truth.path.hasSuffix(".pcap") {
                let (frames, linkType) = try Fixtures.frames(truth.path)
                guard linkType == 1, let first = frames.first?.timestamp else { continue }
                for frame in frames {
                    let at = frame.timestamp.nanoseconds(since: first)
                    switch Int.random(in: 0..<40, using: &generator) {
                    case 0: continue
                    case 1: all += [(at, frame), (at + 1_000_000, frame)]
                    case 2: all.append((at + Int64.random(in: 0...3_000_000_000, using: &generator), frame))
                    case 3: all.append((at, frame.cut(to: Int.random(in: 40...1_400, using: &generator))))
                    default: all.append((at, frame))
                    }
                }
            }
            let order = all.indices.sorted { (all[$0].at, $0) < (all[$1].at, $1) }
            let frames = order.map { index in
                CapturedFrame(
                    all[index].frame.octets,
                    at: Timestamp(nanoseconds: all[index].at),
                    originalLength: all[index].frame.originalLength
                )
            }
            let folder = try TemporaryFolder()
            let path = try folder.write(CaptureFile.pcap(frames), to: "all.pcap")
            let tight =
                "[flows]\ntracked = 1024\nreassembling = 64\nout_of_order_kib = 16\nout_of_order_total_mib = 1\n"
            let settings = try folder.write(tight, to: "weir.toml")
            try expectLedger(
                of: Scan(Weir.run("scan", "-c", settings, "--format", "jsonl", "--events", "stats", path))
            )
            // The daemon's threads and queues between them lose nothing either.
            let output = folder.file("out.jsonl")
            let outcome = try Weir.run("run", "-c", settings, "-r", path, "-o", output, "--events", "stats")
            #expect(outcome.status < 64, "\(outcome.diagnostics)")
            let last = try #require(folder.read("out.jsonl").split(separator: "\n").last)
            EndToEndTests.expectLedger(try JSON(line: String(last))["stats"])
        }
    }
}
