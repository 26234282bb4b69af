import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite(
        "Live, under load",
        .enabled(if: NetworkPair.replayObstacle == nil, "skipped, since it \(NetworkPair.replayObstacle ?? "")")
    )
    struct LoadTests {
        /// A run of the daemon while a capture was replayed.
        private struct Run {
            let stats: JSON
            let events: [JSON]
            let incidents: [JSON]
            /// By the interface's own counters.
            let packets: Int
            let octets: ClosedRange<Int>
            /// Megabits a second that were truly sent.
            let rate: Double
            let diagnostics: String

            var dropped: Int { stats["drops"]["kernel"].integer ?? 0 }
            var overload: Int { stats["opaque_bytes"]["overload"].integer ?? 0 }
            var isLossless: Bool {
                dropped == 0 && overload == 0 && stats["limits"]["report_queue"].integer == nil
                    && stats["limits"]["scan_queue_requests"].integer == nil
            }
        }

        private func run(
            _ network: NetworkPair,
            _ capture: LoadCapture,
            settings: String,
            replay: [String],
            during: (Program) -> Void = { _ in }
        ) throws -> Run {
            let folder = try TemporaryFolder()
            let path = try folder.write(settings, to: "weir.toml")
            let weir = try network.startWeir(["-c", path, "--index", Fixtures.index(), "--log-dir", folder.path])
            let (packets, octets) = (try network.packets(), try network.octets())
            let sender = try network.startReplay(capture.path, replay)
            during(weir)
            let sent = try sender.wait(seconds: 40)
            try #require(sent.status == 0, "\(sent.diagnostics)")
            let (packetsAfter, octetsAfter) = (try network.packets(), try network.octets())
            let least = octetsAfter.lowerBound - octets.lowerBound
            weir.send(SIGTERM)
            let outcome = try weir.wait(seconds: 40)
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            let events = try LoadTests.records(folder.read("events.jsonl"))
            let rate = sent.output.firstMatch(of: /Rated: .*?, ([0-9.]+) Mbps/).flatMap { Double($0.1) }
            return Run(
                stats: try #require(events.last { $0["event_type"].string == "stats" })["stats"],
                events: events,
                incidents: try LoadTests.records(folder.read("incidents.jsonl")),
                packets: packetsAfter - packets,
                octets: least...(octetsAfter.upperBound - octets.upperBound),
                rate: try #require(rate, "\(sent.output)"),
                diagnostics: outcome.diagnostics
            )
        }

        /// The records of a log, every line of which must be whole.
        private static func records(_ text: String) throws -> [JSON] {
            #expect(text.isEmpty || text.hasSuffix("\n"))
            return try text.split(separator: "\n").map { try JSON(line: String($0)) }
        }

        /// What must hold whatever was lost.
        private func expectBalance(_ run: Run) {
            #expect(run.stats["received"].integer == run.packets, "received of what the interface sent")
            #expect((run.stats["packets"].integer ?? 0) + run.dropped == run.packets)
            let octets = run.stats["bytes"].integer ?? 0
            #expect(octets <= run.octets.upperBound)
            if run.dropped == 0 { #expect(run.octets.contains(octets)) }
            expectLedger(run.stats)
            let requests = run.events.filter { $0["event_type"].string == "llm" && $0["llm"]["partial"] == .null }
            for request in requests { EndToEndTests.expectBalance(request["llm"]) }
            let refused = run.stats["limits"]["report_queue"].integer ?? 0
            let unrecorded = run.stats["limits"]["scan_queue_requests"].integer ?? 0
            #expect(requests.count <= run.stats["llm_requests"].integer ?? 0)
            #expect(requests.count + unrecorded + refused >= run.stats["llm_requests"].integer ?? 0)
            guard refused == 0 else { return }
            let requested = requests.reduce(0) { $0 + ($1["llm"]["request_bytes"].integer ?? 0) }
            #expect(requested == run.stats["request_bytes"].integer)
        }

        @Test("at half the rate that is sustained nothing is lost; at more than all of it the ledger balances")
        func load() throws {
            let (network, folder) = (try NetworkPair(), try TemporaryFolder())
            let capture = try LoadCapture(in: folder)
            // Small buffers, so that a second of too high a rate shows.
            let tight = "[capture]\nring_mib = 4\n[inspect]\nscan_queue_mib = 4\n"
            var sustained = 20.0
            for rate in [50.0, 100, 200, 400, 800] {
                let loops = capture.loops(seconds: 0.7, megabits: rate)
                let probe = try run(
                    network,
                    capture,
                    settings: tight,
                    replay: ["--mbps", "\(rate)", "--loop", "\(loops)", "--unique-ip"]
                )
                expectBalance(probe)
                guard probe.isLossless, probe.rate > rate * 0.8 else { break }
                sustained = rate
            }

            let half = sustained / 2
            let loops = capture.loops(seconds: 2, megabits: half)
            let calm = try run(
                network,
                capture,
                settings: "[output]\nstats_interval = \"1s\"\n",
                replay: ["--mbps", "\(half)", "--loop", "\(loops)", "--unique-ip"]
            )
            expectBalance(calm)
            for record in calm.events where record["event_type"].string == "stats" {
                expectLedger(record["stats"], isOver: false)
            }
            #expect(calm.isLossless, "at \(half) Mb/s of \(sustained): \(calm.stats)")
            #expect(calm.packets == loops * capture.packets)
            #expect(calm.stats["llm_requests"].integer == loops * LoadCapture.uploads)
            let closed = calm.incidents.map { $0["incident"] }.filter { $0["state"].string == "closed" }
            #expect(closed.count == loops * LoadCapture.clients)
            #expect(closed.reduce(0) { $0 + ($1["requests"].integer ?? 0) } == loops * LoadCapture.uploads)
            #expect(closed.allSatisfy { !$0["leaks"].array.isEmpty })

            let flood = try run(
                network,
                capture,
                settings: "[capture]\nring_mib = 1\n[inspect]\nscan_queue_mib = 1\nworkers = 1\n",
                replay: ["--topspeed", "--loop", "80", "--unique-ip"]
            ) { weir in
                // Whatever this machine is capable of, a stopped daemon is not: the ring overflows.
                let start = (try? network.packets()) ?? 0
                func awaitPackets(_ count: Int) {
                    _ = poll(seconds: 5) { ((try? network.packets()) ?? 0) - start >= count ? true : nil }
                }
                awaitPackets(2_000)
                weir.send(SIGSTOP)
                awaitPackets(20_000)
                weir.send(SIGCONT)
            }
            expectBalance(flood)
            #expect(flood.dropped > 0)
        }

        @Test("two capture queues see each connection whole, both directions on one of them")
        func fanout() throws {
            let (network, folder) = (try NetworkPair(), try TemporaryFolder())
            let settings = try folder.write("[capture]\nworkers = 2\n[inspect]\nworkers = 2\n", to: "weir.toml")
            let weir = try network.startWeir(
                ["-c", settings, "--index", Fixtures.index(), "--log-dir", folder.path]
            )
            let before = try network.packets()
            let body = try folder.write(Prompt.chat(try Prompt.files(["foc_observer.c"])), to: "body.json")
            let count = 240
            let client = try network.start(
                "/usr/bin/python3",
                ["-c", LoadTests.poster, network.serverAddress, body, "\(count)"]
            )
            let sent = try client.wait(seconds: 40)
            try #require(sent.status == 0, "\(sent.diagnostics)")
            usleep(300_000)
            let passed = try network.packets() - before
            weir.send(SIGTERM)
            let outcome = try weir.wait(seconds: 20)
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            let events = try LoadTests.records(folder.read("events.jsonl"))
            let stats = try #require(events.last { $0["event_type"].string == "stats" })["stats"]
            expectLedger(stats)
            #expect(stats["received"].integer == passed)
            #expect(stats["packets"].integer == passed)
            let requests = events.filter { $0["event_type"].string == "llm" }
            #expect(Set(requests.compactMap { $0["src_port"].integer }) == Set(sent.lines.compactMap { Int($0) }))
            #expect(requests.count == count)
            #expect(requests.allSatisfy { $0["llm"]["request_bytes"] == $0["llm"]["inspected_bytes"] })
            let incident = try #require(LoadTests.records(folder.read("incidents.jsonl")).last)["incident"]
            #expect(incident["requests"].integer == count)
            let workers = stats["workers"].array
            #expect(workers.map { $0["queue"].integer } == [0, 1])
            for worker in workers {
                #expect((worker["flows"].integer ?? 0) > count / 10, "\(workers)")
                #expect(worker["one_way_flows"].integer == 0, "\(workers)")
            }
            #expect(workers.reduce(0) { $0 + ($1["flows"].integer ?? 0) } == count)
            #expect(workers.reduce(0) { $0 + ($1["packets"].integer ?? 0) } == passed)
        }

        /// Posts a file in many connections, eight at a time, and prints each one's port.
        private static let poster = """
            import http.client, sys, threading
            address, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
            body = open(path, 'rb').read()
            numbers, lock = iter(range(count)), threading.Lock()
            def work():
                while True:
                    with lock:
                        if next(numbers, None) is None: return
                    c = http.client.HTTPConnection(address, 80, timeout=20)
                    c.connect()
                    port = c.sock.getsockname()[1]
                    c.request('POST', '/v1/chat/completions', body,
                              {'Host': 'api.openai.com', 'Content-Type': 'application/json', 'Connection': 'close'})
                    answer = c.getresponse()
                    assert answer.status == 200, answer.status
                    answer.read(); c.close()
                    with lock: print(port)
            threads = [threading.Thread(target=work) for _ in range(8)]
            for t in threads: t.start()
            for t in threads: t.join()
            """
    }
}
