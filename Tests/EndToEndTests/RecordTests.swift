import Foundation
import TestSupport
import Testing
import Wire

extension EndToEnd {
    @Suite("Records")
    struct RecordTests {
        static let captures = [
            "mirror-concurrent-50-clients", "mirror-claude-code-read-c", "net-vlan", "proxy-socks5h",
            "clear-ollama-gzip",
        ].map(Fixtures.capture)

        private static func scan(_ captures: [String]) throws -> Program.Outcome {
            let options = ["--format", "jsonl", "--events", "incident,llm,stats"]
            return try Weir.run(["scan", "--index", try Fixtures.index()] + options + captures)
        }

        @Test("two scans are the same, octet for octet")
        func determinism() throws {
            let first = try RecordTests.scan(RecordTests.captures)
            #expect(first.status == 1)
            for _ in 0..<2 { #expect(try RecordTests.scan(RecordTests.captures).output == first.output) }
        }

        @Test("the environment, the day and the time zone change nothing")
        func surroundings() throws {
            let first = try RecordTests.scan(RecordTests.captures)
            let arguments = [
                "scan", "--index", try Fixtures.index(), "--format", "jsonl", "--events", "incident,llm,stats",
            ]
            let environment = ["TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "LANG": "de_DE.UTF-8"]
            let again = try Weir.run(arguments + RecordTests.captures, environment: environment)
            #expect(again.output == first.output)
        }

        @Test("the keys of every object are sorted, and absent rather than null")
        func keys() throws {
            let outcome = try RecordTests.scan(RecordTests.captures)
            for line in outcome.lines {
                for keys in JSON.keys(ofObjectsIn: line) {
                    #expect(keys == keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, "\(line)")
                    #expect(Set(keys).count == keys.count)
                }
                #expect(try !JSON(line: line).holdsNull, "\(line)")
            }
        }

        @Test("records come by their kind, then by time")
        func order() throws {
            let scan = try Weir.scan(RecordTests.captures)
            let kinds = scan.records.compactMap { $0["event_type"].string }
            #expect(kinds == kinds.sorted { RecordTests.rank($0) < RecordTests.rank($1) })
            #expect(kinds.last == "stats")
            #expect(kinds.filter { $0 == "stats" }.count == 1)
            let incidents = scan.incidents.map {
                [$0["incident"]["first_seen"], $0["incident"]["uid"]].compactMap(\.string)
            }
            #expect(incidents == incidents.sorted { $0.lexicographicallyPrecedes($1) })
            let files = scan.records("llm").compactMap { $0["pcap_filename"].string }
            let places = files.compactMap { RecordTests.captures.firstIndex(of: $0) }
            #expect(places == places.sorted())
            for leaks in scan.incidents.map({ $0["incident"]["leaks"].array }) {
                let lines = leaks.compactMap { $0["matched_lines"].integer }
                #expect(lines == lines.sorted(by: >))
            }
        }

        private static func rank(_ kind: String) -> Int { ["llm": 0, "incident": 1, "stats": 2][kind] ?? 3 }

        @Test("the kinds asked for are printed, and no other", arguments: ["incident", "llm", "stats", "stats,llm"])
        func kinds(events: String) throws {
            let scan = try Weir.scan(RecordTests.captures, events: events)
            #expect(
                Set(scan.records.compactMap { $0["event_type"].string })
                    == Set(events.split(separator: ",").map(String.init))
            )
        }

        @Test("every record of traffic has its envelope")
        func envelope() throws {
            let scan = try Weir.scan(RecordTests.captures)
            for record in scan.records where record["event_type"].string != "stats" {
                expectTime(record["timestamp"])
                let flow = record["flow_id"].integer ?? -1
                #expect(flow >= 0 && flow < 1 << 53)
                #expect(RecordTests.captures.contains(record["pcap_filename"].string ?? ""))
                #expect(record["src_ip"].string?.isEmpty == false && record["dest_ip"].string?.isEmpty == false)
                #expect((1...65_535).contains(record["src_port"].integer ?? 0))
                #expect((1...65_535).contains(record["dest_port"].integer ?? 0))
                #expect(record["proto"].string == "TCP")
                #expect(["http", "tls"].contains(record["app_proto"].string))
                #expect(record["community_id"].string?.hasPrefix("1:") == true)
                if record["app_proto"].string == "http" {
                    #expect(record["http"]["hostname"].string?.isEmpty == false)
                    #expect(record["http"]["http_method"].string == "POST" || record["event_type"].string == "llm")
                    #expect(record["http"]["url"].string?.isEmpty == false)
                } else {
                    #expect(record["tls"]["sni"].string?.isEmpty == false)
                    #expect(record["tls"]["ja4"].string?.count == 36)
                }
            }
            #expect(scan.records("stats").allSatisfy { $0["timestamp"].string != nil })
        }

        @Test("an incident says who, what, where and how bad")
        func incident() throws {
            let scan = try Weir.scan(Fixtures.capture("mirror-claude-code-read-c"))
            let record = try #require(scan.incidents.first)
            let incident = record["incident"]
            #expect(incident["state"].string == "closed")
            #expect(incident["class"].string == "source_code.verbatim")
            #expect(incident["classes"].strings.first == "source_code.verbatim")
            #expect(["low", "medium", "high", "critical"].contains(incident["severity"].string))
            #expect((0...100).contains(incident["score"].integer ?? -1))
            #expect(incident["service"].string == "anthropic-api")
            #expect(incident["sanctioned"] == .bool(false))
            #expect(incident["actor"]["ip"] == record["src_ip"])
            #expect(incident["actor"]["tool"].string == "claude-code")
            #expect(incident["uid"].string?.isEmpty == false)
            #expect(incident["generation"].string?.contains("rules:") == true)
            #expect(incident["generation"].string?.contains("index:") == true)
            expectTime(incident["first_seen"])
            expectTime(incident["last_seen"])
            #expect(record["timestamp"] == incident["last_seen"])
            #expect((incident["requests"].integer ?? 0) >= 1)
        }

        @Test("an llm record has all that the contract names")
        func request() throws {
            for request in try Weir.scan(RecordTests.captures).requests {
                // A server of one's own has no vendor.
                if request["kind"].string != "self_hosted" { #expect(request["vendor"].string?.isEmpty == false) }
                for key in ["service", "kind", "host", "confidence", "channel", "visibility"] {
                    #expect(request[key].string?.isEmpty == false, "\(key) in \(request)")
                }
                #expect(["low", "medium", "high"].contains(request["confidence"].string))
                #expect(["plaintext", "metadata_only"].contains(request["visibility"].string))
                #expect(request["sanctioned"] == .bool(false))
                let evidence: Set<String> = [
                    "sni", "dns", "address", "host", "path", "headers", "shape", "marker", "host_mismatch",
                ]
                #expect(!request["evidence"].strings.isEmpty)
                #expect(Set(request["evidence"].strings).isSubset(of: evidence))
                #expect(request["partial"] == .null)
            }
        }

        @Test("the counters of a scan add up to its records")
        func stats() throws {
            let scan = try Weir.scan(RecordTests.captures)
            let stats = try #require(scan.records("stats").first)["stats"]
            let packets = try RecordTests.captures.map { try Fixtures.frames($0).frames.count }.reduce(0, +)
            #expect(stats["packets"].integer == packets)
            #expect(stats["llm_requests"].integer == scan.requests.count)
            for key in ["bytes", "flows", "gaps"] { #expect(stats[key].integer != nil, "\(key)") }
            for key in ["kernel", "interface", "filter"] { #expect(stats["drops"][key].integer == 0) }
            for key in ["read", "used", "sessions_without"] { #expect(stats["keys"][key].integer != nil, "\(key)") }
            var opaque: [String: Int] = [:]
            for entry in scan.requests.flatMap({ $0["opaque"].array }) {
                opaque[entry["reason"].string ?? "", default: 0] += entry["bytes"].integer ?? 0
            }
            #expect(stats["opaque_bytes"].members.compactMapValues(\.integer).filter { $0.value > 0 } == opaque)
        }

        @Test("a request that lasts is recorded each minute, and at its end")
        func partial() throws {
            let folder = try TemporaryFolder()
            let body = Prompt.chat(try Prompt.files(["foc_observer.c", "LanternSync.swift"]))
            var conversation = TCPConversation(PacketBuilder())
            conversation.open()
            for part in Torture.chunks(of: Prompt.post(body), size: body.count / 15) {
                conversation.send(part, .toServer)
                conversation.wait(nanoseconds: 10_000_000_000)
            }
            conversation.close(.toServer)
            let scan = try Weir.scan(folder.write(CaptureFile.pcap(conversation.frames), to: "slow.pcap"))
            let partial = scan.requests.filter { $0["partial"] == .bool(true) }
            let whole = scan.requests.filter { $0["partial"] == .null }
            #expect(partial.count == 2)
            #expect(whole.count == 1)
            for request in scan.requests { expectBalance(request) }
            let octets = (partial + whole).compactMap { $0["request_bytes"].integer }
            #expect(octets == octets.sorted() && Set(octets).count == octets.count)
            #expect(octets.last == body.count)
            #expect(scan.requests.last?["partial"] == .null)
            let stats = try #require(scan.records("stats").first)["stats"]
            #expect(stats["llm_requests"].integer == 1)
            #expect(stats["opaque_bytes"].members.isEmpty)
            #expect(scan.leaks.count == 2)
        }

        @Test(
            "a request that is open when the capture ends is recorded with what came",
            arguments: ["zstd", "br", "gzip"]
        )
        func openAtEnd(coding: String) throws {
            let folder = try TemporaryFolder()
            let text = Prompt.chat(try Prompt.files(["foc_observer.c", "LanternSync.swift"]))
            let body =
                switch coding {
                case "zstd": ZstdWriter.frame(text, flushEach: 2_000)
                case "br": BrotliWriter.stream(text, flushEach: 2_000)
                default: DeflateWriter.gzip(text)
                }
            let request = Prompt.post(body, fields: ["Content-Encoding: \(coding)"])
            var conversation = TCPConversation(PacketBuilder())
            conversation.open()
            for part in Torture.chunks(of: request, size: body.count / 15).dropLast(2) {
                conversation.send(part, .toServer)
                conversation.wait(nanoseconds: 10_000_000_000)
            }
            let sent = Torture.chunks(of: request, size: body.count / 15).dropLast(2).reduce(0) { $0 + $1.count }
            let scan = try Weir.scan(folder.write(CaptureFile.pcap(conversation.frames), to: "open.pcap"))
            let partial = scan.requests.filter { $0["partial"] == .bool(true) }
            #expect(!partial.isEmpty)
            #expect(scan.requests.count == partial.count + 1)
            #expect(scan.requests.last?["partial"] == .null)
            for request in scan.requests { expectBalance(request) }
            #expect(scan.requests.last?["request_bytes"].integer == sent - (request.count - body.count))
            let octets = scan.requests.compactMap { $0["request_bytes"].integer }
            #expect(octets == octets.sorted())
            #expect(scan.leaks.contains { $0["path"].string == "foc_observer.c" && $0["segment"].string == "user" })
            // The last record's figures are the sum: partial ones are not added to it.
            let stats = try #require(scan.records("stats").first)["stats"]
            #expect(stats["llm_requests"].integer == 1)
            let opaque = scan.requests.last?["opaque"].array.compactMap { $0["bytes"].integer }.reduce(0, +)
            #expect(stats["opaque_bytes"].members.values.compactMap(\.integer).reduce(0, +) == opaque)
        }

        @Test("an unread connection that lasts is, too")
        func partialConnection() throws {
            let folder = try TemporaryFolder()
            var (frames, linkType) = try Fixtures.frames(Fixtures.capture("curl-h2-chat-py"))
            let start = try #require(frames.first).timestamp
            for index in frames.indices {
                frames[index].timestamp = start.advanced(byNanoseconds: Int64(index) * 5_000_000_000)
            }
            let capture = try folder.write(CaptureFile.pcap(frames, linkType: linkType), to: "slow.pcap")
            let requests = try Weir.scan(capture).requests
            let partial = requests.filter { $0["partial"] == .bool(true) }
            #expect(!partial.isEmpty)
            #expect(requests.count == partial.count + 1)
            #expect(requests.last?["partial"] == .null)
            for request in requests { expectBalance(request) }
            #expect(requests.allSatisfy { $0["inspected_bytes"].integer == 0 })
        }

        @Test("a sanctioned service is marked so")
        func sanctioned() throws {
            let folder = try TemporaryFolder()
            let path = try folder.write("[services]\nsanctioned = [\"anthropic-api\"]\n", to: "weir.toml")
            let options = ["-c", path, "--index", try Fixtures.index(), "--events", "incident,llm"]
            let scan = try Scan(Weir.run(["scan"] + options + [Fixtures.capture("mirror-sdk-anthropic-toolresult")]))
            #expect(scan.requests.allSatisfy { $0["sanctioned"] == .bool(true) })
            #expect(scan.incidents.map { $0["incident"]["sanctioned"] } == [.bool(true)])
        }

        @Test("standard input, folders and single files say the same")
        func inputs() throws {
            let folder = try TemporaryFolder()
            let names = ["b.bin", "a.txt", "C.dat"]
            for (name, capture) in zip(names, RecordTests.captures) {
                try folder.write(Array(try Data(contentsOf: URL(filePath: capture))), to: name)
            }
            try folder.write("not a capture", to: "notes.pcap")
            try folder.write(Array(try Data(contentsOf: URL(filePath: RecordTests.captures[0]))), to: "below/d.pcap")
            let whole = try RecordTests.scan([folder.path])
            #expect(whole.status == 1)
            #expect(whole.diagnostics.isEmpty, "\(whole.diagnostics)")
            #expect(try RecordTests.scan(["C.dat", "a.txt", "b.bin"].map(folder.file)).output == whole.output)
            let octets = Array(try Data(contentsOf: URL(filePath: RecordTests.captures[1])))
            let options = ["--format", "jsonl", "--events", "incident,llm"]
            let piped = try Scan(Weir.run(["scan", "--index", try Fixtures.index()] + options + ["-"], input: octets))
            #expect(piped.leaks == (try Weir.scan(RecordTests.captures[1])).leaks)
            #expect(Set(piped.records.compactMap { $0["pcap_filename"].string }) == ["-"])
        }

        @Test("run from a file finds what scan finds, in the logs")
        func runFromFile() throws {
            let folder = try TemporaryFolder()
            let capture = Fixtures.capture("mirror-claude-code-read-c")
            let arguments = ["run", "--index", try Fixtures.index(), "--log-dir", folder.path, "-r", capture]
            let outcome = try Weir.run(arguments)
            #expect(outcome.status == 1, "\(outcome.diagnostics)")
            #expect(outcome.output.isEmpty)
            let incidents = try folder.read("incidents.jsonl").split(separator: "\n").map { try JSON(line: String($0)) }
            let events = try folder.read("events.jsonl").split(separator: "\n").map { try JSON(line: String($0)) }
            let scan = try Weir.scan(capture)
            #expect(incidents.allSatisfy { $0["event_type"].string == "incident" })
            #expect(incidents.first?["incident"]["state"].string == "opened")
            #expect(incidents.last?["incident"]["leaks"].array == scan.leaks)
            #expect(events.last?["event_type"].string == "stats")
            let requests = events.filter { $0["event_type"].string == "llm" }.map { $0["llm"] }
            #expect(requests.count == scan.requests.count)
            #expect(Set(requests) == Set(scan.requests))
            let harmless = Fixtures.capture("mirror-neg-response-has-code")
            #expect(try Weir.run(arguments.dropLast() + [harmless]).status == 0)
        }

        private func expectTime(_ value: JSON, sourceLocation: SourceLocation = #_sourceLocation) {
            let isTime = value.string?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+0000/) != nil
            #expect(isTime, "\(value)", sourceLocation: sourceLocation)
        }
    }
}
