import Foundation
import Testing

extension EndToEnd {
    @Suite("weir index sketch")
    struct SketchCommandTests {
        private let folder: TemporaryFolder
        private let index: String

        init() throws {
            folder = try TemporaryFolder()
            index = folder.file("x.widx")
            try folder.write(Fixtures.source("foc_observer.c"), to: "public/motor-1.2/observer.c")
        }

        private func sketch(_ name: String, _ options: String...) throws -> Program.Outcome {
            let arguments = ["index", "sketch", folder.file("public/motor-1.2"), "-o", folder.file(name)]
            return try Weir.run(arguments + options)
        }

        private func build(_ options: [String], _ environment: [String: String] = [:]) throws -> Program.Outcome {
            let arguments = ["index", "build", "--collection", "x", try Fixtures.corpus(), "-o", index]
            return try Weir.run(arguments + options, environment: environment)
        }

        private func subtracted() throws -> [String] {
            let info = try JSON(line: try #require(Weir.run("index", "info", index, "--format", "jsonl").lines.first))
            return info["subtracted"].array.filter { ($0["fingerprints"].integer ?? 0) > 0 }
                .compactMap { $0["source"].string }
        }

        @Test("a sketch is silent on standard output, tells what it holds, and holds no code")
        func make() throws {
            let outcome = try sketch("motors.sketch", "--note", "of a motor's maker")
            #expect(outcome.status == 0 && outcome.output.isEmpty)
            #expect(outcome.diagnostics.contains("motors"))
            let info = try Weir.run("index", "info", folder.file("motors.sketch"), "--format", "jsonl")
            let object = try JSON(line: try #require(info.lines.first))
            #expect(object["name"].string == "motors" && object["note"].string == "of a motor's maker")
            #expect(object["sources"].array.compactMap { $0["name"].string } == ["motor-1.2"])
            #expect((object["grams"].integer ?? 0) > 100)
            let text = try Weir.run("index", "info", folder.file("motors.sketch"), "--format", "text")
            #expect(text.output.contains("motor-1.2") && !text.output.contains("observer"))
            let again = try sketch(
                "again.sketch",
                "--note",
                "of a motor's maker",
                "--name",
                "motors",
                "--format",
                "jsonl"
            )
            #expect(again.lines.count == 1)
            let octets = try ["motors.sketch", "again.sketch"].map { name in
                try Data(contentsOf: URL(filePath: folder.file(name)))
            }
            #expect(octets[0] == octets[1])
        }

        @Test("a build takes out what a sketch has, counts it by its name, and names what is public")
        func subtract() throws {
            #expect(try sketch("motors.sketch").status == 0)
            let outcome = try build([
                "--no-default-public", "--public", folder.file("motors.sketch"), "--format", "jsonl",
            ])
            #expect(outcome.status == 0 && outcome.diagnostics.contains("foc_observer.c"))
            let summary = try JSON(line: try #require(outcome.lines.first))
            #expect(summary["skipped"]["public"].integer == 1)
            #expect(summary["skipped_names"]["public"].strings == ["foc_observer.c"])
            #expect(try subtracted() == ["motors", "common idioms"])
            let kept = try build([
                "--no-default-public", "--public", folder.file("motors.sketch"), "--include-vendored",
            ])
            #expect(kept.status == 0 && !kept.diagnostics.contains("public (") && !kept.diagnostics.contains("skipped"))
        }

        @Test("sketches in the shipped data are used unless that is forbidden; a damaged one is told and left out")
        func shipped() throws {
            try folder.write("", to: "data/public/.keep")
            #expect(try sketch("data/public/motors.sketch").status == 0)
            let environment = ["WEIR_DATA": folder.file("data")]
            #expect(try build([], environment).status == 0)
            #expect(try subtracted() == ["motors", "common idioms"])
            let without = try build(["--no-default-public"], environment)
            #expect(without.status == 0 && without.diagnostics.contains("make sketches"))
            #expect(try subtracted() == ["common idioms"])
            try folder.write("WEIRSKT\0 and nothing more", to: "data/public/motors.sketch")
            let damaged = try build([], environment)
            #expect(damaged.status == 0 && damaged.diagnostics.contains("left out: "))
            #expect(damaged.diagnostics.contains("make sketches"))
            let named = try build(["--public", folder.file("data/public/motors.sketch")], environment)
            #expect(named.status == 65 && named.diagnostics.contains("motors.sketch"))
        }

        @Test("what cannot be sketched is one line and leaves nothing")
        func failures() throws {
            let output = folder.file("y.sketch")
            try Weir.run("index", "sketch", folder.file("none"), "-o", output).expectFailure(66, naming: "none")
            try folder.write([0, 1, 2], to: "blob")
            try Weir.run("index", "sketch", folder.file("blob"), "-o", output).expectFailure(66, naming: "blob")
            let place = folder.file("no/where.sketch")
            try Weir.run("index", "sketch", folder.file("public"), "-o", place).expectFailure(
                74,
                naming: "where.sketch"
            )
            #expect(try Weir.run("index", "sketch", "-o", output).status == 64)
            #expect(!folder.names.contains { $0.hasSuffix("sketch") })
        }
    }
}
