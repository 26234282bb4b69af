import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Bad captures")
    struct BadCaptureTests {
        private static func octets(_ name: String) throws -> [UInt8] {
            Array(try Data(contentsOf: URL(filePath: Fixtures.capture(name))))
        }

        private static func scan(_ path: String) throws -> Program.Outcome {
            try Weir.run("scan", "--index", try Fixtures.index(), "--format", "jsonl", path)
        }

        @Test("what is no capture is bad data")
        func wrongType() throws {
            let folder = try TemporaryFolder()
            for (name, octets) in [
                ("empty.pcap", []), ("short.pcap", [0xD4, 0xC3, 0xB2, 0xA1, 2]),
                ("text.pcap", Array("not a capture\n".utf8)),
                ("source.pcap", try Fixtures.source("foc_observer.c")),
                ("zeros.pcap", [UInt8](repeating: 0, count: 500)),
            ] as [(String, [UInt8])] {
                try BadCaptureTests.scan(folder.write(octets, to: name)).expectFailure(65, naming: name)
            }
            try BadCaptureTests.scan(Fixtures.index()).expectFailure(65, naming: "corpus.widx")
        }

        @Test("a missing capture is no input")
        func missing() throws {
            try BadCaptureTests.scan("/nowhere/x.pcap").expectFailure(66, naming: "/nowhere/x.pcap")
        }

        @Test("a length beyond reason is named with its place, and costs no memory")
        func hugeLengths() throws {
            let folder = try TemporaryFolder()
            var pcap = try BadCaptureTests.octets("mirror-curl-h1-chat-c")
            for index in 32..<36 { pcap[index] = 0xFF }
            var pcapng = CaptureFile.pcapng(try Fixtures.frames(Fixtures.capture("mirror-curl-h1-chat-c")).frames)
            for index in 4..<8 { pcapng[index] = 0xF0 }
            for (name, octets) in [("huge.pcap", pcap), ("huge.pcapng", pcapng)] {
                let path = try folder.write(octets, to: name)
                let arguments = ["scan", "--index", try Fixtures.index(), path]
                let outcome = try Program("/usr/bin/prlimit", ["--as=2000000000", Weir.binary()] + arguments).wait()
                outcome.expectFailure(65, naming: name)
                #expect(outcome.diagnostics.contains("offset"))
            }
        }

        @Test("a capture cut within its last packet is scanned, with a warning")
        func cutShort() throws {
            let folder = try TemporaryFolder()
            let octets = try BadCaptureTests.octets("mirror-curl-h1-chat-c")
            let outcome = try BadCaptureTests.scan(folder.write(Array(octets.dropLast(5)), to: "cut.pcap"))
            #expect(outcome.status == 1)
            #expect(outcome.lines.count == 1)
            outcome.expectOneLine(naming: "cut.pcap")
        }

        @Test("every cut is borne", arguments: ["mirror-curl-h1-deflate", "net-any-sll2-dup"])
        func everyCut(name: String) throws {
            let folder = try TemporaryFolder()
            let octets = try BadCaptureTests.octets(name)
            var paths: [String] = []
            for count in stride(from: 0, to: octets.count, by: octets.count / 120 + 1) {
                paths.append(try folder.write(Array(octets[..<count]), to: "cut-\(count).pcap"))
            }
            // In one run: each bad one has its line, and its status outranks that of what was found.
            let outcome = try Weir.run(["scan", "--index", try Fixtures.index(), "--events", "llm,stats"] + paths)
            #expect(outcome.status == 65)
            #expect(outcome.diagnosticLines.allSatisfy { $0.contains("cut-") })
            #expect(try Scan(outcome).records("stats").count == 1)
        }

        @Test("flipped bits are borne", arguments: ["mirror-curl-h1-deflate", "proxy-socks5h", "clear-ollama-gzip"])
        func flippedBits(name: String) throws {
            let folder = try TemporaryFolder()
            let octets = try BadCaptureTests.octets(name)
            var generator = SeededGenerator(seed: 11)
            var paths: [String] = []
            for round in 0..<150 {
                var changed = octets
                for _ in 0..<(1 + round / 10) {
                    let index = Int.random(in: 0..<changed.count, using: &generator)
                    changed[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                }
                paths.append(try folder.write(changed, to: "flip-\(round).pcap"))
            }
            let outcome = try Weir.run(
                ["scan", "--index", try Fixtures.index(), "--events", "incident,llm,stats"] + paths
            )
            outcome.expectNoTrap(name)
            let scan = try Scan(outcome)
            #expect(scan.records("stats").count == 1)
            for request in scan.requests { expectBalance(request) }
        }

        @Test("of several captures the good ones are scanned, and the bad one's status stands")
        func oneOfSeveral() throws {
            let folder = try TemporaryFolder()
            let bad = try folder.write("no capture", to: "bad.pcap")
            let good = Fixtures.capture("mirror-curl-h1-chat-c")
            let outcome = try Weir.run("scan", "--index", try Fixtures.index(), bad, good, "/nowhere.pcap")
            #expect(outcome.status == 66)
            #expect(outcome.lines.count == 1)
            #expect(outcome.diagnosticLines.count == 2)
            let again = try Weir.run("scan", "--index", try Fixtures.index(), good, bad)
            #expect(again.status == 65)
            #expect(again.lines.count == 1)
        }

        @Test("run takes bad captures like scan")
        func run() throws {
            let folder = try TemporaryFolder()
            let bad = try folder.write("no capture", to: "bad.pcap")
            let arguments = ["run", "--index", try Fixtures.index(), "--log-dir", folder.path, "-r"]
            try Weir.run(arguments + [bad]).expectFailure(65, naming: "bad.pcap")
            try Weir.run(arguments + ["/nowhere.pcap"]).expectFailure(66, naming: "/nowhere.pcap")
        }
    }
}
