import Foundation
import TestSupport
import Testing
import Wire

extension EndToEnd {
    @Suite("QUIC, with and without keys")
    struct QUICTests {
        @Test("the fixtures are there")
        func fixtures() {
            #expect(Fixtures.overQUIC.count == 5)
        }

        @Test("without keys a connection is described by its greeting", arguments: Fixtures.overQUIC)
        func withoutKeys(truth: Fixtures.OverQUIC) throws {
            let scan = try Weir.scan(truth.path)
            #expect(scan.outcome.status == 0)
            let records = scan.records("llm").filter { $0["llm"]["host"].string == truth.host }
            #expect(!records.isEmpty)
            for record in records {
                #expect(record["app_proto"].string == "quic" && record["proto"].string == "UDP")
                #expect(record["tls"]["sni"].string == truth.host)
                #expect(record["tls"]["ja4"].string == truth.ja4)
                #expect(record["tls"]["version"].string == "TLS 1.3")
                #expect(record["tls"]["client_alpns"].strings == ["h3"])
                let request = record["llm"]
                #expect(request["service"].string == truth.service && request["evidence"].strings == ["sni"])
                #expect(request["visibility"].string == "metadata_only")
                #expect(request["opaque"].array.map { $0["reason"].string } == ["encrypted"])
                expectBalance(request)
            }
        }

        @Test("with keys each leak is named, on the record of a decrypted request", arguments: Fixtures.overQUIC)
        func leaks(truth: Fixtures.OverQUIC) throws {
            let scan = try Weir.scan([truth.path], keys: [truth.keys])
            #expect(scan.outcome.status == 1, "\(scan.outcome.diagnostics)")
            let named = Set(scan.leaks.compactMap { $0["path"].string })
            #expect(named.isSuperset(of: truth.leaked) && named.isSubset(of: truth.leaked + truth.incidental))
            let ours = scan.records("llm").filter {
                $0["llm"]["host"].string == truth.host && $0["llm"]["service"].string == truth.service
            }
            #expect(!ours.isEmpty)
            for record in ours {
                #expect(record["llm"]["visibility"].string == "decrypted")
                #expect(record["app_proto"].string == "http3" && record["proto"].string == "UDP")
                #expect(record["tls"]["sni"].string == truth.host && record["tls"]["ja4"].string == truth.ja4)
                #expect(record["tls"]["version"].string == "TLS 1.3")
                #expect(record["tls"]["server_alpns"].strings == ["h3"])
                #expect(record["http"]["hostname"].string == truth.host)
                #expect(record["llm"]["evidence"].strings.prefix(2) == ["sni", "host"])
                #expect(record["llm"]["opaque"].array.isEmpty)
                expectBalance(record["llm"])
            }
            let tools = ours.compactMap { $0["llm"]["client"]["tool"].string }
            if let tool = truth.tool { #expect(tools.contains(tool), "wanted \(tool), got \(tools)") }
            let stats = try #require(scan.records("stats").first?["stats"])
            #expect(stats["keys"]["used"].integer == 4 && stats["keys"]["sessions_without"].integer == 0)
            #expect(stats["skipped_bytes"]["framing_lost"] == .null && stats["gaps"].integer == 0)
        }

        @Test("other secrets give no_key, those inside pcapng are used")
        func sources() throws {
            let truth = try #require(Fixtures.overQUIC.first { $0.name == "h3-aioquic-c" })
            let other = try #require(Fixtures.overQUIC.first { $0.name == "net-ipv6-h3" })
            let folder = try TemporaryFolder()
            let empty = try folder.write([], to: "empty.keys")
            for keys in [other.keys, empty] {
                let scan = try Weir.scan([truth.path], keys: [keys])
                #expect(scan.requests.map { $0["visibility"].string } == ["metadata_only"])
                #expect(scan.requests.first?["opaque"].array.map { $0["reason"].string } == ["no_key"])
                #expect(scan.records("stats").first?["stats"]["keys"]["sessions_without"].integer == 1)
                expectBalance(try #require(scan.requests.first))
            }
            let (frames, linkType) = try Fixtures.frames(truth.path)
            let secrets = try Data(contentsOf: URL(filePath: truth.keys))
            let inside = CaptureFile.pcapng(frames, linkType: linkType, secrets: Array(secrets))
            let carried = try Weir.scan(folder.write(inside, to: "inside.pcapng"))
            #expect(carried.leaks == (try Weir.scan([truth.path], keys: [truth.keys])).leaks)
        }

        @Test(
            "over worse networks leaks are the same line for line",
            arguments: Fixtures.overQUIC,
            DatagramMangler.Guise.allCases
        )
        func trouble(truth: Fixtures.OverQUIC, guise: DatagramMangler.Guise) throws {
            let folder = try TemporaryFolder()
            let (frames, linkType) = try Fixtures.frames(truth.path)
            let original = try Weir.scan([truth.path], keys: [truth.keys])
            for seed in [3, 7] as [UInt64] {
                let mangled = DatagramMangler.frames(frames, as: guise, seed: seed)
                let path = try folder.write(CaptureFile.pcap(mangled, linkType: linkType), to: "again.pcap")
                let again = try Weir.scan([path], keys: [truth.keys])
                #expect(again.leaks == original.leaks && !original.leaks.isEmpty)
                #expect(figures(again) == figures(original))
                let named = try Weir.scan(path).requests.filter { $0["host"].string == truth.host }
                #expect(!named.isEmpty && named.allSatisfy { $0["service"].string == truth.service })
            }
        }

        private func figures(_ scan: Scan) -> [[JSON]] {
            scan.requests.map { [$0["host"], $0["request_bytes"], $0["inspected_bytes"], $0["opaque"]] }
                .sorted { "\($0)" < "\($1)" }
        }

        @Test("a datagram that the tap missed is a gap of its size in the request")
        func missed() throws {
            let truth = try #require(Fixtures.overQUIC.first { $0.name == "h3-aioquic-c" })
            let folder = try TemporaryFolder()
            var (frames, linkType) = try Fixtures.frames(truth.path)
            let whole = try #require(try Weir.scan([truth.path], keys: [truth.keys]).requests.first)
            // The fourth of the large ones of the client: within the body.
            let large = frames.indices.filter { frames[$0].octets.count == 1_242 && frames[$0].octets[26] == 10 }
            frames.remove(at: large[4])
            let path = try folder.write(CaptureFile.pcap(frames, linkType: linkType), to: "missed.pcap")
            let scan = try Weir.scan([path], keys: [truth.keys])
            let request = try #require(scan.requests.first)
            #expect(request["request_bytes"] == whole["request_bytes"])
            let opaque = request["opaque"].array
            #expect(opaque.map { $0["reason"].string } == ["gap"])
            #expect((1_000...1_200).contains(opaque.first?["bytes"].integer ?? 0))
            expectBalance(request)
            let stats = try #require(scan.records("stats").first?["stats"])
            #expect(stats["ledger"]["stream_bytes"]["quic_gap"] == opaque.first?["bytes"] && stats["gaps"].integer == 1)
        }

        /// A capture whose client has another port from its `number`th datagram on, as behind a NAT that forgot it.
        private func moved(_ truth: Fixtures.OverQUIC, from number: Int, to folder: TemporaryFolder) throws -> String {
            var (frames, linkType) = try Fixtures.frames(truth.path)
            let client = try #require(frames.firstIndex { $0.octets.count == 1_242 })
            let port = Array(frames[client].octets[34..<36])
            var count = 0
            for index in frames.indices {
                let isClient = Array(frames[index].octets[34..<36]) == port
                let isServer = Array(frames[index].octets[36..<38]) == port
                guard isClient || isServer else { continue }
                if isClient { count += 1 }
                guard count > number else { continue }
                frames[index].octets[isClient ? 34 : 36] ^= 1
                // A checksum of zero is none (RFC 768).
                frames[index].octets[40] = 0
                frames[index].octets[41] = 0
            }
            return try folder.write(CaptureFile.pcap(frames, linkType: linkType), to: "moved.pcap")
        }

        @Test("a client whose port changes goes on, whoever of the threads its packets fall to", arguments: [2, 4, 9])
        func migration(number: Int) throws {
            let folder = try TemporaryFolder()
            for truth in Fixtures.overQUIC where truth.name == "h3-aioquic-c" || truth.name == "h3-aioquic-multi" {
                let path = try moved(truth, from: number, to: folder)
                let original = try Weir.scan([truth.path], keys: [truth.keys])
                let again = try Weir.scan([path], keys: [truth.keys])
                #expect(again.leaks == original.leaks && !original.leaks.isEmpty)
                #expect(figures(again) == figures(original))
                let stats = try #require(again.records("stats").first?["stats"])
                #expect(stats["flows"] == original.records("stats").first?["stats"]["flows"])
                let options = [
                    "scan", "--index", try Fixtures.index(), "--keylog", truth.keys, "--format", "jsonl", "--events",
                    "incident,llm,stats", path, "--workers",
                ]
                for workers in ["1", "2", "16"] {
                    #expect(try Weir.run(options + [workers]).output == again.outcome.output)
                }
            }
        }

        @Test("a client that moves of its own accord, to an id that was issued to it, goes on too")
        func activeMigration() throws {
            let body = Prompt.chat(try Prompt.files(["foc_observer.c"]))
            var talk = QUICTalk(name: "api.openai.com")
            let stream = HTTP3Writer.post("api.openai.com", path: "/v1/chat/completions", body)
            let id = [UInt8](repeating: 0xC1, count: 8)
            let home = PacketBuilder(
                from: SocketAddress(IPAddress(ipv4: 0xC000_0201), 50_000),
                to: SocketAddress(IPAddress(ipv4: 0xC633_6402), 443)
            )
            var away = home
            away.source = SocketAddress(IPAddress(ipv4: 0xC000_02FE), 61_000)
            var sent = [
                home.udp(payload: try talk.opening()), home.reversed.udp(payload: try talk.answer()),
                home.udp(payload: try talk.closing(QUICWriter.stream(2, [0, 4, 0]))),
                home.reversed.udp(payload: try talk.serverShort(QUICWriter.newConnectionID(id))),
            ]
            for start in Swift.stride(from: 0, to: stream.count, by: 1_000) {
                let end = min(stream.count, start + 1_000)
                let frame = QUICWriter.stream(0, stream[start..<end], at: start, isFinal: end == stream.count)
                let hasMoved = start >= 2_000
                let packet = try talk.short(frame, destination: hasMoved ? id : nil)
                sent.append((hasMoved ? away : home).udp(payload: packet))
            }
            let folder = try TemporaryFolder()
            let frames = sent.enumerated().map { index, octets in
                CapturedFrame(octets, at: Timestamp(nanoseconds: 1_790_000_000_000_000_000 + Int64(index) * 1_000_000))
            }
            let path = try folder.write(CaptureFile.pcap(frames), to: "moves.pcap")
            let keys = try folder.write(Array(talk.keyLog().utf8), to: "moves.keys")
            let scan = try Weir.scan([path], keys: [keys])
            #expect(scan.leaks.map { $0["path"].string } == ["foc_observer.c"])
            #expect(scan.requests.count == 1 && scan.requests.first?["request_bytes"].integer == body.count)
            #expect(scan.requests.first?["opaque"].array.isEmpty == true)
            let options = [
                "scan", "--index", try Fixtures.index(), "--keylog", keys, "--format", "jsonl", "--events",
                "incident,llm,stats", path, "--workers",
            ]
            for workers in ["1", "2", "4", "16"] {
                #expect(try Weir.run(options + [workers]).output == scan.outcome.output)
            }
        }

        @Test("any number of threads prints the same")
        func workers() throws {
            let truths = Fixtures.overQUIC
            let keys = truths.flatMap { ["--keylog", $0.keys] }
            let inputs = ["--index", try Fixtures.index()] + keys + truths.map(\.path)
            let arguments = ["scan", "--format", "jsonl", "--events", "incident,llm,stats"] + inputs
            let one = try Weir.run(arguments + ["--workers", "1"])
            for workers in ["2", "4", "16"] {
                let many = try Weir.run(arguments + ["--workers", workers])
                #expect(one.output == many.output && !one.output.isEmpty)
            }
        }

        @Test("the daemon reads it like a scan does")
        func daemon() throws {
            let truth = try #require(Fixtures.overQUIC.first { $0.name == "h3-aioquic-multi" })
            let folder = try TemporaryFolder()
            let output = folder.file("out.jsonl")
            let outcome = try Weir.run([
                "run", "-r", truth.path, "--index", Fixtures.index(), "--keylog", truth.keys, "--events",
                "incident,llm", "-o", output,
            ])
            #expect(outcome.status == 1, "\(outcome.diagnostics)")
            let text = String(decoding: try Data(contentsOf: URL(filePath: output)), as: UTF8.self)
            let records = try text.split(separator: "\n").map { try JSON(line: String($0)) }
            let requests = records.filter { $0["event_type"].string == "llm" }
            #expect(requests.count == 9 && requests.allSatisfy { $0["llm"]["visibility"].string == "decrypted" })
        }
    }
}
