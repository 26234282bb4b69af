import Foundation
import Glibc
import Testing

extension EndToEnd {
    @Suite("weir index")
    struct IndexCommandTests {
        /// Leaks that `check` finds of a text with an index.
        private static func leaks(_ source: [UInt8], _ index: String) throws -> [JSON] {
            let outcome = try Weir.run("check", "--index", index, "--format", "jsonl", "-", input: source)
            return try outcome.lines.map(JSON.init(line:)).flatMap { $0["leaks"].array }
        }

        @Test("build is silent on standard output, and makes the index and its key")
        func build() throws {
            let folder = try TemporaryFolder()
            let outcome = try Weir.run(
                "index",
                "build",
                "--collection",
                "x",
                Fixtures.corpus(),
                "-o",
                folder.file("x.widx"),
                "--no-default-public"
            )
            #expect(outcome.status == 0)
            #expect(outcome.output.isEmpty)
            #expect(outcome.diagnostics.contains("make sketches"))
            #expect(folder.names == ["x.widx", "x.widx.key"])
            let mode = try FileManager.default.attributesOfItem(atPath: folder.file("x.widx.key"))[.posixPermissions]
            #expect(mode as? Int == 0o600)
        }

        @Test("the summary is one object, and info says the same")
        func summary() throws {
            let folder = try TemporaryFolder()
            let built = try Weir.run(
                "index",
                "build",
                "--collection",
                "x",
                Fixtures.corpus(),
                "-o",
                folder.file("x.widx"),
                "--format",
                "jsonl"
            )
            #expect(built.lines.count == 1)
            let summary = try JSON(line: try #require(built.lines.first))
            #expect(summary["files"].integer == 6)
            let info = try Weir.run("index", "info", folder.file("x.widx"), "--format", "jsonl")
            #expect(info.status == 0)
            let object = try JSON(line: try #require(info.lines.first))
            #expect(object["files"].integer == 6)
            #expect(object["collections"].strings == ["x"])
            #expect(object["lines"] == summary["lines"])
            let text = try Weir.run("index", "info", folder.file("x.widx"), "--format", "text")
            #expect(text.status == 0 && text.output.contains("x.widx"))
        }

        @Test("what is skipped is named by its reason, and is not found")
        func skipped() throws {
            let folder = try TemporaryFolder()
            let tree = folder.file("tree")
            try folder.write(Fixtures.source("foc_observer.c"), to: "tree/src/foc.c")
            try folder.write(Fixtures.source("berth_pricing.py"), to: "tree/src/generated.py")
            try folder.write("generated.py\n/build/\n", to: "tree/src/.gitignore")
            try folder.write(Fixtures.source("LanternSync.swift"), to: "tree/src/build/LanternSync.swift")
            try folder.write([0, 1, 2, 0xFF] + Fixtures.source("reefbus_arbiter.v"), to: "tree/blob.bin")
            try folder.write("PASSWORD=hunter2\n", to: "tree/.env")
            try folder.write("-----BEGIN OPENSSH PRIVATE KEY-----\n", to: "tree/id_ed25519")
            let outside = try folder.write(Fixtures.source("berth_settlement.sql"), to: "outside.sql")
            try FileManager.default.createSymbolicLink(atPath: tree + "/link.sql", withDestinationPath: outside)
            let index = folder.file("x.widx")
            let outcome = try Weir.run("index", "build", "--collection", "x", tree, "-o", index, "--format", "jsonl")
            #expect(outcome.status == 0)
            for reason in ["ignored", "binary", "secret", "link"] { #expect(outcome.diagnostics.contains(reason)) }
            for name in [".env", "id_ed25519"] { #expect(outcome.diagnostics.contains(name), "\(outcome.diagnostics)") }
            #expect(
                try IndexCommandTests.leaks(Fixtures.source("foc_observer.c"), index).map { $0["path"].string } == [
                    "src/foc.c"
                ]
            )
            for name in ["berth_pricing.py", "LanternSync.swift", "reefbus_arbiter.v", "berth_settlement.sql"] {
                #expect(try IndexCommandTests.leaks(Fixtures.source(name), index).isEmpty, "\(name)")
            }
        }

        @Test("paths are below the one given; of several, each is prefixed; equal ones are refused")
        func paths() throws {
            let folder = try TemporaryFolder()
            let first = try folder.write(Fixtures.source("foc_observer.c"), to: "one/src/foc.c")
            try folder.write(Fixtures.source("berth_pricing.py"), to: "two/pricing.py")
            try folder.write(Fixtures.source("berth_pricing.py"), to: "deep/one/pricing.py")
            let index = folder.file("x.widx")
            let build = ["index", "build", "--collection", "x", "-o", index]
            func path(of name: String) throws -> String? {
                try IndexCommandTests.leaks(Fixtures.source(name), index).first?["path"].string
            }
            #expect(try Weir.run(build + [first]).status == 0)
            #expect(try path(of: "foc_observer.c") == "foc.c")
            #expect(try Weir.run(build + [folder.file("one"), folder.file("two") + "/"]).status == 0)
            #expect(try path(of: "foc_observer.c") == "one/src/foc.c")
            #expect(try path(of: "berth_pricing.py") == "two/pricing.py")
            let equal = try Weir.run(build + [folder.file("one"), folder.file("deep/one")])
            equal.expectFailure(65, naming: "one")
            // What was there before is whole.
            #expect(try path(of: "berth_pricing.py") == "two/pricing.py")
        }

        @Test("public code is subtracted, and info says how much")
        func publicCode() throws {
            let folder = try TemporaryFolder()
            try folder.write(Fixtures.source("foc_observer.c"), to: "public/observer.c")
            let index = folder.file("x.widx")
            let build = ["index", "build", "--collection", "x", try Fixtures.corpus(), "-o", index, "--public"]
            let outcome = try Weir.run(build + [folder.file("public")])
            #expect(outcome.status == 0)
            #expect(try IndexCommandTests.leaks(Fixtures.source("foc_observer.c"), index).isEmpty)
            #expect(try !IndexCommandTests.leaks(Fixtures.source("berth_pricing.py"), index).isEmpty)
            let info = try JSON(line: try #require(Weir.run("index", "info", index, "--format", "jsonl").lines.first))
            let taken = info["subtracted"].array.filter { ($0["fingerprints"].integer ?? 0) > 0 }
            #expect(taken.contains { $0["source"].string?.contains("public") == true })
        }

        @Test("a key of one's own is used, and must be private")
        func keys() throws {
            let folder = try TemporaryFolder()
            let index = folder.file("x.widx")
            _ = try Weir.run("index", "build", "--collection", "x", Fixtures.corpus(), "-o", folder.file("y.widx"))
            let key = folder.file("y.widx.key")
            let build = ["index", "build", "--collection", "x", try Fixtures.corpus(), "-o", index, "--index-key", key]
            #expect(try Weir.run(build).status == 0)
            #expect(!folder.names.contains("x.widx.key"))
            #expect(try Weir.run("index", "info", index, "--index-key", key).status == 0)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
            let outcome = try Weir.run(build)
            #expect([65, 77].contains(outcome.status))
            outcome.expectOneLine(naming: "y.widx.key")
        }

        @Test("a failed build leaves no file and no remains")
        func failures() throws {
            let folder = try TemporaryFolder()
            for (output, status) in [("/nowhere/x.widx", 74), (folder.path, 74)] as [(String, Int32)] {
                let outcome = try Weir.run("index", "build", "--collection", "x", Fixtures.corpus(), "-o", output)
                outcome.expectFailure(status, naming: output)
            }
            let missing = try Weir.run(
                "index",
                "build",
                "--collection",
                "x",
                folder.file("none"),
                "-o",
                folder.file("x.widx")
            )
            missing.expectFailure(66, naming: "none")
            #expect(folder.names.isEmpty, "\(folder.names)")
            try folder.write("", to: "empty/.keep")
            let empty = try Weir.run(
                "index",
                "build",
                "--collection",
                "x",
                folder.file("empty"),
                "-o",
                folder.file("x.widx")
            )
            empty.expectNoTrap("nothing to index")
        }

        @Test("a build that may write no more ends as an I/O error, without a partial file")
        func fullDisk() throws {
            let folder = try TemporaryFolder()
            let outcome = try Weir.shell(
                #"ulimit -f 8; exec "$@""#,
                "index",
                "build",
                "--collection",
                "x",
                Fixtures.corpus(),
                "-o",
                folder.file("x.widx")
            )
            outcome.expectFailure(74, naming: "x.widx")
            #expect(!folder.names.contains("x.widx"))
            #expect(!folder.names.contains { $0.hasPrefix("x.widx.") && $0 != "x.widx.key" || $0.hasPrefix(".") })
        }

        @Test("a build that is killed leaves the old index or the new")
        func killed() throws {
            let folder = try TemporaryFolder()
            let index = folder.file("x.widx")
            for copy in 0..<150 {
                for name in ["foc_observer.c", "berth_pricing.py"] {
                    let text = String(decoding: try Fixtures.source(name), as: UTF8.self)
                    try folder.write(text.replacing("a", with: "a\(copy)x"), to: "tree/\(copy)-\(name)")
                }
            }
            var wereKilled = 0
            for delay: UInt32 in [5_000, 20_000, 50_000, 90_000, 140_000, 200_000] {
                let arguments = ["index", "build", "--collection", "x", folder.file("tree"), "-o", index]
                let program = try Program(Weir.binary(), arguments)
                usleep(delay)
                program.send(SIGKILL)
                if try program.wait().status == -SIGKILL { wereKilled += 1 }
                if folder.names.contains("x.widx") { #expect(try Weir.run("index", "info", index).status == 0) }
            }
            #expect(wereKilled > 0)
        }

        @Test("an index that is cut short while in use ends the program with a line that says what to do")
        func cutShort() throws {
            let folder = try TemporaryFolder()
            try folder.write(Fixtures.source("foc_observer.c"), to: "tree/foc_observer.c")
            _ = try Weir.run("index", "build", "--collection", "x", folder.file("tree"), "-o", folder.file("x.widx"))
            let script = #"""
                cd "$2" && mkfifo pipe
                "$1" check --index x.widx - <pipe &
                weir=$!
                exec 3>pipe
                until grep -q x.widx /proc/$weir/maps; do kill -0 $weir || exit 99; sleep 0.02; done
                : >x.widx
                cat tree/foc_observer.c >&3
                exec 3>&-
                wait $weir
                """#
            let outcome = try Weir.shell(script, folder.file(""))
            #expect(outcome.status == 74)
            let advice = "replace indexes by renaming (mv), never by writing over them"
            #expect(outcome.diagnosticLines == ["weir: an index was cut short while in use; " + advice])
            #expect(outcome.output.isEmpty)
        }

        @Test("an output that is no regular file is not replaced")
        func device() throws {
            let folder = try TemporaryFolder()
            let pipe = folder.file("pipe")
            #expect(try Program("/usr/bin/mkfifo", [pipe]).wait().status == 0)
            let outcome = try Weir.run("index", "build", "--collection", "x", Fixtures.corpus(), "-o", pipe)
            let type = try FileManager.default.attributesOfItem(atPath: pipe)[.type] as? FileAttributeType
            #expect(type != .typeRegular, "a pipe, or /dev/null, was replaced by a file")
            #expect(outcome.status == 74)
        }

        @Test("the order of the file system makes no difference to what is found")
        func reproducible() throws {
            let folder = try TemporaryFolder()
            for name in Fixtures.corpusNames.reversed() {
                try folder.write(Fixtures.source(name), to: "corpus/" + name)
            }
            let key = try Fixtures.index() + ".key"
            let index = folder.file("x.widx")
            _ = try Weir.run(
                "index",
                "build",
                "--collection",
                "corpus",
                folder.file("corpus"),
                "-o",
                index,
                "--index-key",
                key
            )
            let octets = try Data(contentsOf: URL(filePath: index))
            #expect(octets == (try Data(contentsOf: URL(filePath: Fixtures.index()))))
        }
    }
}
