import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite(
        "A daemon in trouble",
        .enabled(if: NetworkPair.replayObstacle == nil, "skipped, since it \(NetworkPair.replayObstacle ?? "")")
    )
    struct FaultTests {
        private static let pace = ["--mbps", "20", "--unique-ip", "--loop"]

        @Test("kill -9 under load leaves whole lines; a line that was cut off is ended when it is started again")
        func killed() throws {
            let (network, folder) = (try NetworkPair(), try TemporaryFolder())
            let capture = try LoadCapture(in: folder)
            let arguments = ["--index", try Fixtures.index(), "--log-dir", folder.path]
            let weir = try network.startWeir(arguments)
            let sender = try network.startReplay(capture.path, Self.pace + ["20"])
            let isWritten = poll(seconds: 20) { folder.read("incidents.jsonl").utf8.count > 20_000 ? true : nil }
            #expect(isWritten == true)
            weir.send(SIGKILL)
            #expect(try weir.wait(seconds: 5).status == -SIGKILL)
            _ = try sender.wait(seconds: 30)
            for name in ["incidents.jsonl", "events.jsonl"] {
                // The kernel may take part of a line at the kill; nothing before it may be touched.
                let lines = folder.read(name).split(separator: "\n", omittingEmptySubsequences: false)
                for line in lines.dropLast() { _ = try JSON(line: String(line)) }
            }

            let cut = #"{"event_type":"llm","flow"#
            let events = folder.read("events.jsonl")
            let whole = String(
                events[..<(events.lastIndex(of: "\n").map { events.index(after: $0) } ?? events.startIndex)]
            )
            try folder.write(whole + cut, to: "events.jsonl")
            let again = try network.startWeir(arguments)
            #expect(again.diagnostics.contains("events.jsonl: the last line was cut off"))
            again.send(SIGTERM)
            #expect(try again.wait(seconds: 10).status == 0)
            let lines = folder.read("events.jsonl").dropFirst(whole.count).split(separator: "\n")
            #expect(lines.first.map(String.init) == cut)
            let rest = try lines.dropFirst().map { try JSON(line: String($0)) }
            #expect((rest.last?["stats"]["limits"]["lines_cut"].integer ?? 0) >= 1)
        }

        @Test("a full disk under the log is told, counted, and outlived")
        func fullDisk() throws {
            let (network, folder) = (try NetworkPair(), try TemporaryFolder())
            let capture = try LoadCapture(in: folder)
            try folder.write([], to: "log/mountpoint")
            let log = folder.file("log")
            // A program that keeps a namespace of mounts, in which the log's folder is a small disk, nearly full.
            let script = """
                mount -t tmpfs -o size=256k tmpfs "$0" && head -c 200000 /dev/zero > "$0/filler" && echo ready && exec sleep 120
                """
            let keeper = try Program(
                "/usr/bin/unshare",
                ["-m", "--propagation", "private", "/bin/sh", "-c", script, log]
            )
            defer { keeper.stop() }
            let inside = "/proc/\(keeper.identifier)/root\(log)"
            let isMounted = poll(seconds: 10) {
                FileManager.default.fileExists(atPath: inside + "/filler") ? true : nil
            }
            try #require(isMounted == true, "\(keeper.diagnostics)")
            func read(_ name: String) -> String {
                (try? String(contentsOfFile: "\(inside)/\(name)", encoding: .utf8)) ?? ""
            }

            let weir = try network.startWeir(
                ["--index", Fixtures.index(), "--log-dir", log],
                wrapper: ["/usr/bin/nsenter", "-m", "-t", "\(keeper.identifier)", "--"]
            )
            #expect(try network.startReplay(capture.path, Self.pace + ["8"]).wait(seconds: 30).status == 0)
            let isTold = poll(seconds: 10) { weir.diagnostics.contains("No space left on device") ? true : nil }
            #expect(isTold == true, "\(weir.diagnostics)")
            usleep(1_500_000)
            let words = "records are being lost"
            let complaints = weir.diagnosticLines.filter { $0.contains(words) }
            #expect(complaints.count == 1, "\(weir.diagnostics)")

            try FileManager.default.removeItem(atPath: inside + "/filler")
            let old = read("events.jsonl").utf8.count
            let body = try folder.write(Prompt.chat(try Prompt.files(["foc_observer.c"])), to: "body.json")
            #expect(try network.startPost(body).wait().status == 0)
            let isWritten = poll(seconds: 10) { read("events.jsonl").utf8.count > old ? true : nil }
            #expect(isWritten == true)
            let isOver = poll(seconds: 10) { weir.diagnostics.contains("records are written again") ? true : nil }
            #expect(isOver == true, "\(weir.diagnostics)")
            weir.send(SIGTERM)
            let outcome = try weir.wait(seconds: 20)
            #expect(outcome.status == 0, "\(outcome.diagnostics)")

            let events = try read("events.jsonl").split(separator: "\n").map { try JSON(line: String($0)) }
            let stats = try #require(events.last)["stats"]
            expectLedger(stats)
            let requests = events.filter { $0["event_type"].string == "llm" && $0["llm"]["partial"] == .null }
            let missing = try #require(stats["limits"]["records_not_written"].integer)
            #expect(missing > 0)
            #expect(requests.count + missing == stats["llm_requests"].integer)
            // Incidents were kept until there was room.
            let incidents = try read("incidents.jsonl").split(separator: "\n").map { try JSON(line: String($0)) }
            let closed = incidents.filter { $0["incident"]["state"].string == "closed" }
            #expect(closed.count == 8 * LoadCapture.clients + 1)
            #expect(closed.count == stats["incidents"].integer)
        }

        @Test("an interface that vanishes is waited for, and the others go on")
        func vanishing() throws {
            let (network, folder) = (try NetworkPair(), try TemporaryFolder())
            let capture = try LoadCapture(in: folder)
            let settings = try folder.write("[capture]\nworkers = 2\n", to: "weir.toml")
            let weir = try network.startWeir(
                ["-i", "lo", "-c", settings, "--index", Fixtures.index(), "--log-dir", folder.path]
            )
            let sender = try network.startReplay(capture.path, Self.pace + ["20"])
            usleep(500_000)
            try network.removeInterface()
            _ = try sender.wait(seconds: 30)
            let name = network.interface
            let isTold = poll(seconds: 5) { weir.diagnostics.contains("\(name): ") ? true : nil }
            #expect(isTold == true)
            #expect(weir.diagnosticLines.filter { $0.contains("waiting for it to come back") }.count == 1)
            #expect(weir.isRunning)
            // What passes the other interface is still seen: a connection that is refused.
            #expect(try network.start("/usr/bin/curl", ["-s", "http://127.0.0.1:9/"]).wait(seconds: 5).status == 7)

            try network.makeInterface()
            let isBack = poll(seconds: 15) { weir.diagnostics.contains("\(name): watching again") ? true : nil }
            try #require(isBack == true, "\(weir.diagnostics)")
            // Of a capture that takes a moment to be ready nothing is asked before.
            let body = try folder.write(Prompt.chat(try Prompt.files(["berth_settlement.sql"])), to: "body.json")
            #expect(try network.startPost(body).wait().status == 0)
            let isFound = poll(seconds: 5) {
                folder.read("incidents.jsonl").contains("berth_settlement.sql") ? true : nil
            }
            #expect(isFound == true)

            try network.setInterface(isUp: false)
            let isDown = poll(seconds: 5) { weir.diagnostics.contains("the interface is down") ? true : nil }
            #expect(isDown == true, "\(weir.diagnostics)")
            try network.setInterface(isUp: true)
            let isUp = poll(seconds: 15) {
                weir.diagnosticLines.filter { $0.contains("watching again") }.count == 2 ? true : nil
            }
            #expect(isUp == true, "\(weir.diagnostics)")
            weir.send(SIGTERM)
            let outcome = try weir.wait(seconds: 20)
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            let events = try folder.read("events.jsonl").split(separator: "\n").map { try JSON(line: String($0)) }
            let stats = try #require(events.last)["stats"]
            expectLedger(stats)
            #expect(stats["interfaces"]["lost"].integer == 2)
            #expect(stats["interfaces"]["returned"].integer == 2)
            let others = stats["workers"].array.filter { $0["input"].string == "lo" }
            #expect(others.count == 2)
            #expect(others.reduce(0) { $0 + ($1["packets"].integer ?? 0) } >= 2)
        }

        @Test("after a rotation by renaming, SIGHUP begins new logs")
        func rotation() throws {
            let (network, folder) = (try NetworkPair(), try TemporaryFolder())
            let weir = try network.startWeir(["--index", Fixtures.index(), "--log-dir", folder.path])
            let body = try folder.write(Prompt.chat(try Prompt.files(["foc_observer.c"])), to: "body.json")
            #expect(try network.startPost(body).wait().status == 0)
            let isWritten = poll(seconds: 5) { folder.read("incidents.jsonl").isEmpty ? nil : true }
            #expect(isWritten == true)
            for name in ["incidents.jsonl", "events.jsonl"] {
                let path = folder.file("\(name)")
                try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
            }
            weir.send(SIGHUP)
            let isNew = poll(seconds: 5) {
                FileManager.default.fileExists(atPath: folder.file("events.jsonl")) ? true : nil
            }
            #expect(isNew == true, "\(weir.diagnostics)")
            weir.send(SIGTERM)
            #expect(try weir.wait(seconds: 10).status == 0)
            #expect(folder.read("incidents.jsonl.1").contains(#""state":"opened""#))
            #expect(folder.read("incidents.jsonl").contains(#""state":"closed""#))
            #expect(folder.read("events.jsonl").contains(#""event_type":"stats""#))
            #expect(!folder.read("events.jsonl.1").contains(#""event_type":"stats""#))
        }
    }
}

extension Program {
    /// The lines of standard error so far.
    var diagnosticLines: [String] { diagnostics.split(separator: "\n").map(String.init) }
}
