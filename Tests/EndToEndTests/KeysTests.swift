import Foundation
import Glibc
import TestSupport
import Testing
import Wire

extension EndToEnd {
    @Suite("Keys that are pushed, and keys that are not as they should be")
    struct KeysTests {
        private static func truth(_ name: String = "tls12-rsa-kx-aes128gcm") throws -> Fixtures.Decryptable {
            try #require(Fixtures.decryptable.first { $0.name == name })
        }

        /// A daemon that takes keys at a socket and reads a capture once `feed` brings it.
        private final class Daemon {
            let folder: TemporaryFolder
            let program: Program
            var socket: String { folder.file("keys.sock") }

            init(_ settings: String = "") throws {
                folder = try TemporaryFolder()
                let fifo = folder.file("capture")
                try #require(Program("/usr/bin/mkfifo", [fifo]).wait().status == 0)
                let configuration = "[tls]\nkey_socket = \"\(folder.file("keys.sock"))\"\n" + settings
                program = try Program(
                    Weir.binary(),
                    [
                        "run", "-r", fifo, "-c", folder.write(configuration, to: "weir.toml"), "--index",
                        Fixtures.index(), "--events", "incident,llm,stats", "-o", folder.file("out.jsonl"),
                    ]
                )
                let socket = folder.file("keys.sock")
                let isThere = poll(seconds: 20) { FileManager.default.fileExists(atPath: socket) ? true : nil }
                try #require(isThere == true, "\(program.diagnostics)")
            }

            func feed(_ capture: String) throws -> (outcome: Program.Outcome, records: [JSON]) {
                let fed = try Program("/bin/sh", ["-c", "cat \"$0\" >\"$1\"", capture, folder.file("capture")])
                _ = try fed.wait()
                let outcome = try program.wait(seconds: 30)
                let lines = folder.read("out.jsonl").split(separator: "\n")
                return (outcome, try lines.map { try JSON(line: String($0)) })
            }
        }

        @Test("keys that are pushed from a file or through a pipe open what the daemon then captures")
        func push() throws {
            let truth = try Self.truth()
            for isPiped in [false, true] {
                let daemon = try Daemon()
                let pushed =
                    isPiped
                    ? try Weir.shell("cat '\(truth.keys)' | \"$@\"", "keys", "push", "--socket", daemon.socket, "-")
                    : try Weir.run("keys", "push", "-c", daemon.folder.file("weir.toml"), truth.keys)
                #expect(pushed.status == 0 && pushed.output.isEmpty && pushed.diagnostics.isEmpty, "\(pushed)")
                let (outcome, records) = try daemon.feed(truth.path)
                #expect(outcome.status == 1, "\(outcome.diagnostics)")
                let requests = records.filter { $0["event_type"].string == "llm" }
                #expect(requests.map { $0["llm"]["visibility"].string } == ["decrypted"])
                let keys = try #require(records.last { $0["event_type"].string == "stats" })["stats"]["keys"]
                #expect(keys["read"].integer == 1 && keys["used"].integer == 1)
                #expect(keys["sessions_without"].integer == 0)
                #expect(!FileManager.default.fileExists(atPath: daemon.socket))
            }
        }

        @Test("what goes wrong with a push is one line and a status of its own")
        func failures() throws {
            let daemon = try Daemon()
            let folder = daemon.folder
            let bad = try folder.write("CLIENT_RANDOM 00 11\n# x\nsecret words\n", to: "bad.keys")
            let cases: [([String], Int32, String)] = [
                (["--socket", folder.file("none.sock"), bad], 69, "not there"),
                (["--socket", bad, bad], 69, "nobody listens there"),
                (["--socket", daemon.socket, folder.file("none.keys")], 66, "no such file"),
                (["--socket", daemon.socket, folder.path], 66, "cannot be read"),
                (["--socket", daemon.socket, bad], 65, "bad.keys:1: and 1 later lines are none of a key log"),
                (["-c", folder.file("none.toml"), bad], 66, "none.toml"),
                (["--sokcet", bad], 64, "see 'weir keys push --help'"),
            ]
            for (arguments, status, text) in cases {
                let outcome = try Weir.run(["keys", "push"] + arguments)
                #expect(outcome.status == status && outcome.diagnosticLines.count == 1, "\(arguments): \(outcome)")
                #expect(
                    outcome.diagnostics.contains(text) && !outcome.diagnostics.contains("secret words"),
                    "\(outcome)"
                )
                #expect(outcome.output.isEmpty)
            }
            let help = try Weir.run("keys", "push", "--help")
            #expect(help.status == 0 && help.output.contains("EXAMPLE:") && help.output.contains("weir keys push -"))
        }

        @Test("one socket has one daemon; a killed one's is taken over")
        func twoDaemons() throws {
            let first = try Daemon()
            let arguments = ["run", "-r", try Self.truth().path, "-c", first.folder.file("weir.toml")]
            let log = ["--log-dir", first.folder.path]
            let second = try Weir.run(arguments + log)
            #expect(second.status == 69, "\(second)")
            #expect(second.diagnosticLines.last?.contains("key socket: another program listens there") == true)
            first.program.send(SIGKILL)
            _ = try first.program.wait()
            #expect(FileManager.default.fileExists(atPath: first.socket))
            let third = try Weir.run(arguments + log)
            #expect(third.status == 0, "\(third)")
        }

        @Test("who may not push is refused by the kernel's word, and who is named may", .enabled(if: geteuid() == 0))
        func users() throws {
            // A place that others can reach, which the tests' own folder need not be.
            let place = try TemporaryFolder(within: "/tmp")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.path)
            let weir = place.file("weir")
            try FileManager.default.copyItem(atPath: Weir.binary(), toPath: weir)
            let log = try place.write("# nothing\n", to: "keys")
            func push(_ socket: String) throws -> Program.Outcome {
                let someone = ["--reuid=65534", "--regid=65534", "--clear-groups", weir, "keys", "push", "--socket"]
                return try Program("/usr/bin/setpriv", someone + [socket, log]).wait()
            }
            for (settings, status) in [
                ("", 77), ("key_socket_users = [\"12345\"]\n", 77), ("key_socket_users = [\"nobody\"]\n", 0),
                ("key_socket_group = \"65534\"\n", 0),
            ] as [(String, Int32)] {
                let socket = place.file("s")
                let configuration = "[tls]\nkey_socket = \"\(socket)\"\n" + settings
                let fifo = place.file("fifo")
                _ = try Program("/usr/bin/mkfifo", [fifo]).wait()
                let daemon = try Program(
                    weir,
                    [
                        "run", "-r", fifo, "-c", place.write(configuration, to: "weir.toml"), "-o",
                        place.file("out"),
                    ],
                    environment: ["WEIR_DATA": Fixtures.checkout.appending(path: "config").path]
                )
                let isThere = poll(seconds: 20) { FileManager.default.fileExists(atPath: socket) ? true : nil }
                try #require(isThere == true, "\(daemon.diagnostics)")
                let outcome = try push(socket)
                #expect(outcome.status == status, "\(settings): \(outcome) \(daemon.diagnostics)")
                daemon.stop()
                try? FileManager.default.removeItem(atPath: socket)
            }
        }

        @Test("users and groups that are none are errors of the configuration")
        func unknownAccounts() throws {
            let folder = try TemporaryFolder()
            for (line, text) in [
                (
                    "key_socket_users = [\"0\",\n \"no-such-user\"]",
                    "weir.toml:4: tls.key_socket_users names no-such-user"
                ),
                ("key_socket_group = \"no-such\"", "weir.toml:3: tls.key_socket_group names no-such"),
            ] {
                let path = try folder.write("[tls]\nkey_socket = \"/tmp/x/s\"\n\(line)\n", to: "weir.toml")
                let outcome = try Weir.run("config", "check", path)
                #expect(outcome.status == 78 && outcome.diagnostics.contains(text), "\(outcome)")
            }
        }

        @Test("keys twice, wrong, cut off, and of other sessions are counted, and said once")
        func strangeKeys() throws {
            let truth = try Self.truth()
            let other = try Self.truth("tls13-aes128gcm")
            let text = String(decoding: try Data(contentsOf: URL(filePath: truth.keys)), as: UTF8.self)
            let line = try #require(text.split(separator: "\n").last { $0.hasPrefix("CLIENT_RANDOM") })
            let words = line.split(separator: " ")
            let wrong = "\(words[0]) \(words[1]) \(String(repeating: "5a", count: 48))\n"
            let others = String(decoding: try Data(contentsOf: URL(filePath: other.keys)), as: UTF8.self)
            let count = others.split(separator: "\n").filter { !$0.hasPrefix("#") }.count
            struct Expected {
                var read = 1
                var used = 1
                var without = 0
                var repeated: Int?
                var replaced: Int?
                var badLines: Int?
                var said = 0
            }
            let cases: [(String, Expected)] = [
                ("\(line)\n\(line)\n\(line)\n", Expected(read: 3, repeated: 2)),
                (wrong, Expected(used: 0, without: 1)),
                ("\(wrong)\(line)\n", Expected(read: 2, replaced: 1, said: 1)),
                ("\(line)\n\(line.dropLast(7))", Expected(badLines: 1, said: 1)),
                ("\(line.dropLast(7))\nx\nx\n", Expected(read: 0, used: 0, without: 1, badLines: 3, said: 1)),
                (others, Expected(read: count, used: 0, without: 1)),
                ("", Expected(read: 0, used: 0, without: 1)),
            ]
            let folder = try TemporaryFolder()
            for (log, expected) in cases {
                let scan = try Weir.scan([truth.path], keys: [folder.write(log, to: "keys")])
                let stats = try #require(scan.records("stats").first)["stats"]
                #expect(stats["keys"]["read"].integer == expected.read, "\(expected)")
                #expect(stats["keys"]["used"].integer == expected.used, "\(expected)")
                #expect(stats["keys"]["sessions_without"].integer == expected.without, "\(expected)")
                #expect(stats["keys"]["repeated"].integer == expected.repeated, "\(expected)")
                #expect(stats["keys"]["replaced"].integer == expected.replaced, "\(expected)")
                #expect(stats["errors"]["key_log_line"].integer == expected.badLines, "\(expected)")
                let said = scan.outcome.diagnosticLines.filter { $0.contains("key log") }
                #expect(said.count == expected.said, "\(said)")
                let reasons = scan.requests.flatMap { $0["opaque"].array.compactMap { $0["reason"].string } }
                #expect(reasons.contains("no_key") == (expected.without == 1), "\(reasons)")
            }
        }
    }

    @Suite(
        "Keys that come late, live",
        .enabled(if: NetworkPair.replayObstacle == nil, "skipped, since it \(NetworkPair.replayObstacle ?? "")")
    )
    struct LateKeysTests {
        /// A connection over which code is posted, and that then falls silent without an end.
        private static func frames(_ talk: TLSTalk, client number: Int) throws -> [CapturedFrame] {
            let body = Prompt.chat(try Prompt.files(["foc_observer.c"]))
            let head =
                "POST /v1/chat/completions HTTP/1.1\r\nHost: api.openai.com\r\nContent-Length: \(body.count)\r\n\r\n"
            var client = talk.writer("CLIENT_TRAFFIC_SECRET_0")
            var server = talk.writer("SERVER_TRAFFIC_SECRET_0")
            let opening = try talk.opening(&client, name: "api.openai.com")
            let hello = talk.clientHello("api.openai.com").count
            // Each from an address of its own, or else all would be one incident.
            let builder = PacketBuilder(
                from: SocketAddress(IPAddress(ipv4: 0xC000_0210 + UInt32(number)), 50_000),
                to: SocketAddress(IPAddress(ipv4: 0xC633_6402), 443)
            )
            var conversation = TCPConversation(builder)
            conversation.open()
            conversation.send(Array(opening[..<hello]), .toServer)
            conversation.send(try talk.greeting(&server), .toClient)
            conversation.send(Array(opening[hello...]), .toServer)
            conversation.send(try client.records(Array(head.utf8) + body), .toServer)
            return conversation.frames
        }

        @Test(
            "a silent connection is read when its keys come, from a log or pushed, and its incident is there in a second"
        )
        func lateKeys() throws {
            let (network, folder) = (try NetworkPair(), try TemporaryFolder())
            let socket = folder.file("keys.sock")
            let settings = try folder.write("[tls]\nkey_socket = \"\(socket)\"\n", to: "weir.toml")
            let keys = folder.file("later/keys")
            let weir = try network.startWeir([
                "-c", settings, "--keylog", keys, "--index", Fixtures.index(), "--log-dir", folder.path,
            ])
            for (number, isPushed) in [false, true].enumerated() {
                let talk = TLSTalk(.aes128GCM, version: number == 0 ? 0x0304 : 0x0303, seed: UInt32(40 + number))
                let capture = try CaptureFile.pcap(Self.frames(talk, client: number))
                let path = try folder.write(capture, to: "late.pcap")
                #expect(try network.startReplay(path, ["-t"]).wait(seconds: 20).status == 0)
                usleep(300_000)
                let known = Self.incidents(folder).count
                #expect(known == number, "\(weir.diagnostics)")
                let start = ContinuousClock.now
                if isPushed {
                    let lines = try folder.write(talk.keyLog(), to: "push.keys")
                    #expect(try Weir.run("keys", "push", "--socket", socket, lines).status == 0)
                } else {
                    // The log's folder does not exist until now.
                    try folder.write(talk.keyLog(), to: "later/keys")
                }
                let isThere = poll(seconds: 5) { Self.incidents(folder).count > known ? true : nil }
                #expect(isThere == true, "\(weir.diagnostics)")
                #expect(ContinuousClock.now - start <= .seconds(1))
            }
            // One more, of which no key comes.
            let without = try CaptureFile.pcap(Self.frames(TLSTalk(seed: 90), client: 9))
            #expect(
                try network.startReplay(folder.write(without, to: "none.pcap"), ["-t"]).wait(seconds: 20).status == 0
            )
            usleep(2_500_000)
            weir.send(SIGTERM)
            #expect(try weir.wait(seconds: 10).status == 0)
            let events = Self.records(folder, "events.jsonl")
            let requests = events.filter { $0["event_type"].string == "llm" }
            #expect(
                requests.compactMap { $0["llm"]["visibility"].string }.sorted() == [
                    "decrypted", "decrypted", "metadata_only",
                ]
            )
            let unread = try #require(requests.first { $0["llm"]["visibility"].string == "metadata_only" })
            #expect(unread["llm"]["opaque"][0]["reason"].string == "no_key")
            for request in requests { expectBalance(request["llm"]) }
            let stats = try #require(events.last { $0["event_type"].string == "stats" })["stats"]
            #expect(stats["keys"]["read"].integer == 6 && stats["keys"]["sessions_without"].integer == 1)
        }

        @Test("a log that is renamed, cut, removed and made anew mid-way loses no connection that has keys")
        func rotation() throws {
            let (network, folder) = (try NetworkPair(), try TemporaryFolder())
            let keys = try folder.write("", to: "keys")
            let weir = try network.startWeir(["--keylog", keys, "--index", Fixtures.index(), "--log-dir", folder.path])
            let writer = try FileHandle(forWritingTo: URL(filePath: keys))
            let files = FileManager.default
            func append(_ lines: String) throws {
                let file = try FileHandle(forWritingTo: URL(filePath: keys))
                try file.seekToEnd()
                try file.write(contentsOf: Data(lines.utf8))
            }
            let steps: [(String) throws -> Void] = [
                { try writer.write(contentsOf: Data($0.utf8)) },
                {
                    // Who writes has not learnt yet that its file has another name.
                    try files.moveItem(atPath: keys, toPath: keys + ".1")
                    try folder.write("", to: "keys")
                    try writer.write(contentsOf: Data($0.utf8))
                },
                { try append($0) },
                {
                    try FileHandle(forWritingTo: URL(filePath: keys)).truncate(atOffset: 0)
                    try append($0)
                },
                {
                    try files.removeItem(atPath: keys)
                    try folder.write($0, to: "keys")
                },
                {
                    let new = try folder.write($0, to: "new")
                    try files.removeItem(atPath: keys)
                    try files.moveItem(atPath: new, toPath: keys)
                },
            ]
            for (number, step) in steps.enumerated() {
                let talk = TLSTalk(seed: UInt32(20 * number + 3))
                let capture = try CaptureFile.pcap(Self.frames(talk, client: number))
                #expect(
                    try network.startReplay(folder.write(capture, to: "r.pcap"), ["-t"]).wait(seconds: 20).status == 0
                )
                try step(talk.keyLog())
                let isThere = poll(seconds: 5) { Self.incidents(folder).count > number ? true : nil }
                #expect(isThere == true, "step \(number): \(weir.diagnostics)")
            }
            weir.send(SIGTERM)
            #expect(try weir.wait(seconds: 10).status == 0)
        }

        private static func incidents(_ folder: TemporaryFolder) -> [JSON] {
            records(folder, "incidents.jsonl").filter { $0["incident"]["state"].string == "opened" }
        }

        private static func records(_ folder: TemporaryFolder, _ name: String) -> [JSON] {
            let lines = folder.read(name).split(separator: "\n", omittingEmptySubsequences: false)
            return lines.dropLast().compactMap { try? JSON(line: String($0)) }
        }
    }
}
