import Foundation
import Testing

extension EndToEnd {
    @Suite("The command line")
    struct CommandLineTests {
        static let commands: [[String]] = [
            [], ["run"], ["scan"], ["check"], ["index"], ["index", "build"], ["index", "info"], ["rules"],
            ["rules", "list"], ["rules", "lint"], ["rules", "test"], ["services"], ["services", "list"],
            ["services", "match"], ["config"], ["config", "check"], ["selftest"],
        ]

        @Test("every help ends with an example", arguments: commands)
        func help(command: [String]) throws {
            let outcome = try Weir.run(command + ["--help"])
            #expect(outcome.status == 0)
            #expect(outcome.diagnostics.isEmpty)
            let last = try #require(outcome.lines.last)
            #expect(last.contains("weir \(command.joined(separator: " "))"), "the last line is: \(last)")
        }

        @Test("the version names the build, Vectorscan and the index format")
        func version() throws {
            let outcome = try Weir.run("--version")
            #expect(outcome.status == 0)
            #expect(outcome.lines.count == 1)
            for word in ["weir ", "Vectorscan ", "index format"] { #expect(outcome.output.contains(word)) }
            #expect(outcome.output.contains("release") || outcome.output.contains("debug"))
        }

        @Test(
            "wrong usage is told in one line",
            arguments: [
                ["--nonsense"], ["nonsense"], ["scan"], ["scan", "--nonsense", "x.pcap"],
                ["scan", "x.pcap", "--format", "xml"],
                ["scan", "x.pcap", "--events", "incident,nonsense"], ["scan", "x.pcap", "--index"],
                ["check", "--nonsense"],
                ["check", "--jsonl", "x", "y"], ["check", "--format", "xml", "-"], ["index", "build", "x"],
                ["index", "info"],
                ["index", "build", "x", "-o", "y"], ["index", "build", "--collection", "x", "-o", "y"],
                ["run", "-i", "lo", "-r", "x.pcap"], ["rules", "list", "--format", "xml"], ["rules", "nonsense"],
                ["services", "match"], ["selftest", "--format", "xml"], ["config", "check", "--nonsense"],
            ]
        )
        func usage(arguments: [String]) throws {
            try Weir.run(arguments).expectFailure(64)
        }

        @Test("a service is found by host and path, or is none")
        func servicesMatch() throws {
            let found = try Weir.run("services", "match", "api.anthropic.com/v1/messages", "--format", "jsonl")
            #expect(found.status == 0)
            #expect(try found.lines.map(JSON.init(line:)).contains { $0["service"].string == "anthropic-api" })
            for (place, service) in [
                ("chatgpt.com", "chatgpt-web"), ("API.OpenAI.com.", "openai-api"),
                ("llm.corp.example:8000/v1/chat/completions", "openai-compatible"),
                ("llm.corp.example/api/chat", "ollama"),
            ] {
                let outcome = try Weir.run("services", "match", place)
                #expect(outcome.status == 0)
                #expect(outcome.output.contains("\"\(service)\""), "\(place): \(outcome.output)")
            }
            let none = try Weir.run("services", "match", "git.example.org/v1/anything")
            #expect(none.status == 1)
            #expect(none.output.isEmpty)
        }

        @Test("the catalogue lists its services, each with an id")
        func servicesList() throws {
            let outcome = try Weir.run("services", "list", "--format", "jsonl")
            #expect(outcome.status == 0)
            let services = try outcome.lines.map(JSON.init(line:))
            let names = services.compactMap { $0["id"].string }
            #expect(names.count == services.count)
            #expect(Set(names).count == names.count)
            #expect(names.count >= 52 + 4)
            let known: Set<String> = [
                "api", "gateway", "web", "assistant", "agent", "telemetry", "upload", "hub", "self_hosted",
            ]
            #expect(Set(services.compactMap { $0["kind"].string }).isSubset(of: known))
        }

        @Test("the shipped rules are listed, clean and pass their tests")
        func rules() throws {
            let list = try Weir.run("rules", "list", "--format", "jsonl")
            #expect(list.status == 0)
            #expect(try list.lines.map(JSON.init(line:)).compactMap { $0["id"].string }.count >= 6)
            #expect(try Weir.run("rules", "lint").status == 0)
            let test = try Weir.run("rules", "test")
            #expect(test.status == 0, "\(test.output)")
        }

        @Test("a rule that fails its own examples is told, without the text")
        func failingRule() throws {
            let folder = try TemporaryFolder()
            let text = """
                [[rules]]
                id = "house-word"
                regex = '''zz-[0-9]{4}'''
                keywords = ["zz-"]
                positives = ["zz-1234", "zz-hushhush"]
                negatives = ["zz-5678"]
                """
            let path = try folder.write(text, to: "rules.toml")
            let outcome = try Weir.run("rules", "test", "--rules", path)
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("house-word"))
            #expect(!outcome.output.contains("zz-") && !outcome.diagnostics.contains("zz-"))
        }

        @Test("the self-test passes and shows an incident")
        func selftest() throws {
            let outcome = try Weir.run("selftest", "--format", "jsonl")
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            let record = try JSON(line: try #require(outcome.lines.first))
            #expect(record["event_type"].string == "incident")
            let person = try Weir.run("selftest")
            #expect(person.status == 0)
            #expect(!person.output.isEmpty)
        }
    }
}
