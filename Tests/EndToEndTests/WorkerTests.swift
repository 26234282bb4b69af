import Foundation
import TestSupport
import Testing
import Wire

extension EndToEnd {
    @Suite("Any number of threads")
    struct WorkerTests {
        private static let counts = [1, 2, 4, 16]

        private func scan(
            _ workers: Int,
            _ captures: [String],
            options: [String] = [],
            input: [UInt8] = []
        ) throws -> Program.Outcome {
            let index = try Fixtures.index()
            return try Weir.run(
                ["scan", "--workers", "\(workers)", "--index", index, "--events", "incident,llm,stats"] + options
                    + captures,
                input: input
            )
        }

        /// Every fixture on Ethernet in one capture, as though all of it had passed one tap at the same time, in so many
        /// VLANs each.
        private func everythingAtOnce(vlans: UInt8) throws -> [UInt8] {
            var all: [CapturedFrame] = []
            for truth in Fixtures.truths where truth.capture.hasSuffix(".pcap") {
                let (frames, linkType) = try Fixtures.frames(truth.path)
                guard linkType == 1, let first = frames.first?.timestamp else { continue }
                for vlan in 1...vlans {
                    all += frames.map { frame in
                        let tag = vlan == 1 ? [] : [0x81, 0, 0, vlan]
                        return CapturedFrame(
                            frame.octets.prefix(12) + tag + frame.octets.dropFirst(12),
                            at: Timestamp(nanoseconds: frame.timestamp.nanoseconds(since: first))
                        )
                    }
                }
            }
            let order = all.indices.sorted {
                all[$0].timestamp != all[$1].timestamp ? all[$0].timestamp < all[$1].timestamp : $0 < $1
            }
            return CaptureFile.pcap(order.map { all[$0] })
        }

        @Test("every capture, one after the other, gives the same octets")
        func folder() throws {
            let outcomes = try Self.counts.map { try scan($0, [Fixtures.folder.path]) }
            #expect(outcomes[0].status == 1)
            #expect(outcomes[0].lines.count > 100)
            for outcome in outcomes.dropFirst() {
                #expect(outcome.status == outcomes[0].status)
                #expect(outcome.output == outcomes[0].output)
                #expect(outcome.diagnostics == outcomes[0].diagnostics)
            }
        }

        @Test("every capture at once gives the same octets, though limits bite", arguments: [false, true])
        func atOnce(tight: Bool) throws {
            let folder = try TemporaryFolder()
            let path = try folder.write(everythingAtOnce(vlans: tight ? 4 : 1), to: "all.pcap")
            // Sixteen flows a shard, four of them read: some of the captures' flows must go.
            let tightened = "[flows]\ntracked = 1024\nreassembling = 64\nout_of_order_kib = 16\n"
            let config = try folder.write(Array((tight ? tightened : "").utf8), to: "weir.toml")
            let outcomes = try Self.counts.map { try scan($0, [path], options: ["--config", config]) }
            let scans = try outcomes.map(Scan.init)
            #expect(scans[0].leaks.count > 3)
            if tight { #expect(!scans[0].records("stats")[0]["stats"]["limits"].members.isEmpty) }
            for outcome in outcomes.dropFirst() { #expect(outcome.output == outcomes[0].output) }
        }

        @Test("what can be read once only is read by one thread, and gives the same")
        func standardInput() throws {
            let name = "mirror-claude-code-read-c"
            let octets = Array(try Data(contentsOf: URL(filePath: Fixtures.capture(name))))
            let outcomes = try Self.counts.map { try scan($0, ["-"], input: octets) }
            #expect(try Scan(outcomes[0]).leaks == Weir.scan(fixture: name).leaks)
            for outcome in outcomes.dropFirst() { #expect(outcome.output == outcomes[0].output) }
        }

        @Test("a damaged capture is said once, and what came before the damage is kept")
        func damage() throws {
            let folder = try TemporaryFolder()
            let (frames, linkType) = try Fixtures.frames(Fixtures.capture("mirror-claude-code-read-c"))
            let whole = CaptureFile.pcap(frames, linkType: linkType)
            let path = try folder.write(whole + [UInt8](repeating: 0xFF, count: 64), to: "damaged.pcap")
            let outcomes = try Self.counts.map { try scan($0, [path]) }
            #expect(outcomes[0].status == 65)
            #expect(try !Scan(outcomes[0]).leaks.isEmpty)
            #expect(outcomes[0].diagnostics.split(separator: "\n").count == 1)
            for outcome in outcomes.dropFirst() {
                #expect(outcome.status == 65)
                #expect(outcome.output == outcomes[0].output)
                #expect(outcome.diagnostics == outcomes[0].diagnostics)
            }
        }

        @Test("a number of threads that cannot be is a usage error", arguments: ["0", "65", "-1", "many"])
        func usage(workers: String) throws {
            let outcome = try Weir.run("scan", "--workers=\(workers)", Fixtures.capture("mirror-curl-h1-chat-c"))
            #expect(outcome.status == 64)
        }
    }
}
