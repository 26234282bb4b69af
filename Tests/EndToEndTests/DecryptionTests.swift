import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("TLS that is decrypted with keys")
    struct DecryptionTests {
        @Test("the fixtures are there")
        func fixtures() {
            #expect(Fixtures.decryptable.count == 28)
        }

        @Test("each leak inside TLS is named, on the record of a decrypted request", arguments: Fixtures.decryptable)
        func leaks(truth: Fixtures.Decryptable) throws {
            guard truth.recoverable else { return }
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
                #expect(record["tls"]["sni"].string == truth.host)
                #expect(record["tls"]["ja4"].string?.isEmpty == false)
                #expect(record["http"]["hostname"].string == truth.host)
                #expect(record["llm"]["evidence"].strings.prefix(2) == ["sni", "host"])
                expectBalance(record["llm"])
            }
            #expect(Set(ours.compactMap { $0["app_proto"].string }) == Set(truth.protocols))
            let tools = ours.compactMap { $0["llm"]["client"]["tool"].string }
            if let tool = truth.tool { #expect(tools.contains(tool), "wanted \(tool), got \(tools)") }
            let keys = try #require(scan.records("stats").first?["stats"]["keys"])
            #expect((keys["read"].integer ?? 0) > 0)
            #expect((keys["used"].integer ?? 0) > 0)
            #expect(keys["sessions_without"].integer == 0)
        }

        @Test("the mirror of a decrypted capture gives the same leak and figures")
        func mirror() throws {
            let name = "sdk-anthropic-toolresult"
            let truth = try #require(Fixtures.decryptable.first { $0.name == name })
            let inside = try Weir.scan([truth.path], keys: [truth.keys])
            let clear = try Weir.scan(fixture: "mirror-" + name)
            #expect(inside.leaks == clear.leaks)
            for field in ["host", "service", "operation", "model", "request_bytes", "inspected_bytes", "client"] {
                #expect(inside.requests.map { $0[field] } == clear.requests.map { $0[field] })
            }
        }

        @Test("without this session's keys the reason is no_key, without any source of keys encrypted")
        func withoutKeys() throws {
            let truth = try #require(Fixtures.decryptable.first { $0.name == "tls12-cbc-no-etm" })
            let other = try #require(Fixtures.decryptable.first { $0.name == "tls13-aes128gcm" })
            let folder = try TemporaryFolder()
            let empty = try folder.write([], to: "empty.keys")
            let sources: [([String], String)] = [([], "encrypted"), ([other.keys], "no_key"), ([empty], "no_key")]
            for (keys, reason) in sources {
                let scan = try Weir.scan([truth.path], keys: keys)
                #expect(scan.outcome.status == 0)
                #expect(scan.requests.map { $0["visibility"].string } == ["metadata_only"])
                #expect(scan.requests.first?["opaque"].array.map { $0["reason"].string } == [reason])
                #expect(scan.records("stats").first?["stats"]["keys"]["sessions_without"].integer == 1)
            }
            let midstream = try #require(Fixtures.decryptable.first { $0.name == "net-midstream-tls" })
            let joined = try Weir.scan([midstream.path], keys: [midstream.keys])
            #expect(joined.outcome.status == 0 && joined.leaks.isEmpty)
        }

        @Test("key logs: several, with bad lines, in pcapng, missing")
        func sources() throws {
            let truth = try #require(Fixtures.decryptable.first { $0.name == "tls12-cbc-no-etm" })
            let folder = try TemporaryFolder()
            let lines = String(decoding: try Data(contentsOf: URL(filePath: truth.keys)), as: UTF8.self)
            let noisy = try folder.write(
                Array("# mine\r\nnot a line of my secret log\r\n\r\n\(lines)\nCLIENT_RANDOM 00 11\n".utf8),
                to: "noisy.keys"
            )
            let empty = try folder.write([], to: "empty.keys")
            let scan = try Weir.scan([truth.path], keys: [empty, noisy])
            #expect(scan.outcome.status == 1)
            #expect(scan.outcome.diagnosticLines.filter { $0.contains("noisy.keys:2:") }.count == 1)
            #expect(!scan.outcome.diagnostics.contains("secret log"))
            let stats = try #require(scan.records("stats").first?["stats"])
            #expect(stats["keys"]["read"].integer == 1)
            #expect(stats["errors"]["key_log_line"].integer == 2)
            let missing = try Weir.run("scan", "--keylog", folder.file("none.keys"), truth.path)
            missing.expectFailure(66, naming: "none.keys")
            let (frames, linkType) = try Fixtures.frames(truth.path)
            let inside = CaptureFile.pcapng(frames, linkType: linkType, secrets: Array(lines.utf8))
            let carried = try Weir.scan([folder.write(inside, to: "inside.pcapng")], keys: [])
            #expect(carried.leaks == scan.leaks && !carried.leaks.isEmpty)
            #expect(carried.records("stats").first?["stats"]["keys"]["read"].integer == 1)
        }

        @Test("the daemon follows key logs, and the configuration may name them")
        func daemon() throws {
            let truth = try #require(Fixtures.decryptable.first { $0.name == "tls12-rsa-kx-aes128gcm" })
            let folder = try TemporaryFolder()
            let configuration = try folder.write(
                Array("[tls]\nkey_logs = [\"\(truth.keys)\"]\n".utf8),
                to: "weir.toml"
            )
            for options in [["--keylog", truth.keys], ["-c", configuration]] {
                let output = folder.file("out-\(options[0]).jsonl")
                let outcome = try Weir.run(
                    [
                        "run", "-r", truth.path, "--index", Fixtures.index(), "--events", "incident,llm,stats", "-o",
                        output,
                    ]
                        + options
                )
                #expect(outcome.status == 1, "\(outcome.diagnostics)")
                let text = String(decoding: try Data(contentsOf: URL(filePath: output)), as: UTF8.self)
                let records = try text.split(separator: "\n").map { try JSON(line: String($0)) }
                let requests = records.filter { $0["event_type"].string == "llm" }
                #expect(requests.map { $0["llm"]["visibility"].string } == ["decrypted"])
                let stats = try #require(records.last { $0["event_type"].string == "stats" }?["stats"])
                #expect(stats["keys"]["read"].integer == 1 && stats["keys"]["used"].integer == 1)
            }
        }

        @Test("any number of threads prints the same")
        func workers() throws {
            let truths = Fixtures.decryptable
            let keys = truths.flatMap { ["--keylog", $0.keys] }
            let inputs = ["--index", try Fixtures.index()] + keys + truths.map(\.path)
            let arguments = ["scan", "--format", "jsonl", "--events", "incident,llm,stats"] + inputs
            let one = try Weir.run(arguments + ["--workers", "1"])
            let many = try Weir.run(arguments + ["--workers", "7"])
            #expect(one.output == many.output && !one.output.isEmpty)
        }
    }
}
