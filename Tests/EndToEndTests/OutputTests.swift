import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("Where output goes")
    struct OutputTests {
        private static let capture = Fixtures.capture("mirror-curl-h1-chat-c")

        @Test("-o writes the file, and nothing to standard output; a second run replaces it")
        func outputFile() throws {
            let folder = try TemporaryFolder()
            let arguments = ["scan", "--index", try Fixtures.index(), "--events", "incident,llm,stats"]
            let plain = try Weir.run(arguments + [OutputTests.capture])
            for _ in 0..<2 {
                let outcome = try Weir.run(arguments + ["-o", folder.file("out.jsonl"), OutputTests.capture])
                #expect(outcome.status == 1)
                #expect(outcome.output.isEmpty)
                #expect(folder.read("out.jsonl") == plain.output)
            }
        }

        @Test("an output that cannot be opened is an I/O error")
        func unwritable() throws {
            let index = try Fixtures.index()
            for path in ["/nowhere/out.jsonl", "/"] {
                try Weir.run("scan", "--index", index, "-o", path, OutputTests.capture).expectFailure(74, naming: path)
                try Weir.run("check", "--index", index, "-o", path, OutputTests.capture).expectFailure(74, naming: path)
                try Weir.run("run", "--index", index, "-o", path, "-r", OutputTests.capture).expectFailure(
                    74,
                    naming: path
                )
            }
            let logs = try Weir.run("run", "--index", index, "--log-dir", "/nowhere", "-r", OutputTests.capture)
            logs.expectFailure(74, naming: "/nowhere")
        }

        @Test(
            "a full device is an I/O error",
            arguments: [
                ["scan", "--events", "incident,llm,stats", capture], ["check", Fixtures.folder.path],
                ["services", "list"],
                ["rules", "list"], ["selftest"],
            ]
        )
        func fullDevice(arguments: [String]) throws {
            var arguments = arguments
            if ["scan", "check"].contains(arguments[0]) { arguments += ["--index", try Fixtures.index()] }
            let outcome = try OutputTests.shell(#"exec "$@" > /dev/full"#, arguments)
            #expect(outcome.status == 74, "\(outcome.diagnostics)")
            #expect(!outcome.diagnostics.isEmpty)
        }

        @Test(
            "a closed standard output ends the command quietly",
            arguments: [
                ["scan", "--events", "incident,llm,stats", capture], ["check", Fixtures.folder.path],
                ["services", "list"],
                ["rules", "list"], ["rules", "test"], ["config", "check"], ["--version"], ["scan", "--help"],
            ],
            // A pipe that nobody reads, once the program has started; no standard output at all.
            [
                #"(sleep 0.2; exec "$@") | true; exit ${PIPESTATUS[0]}"#,
                #"exec "$@" >&-"#,
            ]
        )
        func closedOutput(arguments: [String], line: String) throws {
            var arguments = arguments
            if ["scan", "check"].contains(arguments[0]) { arguments += ["--index", try Fixtures.index()] }
            let outcome = try OutputTests.shell(line, arguments)
            #expect(outcome.status == 74)
            #expect(outcome.diagnostics.isEmpty, "\(outcome.diagnostics)")
        }

        @Test(
            "a standard error that is full, closed or without a reader changes nothing else",
            arguments: [
                #"exec "$@" 2> /dev/full"#, #"exec "$@" 2>&-"#, #"exec "$@" <&- 2>&-"#,
                #"set -o pipefail; (sleep 0.2; exec "$@") 2>&1 > /dev/null | true"#,
            ]
        )
        func closedDiagnostics(line: String) throws {
            #expect(try OutputTests.shell(line, ["scan", "/nowhere.pcap"]).status == 66)
            #expect(try OutputTests.shell(line, ["scan", OutputTests.capture, "/nowhere.pcap"]).status == 66)
            #expect(try OutputTests.shell(line, ["nonsense"]).status == 64)
        }

        @Test("records never go to a log that took the number of a closed standard output")
        func takenDescriptor() throws {
            let folder = try TemporaryFolder()
            let options = ["--index", try Fixtures.index(), "--format", "text", "--log-dir", folder.path]
            let arguments = ["run"] + options + ["-r", OutputTests.capture]
            #expect(try OutputTests.shell(#"exec "$@" <&- >&- 2>&-"#, arguments).status != -SIGILL)
            let lines = (folder.read("incidents.jsonl") + folder.read("events.jsonl")).split(separator: "\n")
            #expect(lines.count >= 3)
            for line in lines { #expect(throws: Never.self) { try JSON(line: String(line)) } }
        }

        private static func shell(_ line: String, _ arguments: [String]) throws -> Program.Outcome {
            try Program("/bin/bash", ["-c", line, "bash", Weir.binary()] + arguments).wait()
        }

        @Test("diagnostics never go to standard output")
        func diagnostics() throws {
            let outcome = try Weir.run("scan", Fixtures.capture("mirror-neg-response-has-code"))
            #expect(outcome.status == 0)
            #expect(outcome.output.isEmpty)
            #expect(outcome.diagnosticLines.count == 1)
            #expect(outcome.diagnostics.contains("no index"))
        }

        @Test("the text form shows the incident to a person")
        func text() throws {
            let outcome = try Weir.run("scan", "--index", try Fixtures.index(), "--format", "text", OutputTests.capture)
            #expect(outcome.status == 1)
            for word in ["foc_observer.c", "openai-api", "curl"] { #expect(outcome.output.contains(word)) }
            let isPlain = outcome.output.utf8.allSatisfy { $0 == 10 || $0 >= 32 }
            #expect(isPlain, "colour where nobody sees it")
        }

        @Test("an EVE alert carries the incident")
        func eve() throws {
            let outcome = try Weir.run("scan", "--index", try Fixtures.index(), "--format", "eve", OutputTests.capture)
            #expect(outcome.status == 1)
            let record = try JSON(line: try #require(outcome.lines.first))
            #expect(record["event_type"].string == "alert")
            #expect(record["alert"]["severity"].integer != nil)
            #expect(record["alert"]["signature"].string != nil)
        }

        @Test("no output holds matched text or a whole secret", arguments: ["text", "jsonl", "eve"])
        func discretion(format: String) throws {
            let folder = try TemporaryFolder()
            let key = "AKIA" + "PYCDYBK377OXTZQ6"
            let source = try Fixtures.source("foc_observer.c")
            let capture = try folder.write(
                Prompt.capture(Prompt.post(Prompt.chat(source + Array("\n\(key)\n".utf8)))),
                to: "secret.pcap"
            )
            let arguments = [
                "scan", "--index", try Fixtures.index(), "--format", format, "--events", "incident,llm,stats",
            ]
            let outcome = try Weir.run(arguments + [capture])
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("aws-access-token"))
            for text in [outcome.output, outcome.diagnostics] {
                #expect(!text.contains(key))
                for line in String(decoding: source, as: UTF8.self).split(separator: "\n") where line.count > 20 {
                    #expect(!text.contains(line.trimmingCharacters(in: .whitespaces)))
                }
            }
        }

        @Test("what an agent sends again is told, counted by the daemon, and changes no record")
        func resent() throws {
            let folder = try TemporaryFolder()
            var outputs: [[JSON]] = []
            for mebibytes in [16, 0] {
                let configuration = try folder.write(
                    Array("[inspect]\nresent_mib = \(mebibytes)\n".utf8),
                    to: "weir.toml"
                )
                let output = folder.file("\(mebibytes).jsonl")
                let capture = Fixtures.capture("mirror-claude-code-read-c")
                let arguments = ["run", "-r", capture, "-c", configuration, "--index", try Fixtures.index()]
                let outcome = try Weir.run(arguments + ["--events", "incident,llm,stats", "-o", output])
                #expect(outcome.status == 1, "\(outcome.diagnostics)")
                let text = String(decoding: try Data(contentsOf: URL(filePath: output)), as: UTF8.self)
                outputs.append(try text.split(separator: "\n").map { try JSON(line: String($0)) })
            }
            let stats = try outputs.map { records in
                try #require(records.last { $0["event_type"].string == "stats" }?["stats"])
            }
            // Its tools, at the least, come twice.
            #expect(stats[0]["resent_bytes"].integer ?? 0 > 20_000)
            #expect(stats[1]["resent_bytes"].integer == nil)
            let leaks = outputs.map { records in
                records.filter { $0["event_type"].string == "incident" }.map { $0["incident"]["leaks"] }
            }
            #expect(leaks[0] == leaks[1] && !leaks[0].isEmpty)
            #expect(stats[0]["inspected_bytes"] == stats[1]["inspected_bytes"])
        }
    }
}
