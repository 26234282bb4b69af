import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("weir check")
    struct CheckCommandTests {
        private static func check(_ arguments: String..., input: [UInt8] = []) throws -> Program.Outcome {
            try Weir.run(["check", "--index", try Fixtures.index(), "--format", "jsonl"] + arguments, input: input)
        }

        private static func answers(_ outcome: Program.Outcome) throws -> [JSON] {
            try outcome.lines.map(JSON.init(line:))
        }

        @Test("each file gives a line, whose id is the path as given", arguments: Fixtures.corpusNames)
        func file(name: String) throws {
            let path = try Fixtures.corpus() + "/" + name
            let outcome = try CheckCommandTests.check(path)
            #expect(outcome.status == 1)
            let answers = try CheckCommandTests.answers(outcome)
            #expect(answers.count == 1)
            #expect(answers.first?["id"].string == path)
            let leak = try #require(answers.first?["leaks"][0])
            #expect(leak["path"].string == name)
            #expect((leak["coverage"].double ?? 0) > 0.9)
            #expect(leak["segment"].string == "user")
            #expect(leak["decode_chain"].array.isEmpty)
            #expect(Set(answers.first?.members.keys.map { $0 } ?? []) == ["id", "leaks", "rules"])
        }

        @Test("harmless text is no finding")
        func harmless() throws {
            let outcome = try CheckCommandTests.check("-", input: Array("How do I sort a list in Python?\n".utf8))
            #expect(outcome.status == 0)
            #expect(
                try CheckCommandTests.answers(outcome) == [
                    .object(["id": .text("-"), "leaks": .list([]), "rules": .list([])])
                ]
            )
        }

        @Test("of several files each is answered, and one finding decides the status")
        func several() throws {
            let folder = try TemporaryFolder()
            let harmless = try folder.write("nothing of ours\n", to: "a.txt")
            let leak = try folder.write(Fixtures.source("foc_observer.c"), to: "b.txt")
            let empty = try folder.write("", to: "c.txt")
            let outcome = try CheckCommandTests.check(harmless, leak, empty)
            #expect(outcome.status == 1)
            let answers = try CheckCommandTests.answers(outcome)
            #expect(answers.compactMap { $0["id"].string } == [harmless, leak, empty])
            #expect(answers.map { $0["leaks"].array.count } == [0, 1, 0])
            let missing = try CheckCommandTests.check(harmless, folder.file("d.txt"), leak)
            #expect(missing.status == 66)
            #expect(missing.lines.count == 2)
            missing.expectOneLine(naming: "d.txt")
        }

        @Test("a folder gives its files in one order")
        func folders() throws {
            let outcome = try CheckCommandTests.check(Fixtures.corpus())
            #expect(outcome.status == 1)
            let names = try CheckCommandTests.answers(outcome).compactMap { $0["id"].string }
            #expect(names == (try Fixtures.corpusNames.map { try Fixtures.corpus() + "/" + $0 }))
            #expect(try CheckCommandTests.check(Fixtures.corpus()).output == outcome.output)
        }

        @Test("text that is JSON is a request's body")
        func body() throws {
            let chat = Prompt.chat(try Fixtures.source("berth_pricing.py"))
            let answer = try #require(try CheckCommandTests.answers(CheckCommandTests.check("-", input: chat)).first)
            #expect(answer["leaks"][0]["decode_chain"].strings == ["json"])
            #expect(answer["leaks"][0]["segment"].string == "user")
            // An array too; and what only begins like JSON is a user's message.
            let array = try CheckCommandTests.answers(CheckCommandTests.check("-", input: [0x5B] + chat + [0x5D]))
            #expect(array.first?["leaks"][0]["decode_chain"].strings == ["json"])
            let text = try CheckCommandTests.answers(
                CheckCommandTests.check("-", input: chat + Array(" and more".utf8))
            )
            #expect(text.first?["leaks"][0]["decode_chain"].strings == [])
            #expect(text.first?["leaks"][0]["path"].string == "berth_pricing.py")
        }

        @Test("JSON lines are answered in order, a bad one by an error, and the status says so")
        func jsonLines() throws {
            let folder = try TemporaryFolder()
            let code = String(decoding: Prompt.escaped(try Fixtures.source("reefbus_arbiter.v")), as: UTF8.self)
            let good = ["{\"id\":\"one\",\"text\":\"hello\"}", "{\"id\":\"two\",\"text\":\"\(code)\"}"]
            let path = try folder.write(good.joined(separator: "\n") + "\n", to: "good.jsonl")
            let outcome = try CheckCommandTests.check("--jsonl", path)
            #expect(outcome.status == 1)
            let answers = try CheckCommandTests.answers(outcome)
            #expect(answers.compactMap { $0["id"].string } == ["one", "two"])
            #expect(answers.last?["leaks"][0]["path"].string == "reefbus_arbiter.v")
            let bad = ["not json", "{\"id\":\"three\"}", "[]", "", "{\"id\":\"x\",\"text\":7}"]
            for line in bad {
                let input = Array([good[0], line, good[1]].joined(separator: "\n").utf8)
                let mixed = try CheckCommandTests.check("--jsonl", "-", input: input)
                #expect(mixed.status == 65, "\(line)")
                let all = try CheckCommandTests.answers(mixed)
                #expect(all.count == 3)
                #expect(all.map { $0["id"] } == [.text("one"), .null, .text("two")])
                #expect(all.count == 3 && all[1]["error"].string?.isEmpty == false)
                #expect(all.count == 3 && all[1].members.count == 2)
            }
            try CheckCommandTests.check("--jsonl", folder.file("none.jsonl")).expectFailure(66, naming: "none.jsonl")
        }

        @Test("text that is hostile is borne")
        func hostile() throws {
            let deep = [UInt8](repeating: 0x5B, count: 300_000)
            var generator = SeededGenerator(seed: 9)
            let noise = (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let long = [UInt8](repeating: 0x61, count: 3_000_000)
            for input in [deep, deep + deep.map { _ in 0x5D }, noise, long, [0xEF, 0xBB, 0xBF], Array("{\"a\":".utf8)] {
                let outcome = try CheckCommandTests.check("-", input: input)
                #expect(outcome.status == 0, "\(outcome.diagnostics)")
                #expect(outcome.lines.count == 1)
            }
        }

        @Test("the shipped rules find markings and keys")
        func rules() throws {
            let text = "the id is " + "AKIA" + "PYCDYBK377OXTZQ6"
            let outcome = try CheckCommandTests.check("-", input: Array(text.utf8))
            #expect(outcome.status == 1)
            let rule = try #require(try CheckCommandTests.answers(outcome).first)["rules"][0]
            #expect(rule["id"].string == "aws-access-token")
            #expect(rule["severity"].string == "critical")
            #expect(!outcome.output.contains("PYCDYBK377OXTZQ6"))
        }
    }
}
