import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite(
        "Live TLS between two network namespaces, read with key logs",
        .enabled(if: NetworkPair.secureObstacle == nil, "skipped, since it \(NetworkPair.secureObstacle ?? "")")
    )
    struct LiveDecryptionTests {
        @Test(
            "what a client with a key log uploads is found within a second",
            arguments: ["1.2", "1.3"],
            ["http1.1", "http2"]
        )
        func keyLog(version: String, http: String) throws {
            let (network, folder) = (try NetworkPair(speaksTLS: true), try TemporaryFolder())
            let keys = folder.file("client.keys")
            let weir = try start(network, folder, keyLog: keys)
            let body = try folder.write(Prompt.chat(try Prompt.files(["foc_observer.c"])), to: "body.json")
            let options = network.directly("api.openai.com") + ["--tlsv\(version)", "--tls-max", version, "--\(http)"]
            let curl = try network.startSecurePost(body, options: options, environment: ["SSLKEYLOGFILE": keys])
            let record = try expectIncident(of: "foc_observer.c", by: curl, weir, folder)
            #expect(record["tls"]["version"].string == "TLS \(version)")
            #expect(record["tls"]["sni"].string == "api.openai.com")
            let events = try stop(weir, folder)
            let requests = events.filter { $0["event_type"].string == "llm" }
            #expect(requests.map { $0["app_proto"].string } == [http == "http2" ? "http2" : "http"])
            let stats = try #require(events.last { $0["event_type"].string == "stats" }?["stats"])
            #expect((stats["keys"]["used"].integer ?? 0) > 0)
            #expect(stats["keys"]["sessions_without"].integer == 0)
        }

        @Test("a key log that is removed, renamed and cut while uploads go on loses none of them")
        func rotation() throws {
            let (network, folder) = (try NetworkPair(speaksTLS: true), try TemporaryFolder())
            let keys = folder.file("client.keys")
            let weir = try start(network, folder, keyLog: keys)
            var generator = SeededGenerator(seed: 4)
            let letters = Array("abcdefghijklmnopqrstuvwxyz     \n".utf8)
            let filler = (0..<1_200_000).map { _ in letters[Int.random(in: 0..<letters.count, using: &generator)] }
            let uploads = [
                ("api.openai.com", "foc_observer.c"), ("api.anthropic.com", "berth_pricing.py"),
                ("api.mistral.ai", "reefbus_arbiter.v"), ("openrouter.ai", "LanternSync.swift"),
            ]
            var clients: [Program] = []
            for (index, (host, file)) in uploads.enumerated() {
                // What leaks comes last, long after the log was touched.
                let body = try folder.write(Prompt.chat(filler + (try Prompt.files([file]))), to: "\(file).json")
                let size = folder.read("client.keys").utf8.count
                let options = network.directly(host) + ["--limit-rate", "400k"]
                let environment = ["SSLKEYLOGFILE": keys]
                clients.append(
                    try network.startSecurePost(body, host: host, options: options, environment: environment)
                )
                let isWritten = poll(seconds: 5) { folder.read("client.keys").utf8.count > size ? true : nil }
                #expect(isWritten == true)
                // A log that goes before anybody has looked at it is lost to all.
                usleep(400_000)
                switch index {
                case 0: try FileManager.default.removeItem(atPath: keys)
                case 1: try FileManager.default.moveItem(atPath: keys, toPath: keys + ".1")
                case 2: try FileHandle(forWritingTo: URL(filePath: keys)).truncate(atOffset: 0)
                default: break
                }
            }
            #expect(clients.allSatisfy { $0.isRunning })
            for client in clients { #expect(try client.wait().status == 0) }
            let wanted = Set(uploads.map(\.1))
            let found = poll(seconds: 5) { () -> Bool? in
                let leaks = folder.records("incidents.jsonl").flatMap { $0["incident"]["leaks"].array }
                return wanted.isSubset(of: leaks.compactMap { $0["path"].string }) ? true : nil
            }
            #expect(found == true)
            let events = try stop(weir, folder)
            #expect(events.count { $0["event_type"].string == "llm" } == uploads.count)
            let stats = try #require(events.last { $0["event_type"].string == "stats" }?["stats"])
            #expect(stats["keys"]["sessions_without"].integer == 0)
        }

        @Test(
            "what curl and a Python SDK send through an intercepting proxy is read with the proxy's key log",
            .enabled(if: InterceptingProxy.obstacle == nil, "skipped, since it \(InterceptingProxy.obstacle ?? "")")
        )
        func proxy() throws {
            let (network, folder) = (try NetworkPair(speaksTLS: true), try TemporaryFolder())
            let proxy = try InterceptingProxy(network, in: folder)
            defer { proxy.stop() }
            let body = try folder.write(Prompt.chat(try Prompt.files(["foc_observer.c"])), to: "body.json")
            let text = try folder.write(try Prompt.files(["berth_pricing.py"]), to: "prompt.txt")
            let program = """
                import sys, openai
                client = openai.OpenAI(api_key="sk-none", max_retries=0, timeout=20)
                messages = [{"role": "user", "content": open(sys.argv[1]).read()}]
                print(client.chat.completions.create(model="gpt-test", messages=messages).object)
                """
            let script = try folder.write(program, to: "client.py")
            for (file, tool) in [("foc_observer.c", "curl"), ("berth_pricing.py", "openai-sdk")] {
                let output = try TemporaryFolder()
                let weir = try start(network, output, keyLog: proxy.keyLog)
                let client =
                    tool == "curl"
                    ? try network.startSecurePost(body, options: ["-x", proxy.url, "--cacert", proxy.authority])
                    : try network.start(
                        InterceptingProxy.python,
                        [script, text],
                        environment: ["HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": proxy.authority]
                    )
                let record = try expectIncident(of: file, by: client, weir, output)
                #expect(record["tls"]["sni"].string == "api.openai.com")
                let requests = try stop(weir, output).filter { $0["event_type"].string == "llm" }
                #expect(requests.map { $0["llm"]["client"]["tool"].string } == [tool])
            }
        }

        private func start(_ network: NetworkPair, _ folder: TemporaryFolder, keyLog: String) throws -> Program {
            try network.startWeir(["--keylog", keyLog, "--index", Fixtures.index(), "--log-dir", folder.path])
        }

        /// Waits for a client to end and an incident to follow within a second; returns its first record.
        private func expectIncident(
            of file: String,
            by client: Program,
            _ weir: Program,
            _ folder: TemporaryFolder
        ) throws -> JSON {
            let answer = try client.wait()
            let lastOctet = ContinuousClock.now
            #expect(answer.status == 0 && answer.output.contains("chat.completion"), "\(answer.diagnostics)")
            let record = try #require(
                poll(seconds: 5) { folder.records("incidents.jsonl").first },
                "\(weir.diagnostics)"
            )
            #expect(ContinuousClock.now - lastOctet <= .seconds(1))
            #expect(record["incident"]["leaks"].array.map { $0["path"].string } == [file])
            return record
        }

        /// Ends the daemon; returns its events, whose requests must all have been read.
        private func stop(_ weir: Program, _ folder: TemporaryFolder) throws -> [JSON] {
            weir.send(SIGTERM)
            let outcome = try weir.wait(seconds: 10)
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            let events = folder.records("events.jsonl")
            for event in events where event["event_type"].string == "llm" {
                #expect(event["llm"]["visibility"].string == "decrypted")
                #expect(event["llm"]["opaque"].array.isEmpty)
                expectBalance(event["llm"])
            }
            return events
        }
    }
}
