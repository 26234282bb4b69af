import Foundation
import Testing

extension EndToEnd {
    @Suite("weir explain")
    struct ExplainCommandTests {
        private static func lines(_ name: String, _ range: ClosedRange<Int>) throws -> [UInt8] {
            let lines = try Fixtures.source(name).split(separator: 0x0A, omittingEmptySubsequences: false)
            return Array(lines[(range.lowerBound - 1)...(range.upperBound - 1)].joined(separator: [0x0A]))
        }

        @Test("a text's explanation decides as check does, whatever its length", arguments: Fixtures.corpusNames)
        func agreement(name: String) throws {
            let folder = try TemporaryFolder()
            var texts: [String] = []
            for count in [1, 2, 3, 4, 6, 10, 30] {
                for start in [11, 57, 103] {
                    let text = try Self.lines(name, start...(start + count - 1))
                    texts.append(try folder.write(text, to: "\(start)-\(count).txt"))
                }
            }
            let index = try Fixtures.index()
            let checked = try Weir.run(["check", "--index", index, "--format", "jsonl"] + texts)
            let explained = try Weir.run(["explain", "--index", index, "--format", "jsonl"] + texts)
            #expect(explained.status == 0, "\(explained.diagnostics)")
            let answers = try checked.lines.map(JSON.init(line:))
            let reasons = try explained.lines.map(JSON.init(line:))
            try #require(answers.count == texts.count && reasons.count == texts.count)
            for (answer, reason) in zip(answers, reasons) {
                #expect(reason["id"] == answer["id"] && reason["leaks"] == answer["leaks"])
                #expect((reason["decision"].string == "found") == !answer["leaks"].array.isEmpty)
                let candidates = reason["match"]["candidates"].array
                let found = candidates.filter { $0["verdict"].string == "found" }.compactMap { $0["path"].string }
                #expect(Set(found) == Set(answer["leaks"].array.compactMap { $0["path"].string }))
                for candidate in candidates where candidate["verdict"].string == "below_threshold" {
                    let score = try #require(candidate["score"].double)
                    let threshold = try #require(candidate["threshold"].double)
                    #expect(score < threshold)
                }
            }
            #expect(reasons.contains { $0["decision"].string == "found" })
            #expect(reasons.contains { $0["decision"].string == "not_found" })
        }

        @Test("text begins with the decision, and holds the words of the text only on a terminal")
        func text() throws {
            let text = try Self.lines("foc_observer.c", 20...40)
            let arguments = ["explain", "--index", try Fixtures.index(), "-"]
            for format in ["text", "jsonl"] {
                let outcome = try Weir.run(arguments + ["--format", format], input: text)
                #expect(outcome.status == 0)
                #expect(!outcome.output.lowercased().contains("obs_lock_samples"))
                #expect(outcome.output.contains("foc_observer.c") && outcome.diagnostics.isEmpty)
                if format == "text" { #expect(outcome.lines.first?.hasPrefix("FOUND  -: ") == true) }
            }
            let nothing = try Weir.run(arguments + ["--format", "text"], input: Array("a few words of prose".utf8))
            #expect(nothing.lines.first?.hasPrefix("NOT FOUND") == true && nothing.status == 0)
        }

        @Test("one file of the index can be asked for; one that is not there is said to be")
        func path() throws {
            let text = try Self.lines("foc_observer.c", 20...40)
            let arguments = ["explain", "--index", try Fixtures.index(), "--format", "jsonl", "-", "--path"]
            func summary(_ path: String) throws -> JSON {
                try JSON(line: try #require(Weir.run(arguments + [path], input: text).lines.first))
            }
            #expect(try summary("foc_observer.c")["decision"].string == "found")
            let other = try summary("LanternSync.swift")
            #expect(other["decision"].string == "not_found" && other["match"]["candidates"].array.isEmpty)
            #expect(try summary("nowhere.c")["summary"].string?.contains("no indexed file") == true)
        }

        @Test("a request body is explained by its leaves")
        func body() throws {
            let text = String(decoding: try Self.lines("berth_pricing.py", 30...60), as: UTF8.self)
            let message = ["role": "user", "content": text]
            let body = try JSONSerialization.data(withJSONObject: ["model": "m", "messages": [message]])
            let outcome = try Weir.run(
                "explain",
                "--index",
                Fixtures.index(),
                "--format",
                "jsonl",
                "-",
                input: Array(body)
            )
            let object = try JSON(line: try #require(outcome.lines.first))
            let leaf = try #require(object["leaves"].array.first { $0["pointer"].string == "/messages/0/content" })
            #expect(leaf["segment"].string == "user" && leaf["octets"].integer == text.utf8.count)
            #expect(object["request_bytes"].integer == body.count)
            #expect(object["inspected_bytes"].integer == body.count)
        }

        @Test("a capture is explained request by request, as scan records them", arguments: Fixtures.truths)
        func captures(truth: Fixtures.Truth) throws {
            let scan = try Weir.scan(truth.path)
            let outcome = try Weir.run("explain", "--index", Fixtures.index(), "--format", "jsonl", truth.path)
            #expect(outcome.status == scan.outcome.status || outcome.status == 0, "\(outcome.diagnostics)")
            let requests = try outcome.lines.map(JSON.init(line:))
            let whole = scan.requests.filter { $0["partial"] == .null }
            #expect(requests.map { $0["llm"] } == whole)
            let incidents = Set(scan.incidents.compactMap { $0["incident"]["uid"].string })
            #expect(Set(requests.compactMap { $0["explanation"]["incident"].string }) == incidents)
            for request in requests {
                let explanation = request["explanation"]
                let isFound = !explanation["leaks"].array.isEmpty
                #expect((explanation["decision"].string == "found") == isFound)
                let isRead = request["llm"]["visibility"].string != "metadata_only"
                #expect((explanation["match"] != .null) == isRead)
            }
        }

        @Test("an incident is explained by its requests, and a flow")
        func incident() throws {
            let capture = Fixtures.capture("mirror-aider-openai")
            let scan = try Weir.scan(fixture: "mirror-aider-openai")
            let record = try #require(scan.incidents.first)
            let uid = try #require(record["incident"]["uid"].string)
            let arguments = ["explain", "--index", try Fixtures.index(), "--format", "jsonl", capture]
            let outcome = try Weir.run(arguments + ["--uid", uid])
            let requests = try outcome.lines.map(JSON.init(line:))
            #expect(requests.count == record["incident"]["requests"].integer)
            #expect(requests.allSatisfy { $0["explanation"]["decision"].string == "found" })
            let flow = try #require(record["flow_id"].integer)
            let ofFlow = try Weir.run(arguments + ["--flow", "\(flow)"]).lines.map(JSON.init(line:))
            #expect(!ofFlow.isEmpty && ofFlow.allSatisfy { $0["flow_id"].integer == flow })
            try Weir.run(arguments + ["--uid", "no-such"]).expectFailure(66, naming: "no-such")
            try Weir.run(arguments + ["--flow", "1"]).expectFailure(66, naming: "flow 1")
        }

        @Test("what cannot be read is one line and a status, and the rest is explained")
        func failures() throws {
            let index = try Fixtures.index()
            let both = try Weir.run("explain", "--index", index, "/no/such", Fixtures.capture("clear-h1-vllm"))
            #expect(both.status == 66 && !both.lines.isEmpty)
            try Weir.run("explain", "--index", index, "--format", "eve", "-").expectFailure(64, naming: "eve")
            try Weir.run("explain", "--uid", "x").expectFailure(64, naming: "capture")
        }
    }
}
