import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite(
        "Live traffic between two network namespaces",
        .enabled(if: NetworkPair.obstacle == nil, "skipped, since it \(NetworkPair.obstacle ?? "")")
    )
    struct LiveTests {
        @Test("an incident is in the log within a second, and every packet is accounted for")
        func upload() throws {
            let (network, folder) = (try NetworkPair(), try TemporaryFolder())
            let weir = try network.startWeir(["--index", Fixtures.index(), "--log-dir", folder.path])
            let before = try network.packets()
            let body = try folder.write(Prompt.chat(try Prompt.files(["foc_observer.c"])), to: "body.json")
            let answer = try network.startPost(body).wait()
            let lastOctet = ContinuousClock.now
            #expect(answer.status == 0, "\(answer.diagnostics)")
            #expect(answer.output.contains("chat.completion"))
            let incident = try #require(
                poll(seconds: 5) { folder.records("incidents.jsonl").first },
                "\(weir.diagnostics)"
            )
            #expect(ContinuousClock.now - lastOctet <= .seconds(1))
            #expect(incident["incident"]["state"].string == "opened")
            #expect(incident["incident"]["leaks"][0]["path"].string == "foc_observer.c")
            #expect(incident["in_iface"].string == network.interface)
            #expect(incident["src_ip"].string == "10.99.7.1")
            #expect(incident["dest_ip"].string == network.serverAddress)
            // Connections close after curl has ended; then nothing more passes.
            usleep(300_000)
            let passed = try network.packets() - before
            weir.send(SIGTERM)
            let outcome = try weir.wait(seconds: 10)
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            let events = folder.records("events.jsonl")
            let stats = try #require(events.last { $0["event_type"].string == "stats" })["stats"]
            let (received, seen) = (stats["received"].integer ?? -1, stats["packets"].integer ?? -1)
            let dropped = stats["drops"]["kernel"].integer ?? -1
            #expect(received == seen + dropped)
            #expect(received == passed, "libpcap received \(received), the interface counted \(passed)")
            let requests = events.filter { $0["event_type"].string == "llm" }.map { $0["llm"] }
            #expect(requests.count == 1)
            #expect(requests.first?["client"]["tool"].string == "curl")
            for request in requests { expectBalance(request) }
            let states = folder.records("incidents.jsonl").compactMap { $0["incident"]["state"].string }
            #expect(states.first == "opened" && states.last == "closed", "\(states)")
        }

        @Test("what the kernel dropped is counted, and its octets are a gap")
        func drops() throws {
            let (network, folder) = (try NetworkPair(), try TemporaryFolder())
            let settings = try folder.write("[capture]\nring_mib = 1\n", to: "weir.toml")
            let weir = try network.startWeir(["-c", settings, "--index", Fixtures.index(), "--log-dir", folder.path])
            let before = try network.packets()
            let filler = [UInt8](repeating: 0x20, count: 8_000_000)
            let body = try folder.write(Prompt.chat(try Prompt.files(["foc_observer.c"]) + filler), to: "body.json")
            let curl = try network.startPost(body, options: ["--limit-rate", "4M"])
            let isFound = poll(seconds: 10) { folder.records("incidents.jsonl").first } != nil
            #expect(isFound)
            // The ring holds a quarter of a second.
            weir.send(SIGSTOP)
            usleep(800_000)
            weir.send(SIGCONT)
            #expect(curl.isRunning)
            #expect(try curl.wait().status == 0)
            usleep(300_000)
            let passed = try network.packets() - before
            weir.send(SIGTERM)
            #expect(try weir.wait(seconds: 10).status == 0)
            let events = folder.records("events.jsonl")
            let stats = try #require(events.last { $0["event_type"].string == "stats" })["stats"]
            let (seen, dropped) = (stats["packets"].integer ?? -1, stats["drops"]["kernel"].integer ?? -1)
            #expect(dropped > 0)
            #expect(stats["received"].integer == seen + dropped)
            #expect(stats["received"].integer == passed)
            let request = try #require(events.last { $0["event_type"].string == "llm" })["llm"]
            expectBalance(request)
            #expect(request["opaque"].array.contains { $0["reason"].string == "gap" })
        }

        @Test("what is still in the ring at the stop is read")
        func drained() throws {
            let (network, folder) = (try NetworkPair(), try TemporaryFolder())
            let weir = try network.startWeir(["--index", Fixtures.index(), "--log-dir", folder.path])
            let before = try network.packets()
            let body = try folder.write(Prompt.chat(try Prompt.files(["reefbus_arbiter.v"])), to: "body.json")
            weir.send(SIGSTOP)
            #expect(try network.startPost(body).wait().status == 0)
            usleep(300_000)
            let passed = try network.packets() - before
            weir.send(SIGTERM)
            weir.send(SIGCONT)
            #expect(try weir.wait(seconds: 10).status == 0)
            let incidents = folder.records("incidents.jsonl")
            #expect(incidents.last?["incident"]["leaks"][0]["path"].string == "reefbus_arbiter.v")
            let stats = try #require(folder.records("events.jsonl").last)["stats"]
            let seen = stats["packets"].integer ?? -1
            #expect(stats["received"].integer == seen + (stats["drops"]["kernel"].integer ?? -1))
            #expect(stats["received"].integer == passed)
        }

        @Test("a capture stopped in the middle of a gzip body has already found what came")
        func stoppedWithin() throws {
            let (network, folder) = (try NetworkPair(), try TemporaryFolder())
            let weir = try network.startWeir(["--index", Fixtures.index(), "--log-dir", folder.path])
            var generator = SeededGenerator(seed: 2)
            let letters = Array("abcdefghijklmnopqrstuvwxyz     \n".utf8)
            let filler = (0..<600_000).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] }
            let text = try Prompt.files(["berth_pricing.py"]) + filler
            let coded = DeflateWriter.gzip(Prompt.chat(text))
            let body = try folder.write(coded, to: "body.json.gz")
            let curl = try network.startPost(body, options: ["-H", "Content-Encoding: gzip", "--limit-rate", "60k"])
            let incident = try #require(
                poll(seconds: 10) { folder.records("incidents.jsonl").first },
                "\(weir.diagnostics)"
            )
            #expect(curl.isRunning)
            #expect(incident["incident"]["leaks"][0]["path"].string == "berth_pricing.py")
            #expect(incident["incident"]["leaks"][0]["decode_chain"].strings == ["gzip", "json"])
            weir.send(SIGTERM)
            let outcome = try weir.wait(seconds: 10)
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            #expect(curl.isRunning)
            curl.stop()
            let requests = folder.records("events.jsonl").filter { $0["event_type"].string == "llm" }.map {
                $0["llm"]
            }
            #expect(requests.count == 1)
            let request = try #require(requests.last)
            expectBalance(request)
            let octets = request["request_bytes"].integer ?? -1
            #expect(octets > 0 && octets < coded.count)
            #expect(request["partial"] == .null)
            let last = try #require(folder.records("incidents.jsonl").last)
            #expect(last["incident"]["state"].string == "closed")
            #expect((last["incident"]["leaks"][0]["coverage"].double ?? 0) > 0.9)
        }

        @Test("with a filter, what it leaves out is not seen")
        func filter() throws {
            let (network, folder) = (try NetworkPair(), try TemporaryFolder())
            let body = try folder.write(Prompt.chat(try Prompt.files(["foc_observer.c"])), to: "body.json")
            let weir = try network.startWeir(
                ["--index", Fixtures.index(), "--log-dir", folder.path, "--bpf", "not tcp port 80"])
            #expect(try network.startPost(body).wait().status == 0)
            weir.send(SIGINT)
            #expect(try weir.wait(seconds: 10).status == 0)
            #expect(folder.records("incidents.jsonl").isEmpty)
            let wrong = try network.start(
                Weir.binary(),
                ["run", "-i", network.interface, "--log-dir", folder.path, "-F", "tcp prot 80"]
            )
            let outcome = try wrong.wait(seconds: 10)
            #expect([64, 78].contains(outcome.status))
            outcome.expectOneLine(naming: "tcp prot 80")
        }

        @Test("-o sends what --events names there")
        func output() throws {
            let (network, folder) = (try NetworkPair(), try TemporaryFolder())
            let body = try folder.write(Prompt.chat(try Prompt.files(["foc_observer.c"])), to: "body.json")
            let weir = try network.startWeir(
                ["--index", Fixtures.index(), "-o", folder.file("out.jsonl"), "--events", "incident,llm,stats"])
            #expect(try network.startPost(body).wait().status == 0)
            _ = poll(seconds: 5) {
                folder.records("out.jsonl").first { $0["event_type"].string == "incident" }
            }
            weir.send(SIGTERM)
            #expect(try weir.wait(seconds: 10).status == 0)
            let kinds = Set(folder.records("out.jsonl").compactMap { $0["event_type"].string })
            #expect(kinds == ["incident", "llm", "stats"])
        }

        @Test("an interface that is not there, and rights that are missing, are told")
        func obstacles() throws {
            let folder = try TemporaryFolder()
            let arguments = ["run", "--index", try Fixtures.index(), "--log-dir", folder.path, "-i"]
            try Weir.run(arguments + ["nosuch0"]).expectFailure(69, naming: "nosuch0")
            let binary = try Weir.binary()
            let stranger = try Program(
                "/usr/bin/setpriv",
                [
                    "--reuid", "65534", "--regid", "65534", "--clear-groups", binary, "run", "-o", "/dev/null", "-i",
                    "lo",
                ]
            ).wait(seconds: 10)
            // Where a stranger may not even reach the binary, nothing is learnt.
            if stranger.status != 127, stranger.status != 126 { stranger.expectFailure(77, naming: "lo") }
        }
    }
}
