import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Bad indexes, rules, catalogues and configuration")
    struct BadInputTests {
        private static let capture = Fixtures.capture("mirror-curl-h1-deflate")

        private static func index() throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: Fixtures.index()))) }

        /// Copies the index's key beside a changed index.
        private static func copyKey(to folder: TemporaryFolder, as name: String) throws {
            let key = try folder.write(Array(Data(contentsOf: URL(filePath: Fixtures.index() + ".key"))), to: name)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
        }

        @Test("damaged indexes are bad data, whatever was damaged")
        func damagedIndexes() throws {
            let folder = try TemporaryFolder()
            let octets = try BadInputTests.index()
            try BadInputTests.copyKey(to: folder, as: "x.widx.key")
            var generator = SeededGenerator(seed: 5)
            var damaged: [(String, [UInt8])] = [
                ("empty", []), ("one octet", [0]), ("text", Array("no index\n".utf8)),
                ("a capture", Array(try Data(contentsOf: URL(filePath: BadInputTests.capture)))),
                ("an octet more", octets + [0]),
            ]
            for _ in 0..<8 {
                let count = Int.random(in: 1..<octets.count, using: &generator)
                damaged.append(("cut to \(count)", Array(octets[..<count])))
            }
            for _ in 0..<20 {
                // The header, which is read and checked at once; what lies behind it is when it is asked.
                let index = Int.random(in: 0..<512, using: &generator)
                var changed = octets
                changed[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                damaged.append(("a bit of octet \(index) flipped", changed))
            }
            for index in stride(from: 0, to: 128, by: 8) {
                var changed = octets
                for place in index..<min(index + 8, changed.count) { changed[place] = 0xFF }
                damaged.append(("eight octets from \(index) are 255", changed))
            }
            for (note, octets) in damaged {
                let path = try folder.write(octets, to: "x.widx")
                let outcome = try Weir.run("index", "info", path)
                #expect(outcome.status == 65, "\(note): \(outcome.diagnostics)")
                outcome.expectOneLine(naming: "x.widx")
            }
            try Weir.run("scan", "--index", folder.file("x.widx"), BadInputTests.capture)
                .expectFailure(65, naming: "x.widx")
        }

        @Test("an index that is damaged where it is asked is bad data, and gives no answer; elsewhere the right one")
        func damagedBlocks() throws {
            let folder = try TemporaryFolder()
            let octets = try BadInputTests.index()
            try BadInputTests.copyKey(to: folder, as: "x.widx.key")
            let path = try folder.write(octets, to: "x.widx")
            let code = try Fixtures.source("foc_observer.c")
            let right = try Weir.run("check", "--index", path, "--format", "jsonl", "-", input: code)
            #expect(right.status == 1)
            let step = max(4_096, octets.count / 12 / 4_096 * 4_096)
            for start in stride(from: 512, to: octets.count - 64, by: step) {
                var changed = octets
                for place in start..<min(start + step, octets.count) { changed[place] ^= 0x55 }
                try folder.write(changed, to: "x.widx")
                let outcome = try Weir.run("check", "--index", path, "--format", "jsonl", "-", input: code)
                if outcome.status == 1 {
                    #expect(outcome.output == right.output, "from \(start)")
                } else {
                    #expect(outcome.output.isEmpty, "from \(start)")
                    outcome.expectFailure(65, naming: "x.widx")
                }
            }
            // All of the keys and their filter, but not names and files.
            var changed = octets
            for place in (octets.count / 2)..<(octets.count * 9 / 10) { changed[place] = 0 }
            try folder.write(changed, to: "x.widx")
            try Weir.run("check", "--index", path, "-", input: code).expectFailure(65, naming: "offset")
            let scan = try Weir.run("scan", "--index", path, BadInputTests.capture)
            #expect(scan.status == 65 && !scan.output.contains(#""path""#), "\(scan.output)")
            scan.expectOneLine(naming: "x.widx")
            let live = try Weir.run("run", "-r", BadInputTests.capture, "--index", path, "-o", folder.file("out"))
            #expect(live.diagnostics.components(separatedBy: "going on without it").count == 2, "\(live.diagnostics)")
        }

        @Test("a missing index is no input")
        func missingIndex() throws {
            for command in [["index", "info"], ["scan", BadInputTests.capture, "--index"], ["check", "--index"]] {
                try Weir.run(command + ["/nowhere.widx"]).expectFailure(66, naming: "/nowhere.widx")
            }
        }

        @Test("an index without its key, or with another, is not opened")
        func keys() throws {
            let folder = try TemporaryFolder()
            let path = try folder.write(BadInputTests.index(), to: "x.widx")
            let without = try Weir.run("scan", "--index", path, BadInputTests.capture)
            #expect([65, 66].contains(without.status))
            without.expectOneLine(naming: "x.widx")
            try BadInputTests.copyKey(to: folder, as: "x.widx.key")
            #expect(try Weir.run("scan", "--index", path, BadInputTests.capture).status == 1)
            _ = try Weir.run("index", "build", "--collection", "x", Fixtures.corpus(), "-o", folder.file("y.widx"))
            try Weir.run("scan", "--index", path, "--index-key", folder.file("y.widx.key"), BadInputTests.capture)
                .expectFailure(65, naming: "x.widx")
            let outcome = try Weir.run(
                "scan",
                "--index",
                path,
                "--index-key",
                folder.file("z.key"),
                BadInputTests.capture
            )
            outcome.expectFailure(66, naming: "z.key")
        }

        @Test(
            "a bad rule file is bad data, with its line",
            arguments: [
                ("[[rules]]\nid = \"x\"\nregex = '''a('''\n", ":3"), ("title = \"x\n", ":1"),
                ("[[rules]]\nid = \"x\"\nregex = 7\n", ":3"), ("[[rules]]\nregex = '''abcdef'''\n", ":1"),
                ("[[rules]]\nid = \"x\"\nregex = '''abcdef'''\nseverity = \"enormous\"\n", ":4"),
                ("\u{0}\u{1}\u{2}", ":1"),
            ]
        )
        func rules(text: String, place: String) throws {
            let folder = try TemporaryFolder()
            let path = try folder.write(text, to: "bad.toml")
            for command in [
                ["scan", BadInputTests.capture], ["rules", "list"], ["rules", "lint"], ["rules", "test"],
            ] {
                try Weir.run(command + ["--rules", path]).expectFailure(65, naming: "bad.toml\(place)")
            }
        }

        @Test("a bad catalogue is bad data, with its line")
        func catalogues() throws {
            let folder = try TemporaryFolder()
            let path = try folder.write("[[service]]\nid = 7\n", to: "bad.toml")
            for command in [
                ["scan", BadInputTests.capture], ["services", "list"], ["services", "match", "x.example"],
            ] {
                let outcome = try Weir.run(command + ["--services", path])
                outcome.expectFailure(65, naming: "bad.toml:")
            }
            try Weir.run("services", "list", "--services", "/nowhere").expectFailure(66, naming: "/nowhere")
            try Weir.run("rules", "list", "--rules", "/nowhere").expectFailure(66, naming: "/nowhere")
        }

        @Test("damaged rules, catalogues and configurations are borne")
        func flippedBits() throws {
            let folder = try TemporaryFolder()
            var generator = SeededGenerator(seed: 3)
            let config = Fixtures.checkout.appending(path: "config")
            for (file, option, command) in [
                ("rules/credentials.toml", "--rules", ["rules", "list"]),
                ("services/openai.toml", "--services", ["services", "list"]), ("weir.toml", "-c", ["config", "check"]),
            ] {
                let octets = Array(try Data(contentsOf: config.appending(path: file)))
                for round in 0..<25 {
                    var changed = octets
                    for _ in 0...round {
                        let index = Int.random(in: 0..<changed.count, using: &generator)
                        changed[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                    }
                    if round % 5 == 0 {
                        changed = Array(octets[..<Int.random(in: 0..<octets.count, using: &generator)])
                    }
                    let path = try folder.write(changed, to: "x.toml")
                    try Weir.run(command + [option, path]).expectNoTrap("\(file), round \(round)")
                }
            }
        }

        @Test("deep nesting and long lines in TOML are borne")
        func deepTOML() throws {
            let folder = try TemporaryFolder()
            let deep = "x = " + String(repeating: "[", count: 100_000)
            let long = "[capture]\nbpf = \"" + String(repeating: "a", count: 2_000_000) + "\"\n"
            for (name, text) in [("deep.toml", deep), ("long.toml", long)] {
                let path = try folder.write(text, to: name)
                try Weir.run("config", "check", "-c", path).expectNoTrap(name)
                try Weir.run("rules", "list", "--rules", path).expectNoTrap(name)
                try Weir.run("services", "list", "--services", path).expectFailure(65, naming: name)
            }
        }

        @Test(
            "a bad configuration is refused with its line",
            arguments: [
                ("[capture]\nsnap_length = 12\n", ":2"), ("[capture]\nsnap_lenght = 65535\n", ":2"),
                ("[capture]\npromiscuous = \"yes\"\n", ":2"), ("[capture\n", ":1"), ("\n\n[nonsense]\n", ":3"),
                ("[services]\nsanctioned = [\"no-such-service\"]\n", ":2"),
                ("[capture]\nbpf = \"tcp prot 80\"\n", ":2"),
            ]
        )
        func configuration(text: String, place: String) throws {
            let folder = try TemporaryFolder()
            let path = try folder.write(text, to: "weir.toml")
            try Weir.run("config", "check", "-c", path).expectFailure(78, naming: "weir.toml\(place)")
        }

        @Test("a bad configuration stops the commands that read it")
        func configurationElsewhere() throws {
            let folder = try TemporaryFolder()
            let path = try folder.write("[capture]\nsnap_length = 12\n", to: "weir.toml")
            try Weir.run("scan", "-c", path, BadInputTests.capture).expectFailure(78, naming: "weir.toml:2")
            try Weir.run("check", "-c", path, "-").expectFailure(78, naming: "weir.toml:2")
            try Weir.run("run", "-c", path, "-r", BadInputTests.capture).expectFailure(78, naming: "weir.toml:2")
            try Weir.run("scan", "-c", "/nowhere.toml", BadInputTests.capture).expectFailure(
                66,
                naming: "/nowhere.toml"
            )
        }

        @Test("the shipped configuration is right, and its sum is said")
        func goodConfiguration() throws {
            let path = Fixtures.checkout.appending(path: "config/weir.toml").path
            let outcome = try Weir.run("config", "check", "-c", path)
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("MemoryMax="))
        }

        @Test("without its data, weir says so")
        func shippedData() throws {
            let folder = try TemporaryFolder()
            let outcome = try Weir.run("rules", "list", environment: ["WEIR_DATA": folder.path])
            outcome.expectFailure(78)
        }
    }
}
