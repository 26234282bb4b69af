import Foundation
import Testing

extension EndToEnd {
    @Suite("weir index update, merge, verify")
    struct IndexUpdateTests {
        /// What check finds of some texts, file by file.
        private static func leaks(_ texts: [String], _ index: String) throws -> [[JSON]] {
            let outcome = try Weir.run(["check", "--index", index, "--format", "jsonl"] + texts)
            return try outcome.lines.map { try JSON(line: $0)["leaks"].array }
        }

        private static func paths(_ source: String, _ index: String) throws -> [String] {
            let outcome = try Weir.run(
                ["check", "--index", index, "--format", "jsonl", "-"],
                input: Array(source.utf8)
            )
            return try outcome.lines.flatMap { try JSON(line: $0)["leaks"].array }.compactMap { $0["path"].string }
        }

        private static func source(_ name: String) throws -> String {
            String(decoding: try Fixtures.source(name), as: UTF8.self)
        }

        private static func update(_ arguments: String...) throws -> JSON {
            let outcome = try Weir.run(["index", "update"] + arguments + ["--format", "jsonl"])
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            return try JSON(line: try #require(outcome.lines.first, "\(outcome.diagnostics)"))
        }

        private static func sound(_ index: String) throws {
            let outcome = try Weir.run("index", "verify", index)
            #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.diagnostics)")
        }

        @Test("a repository is followed: only what changed is read", .enabled(if: GitTree.isThere, "there is no git"))
        func follow() throws {
            let folder = try TemporaryFolder()
            let tree = try GitTree(folder.file("repo"))
            let index = folder.file("x.widx")
            for name in Fixtures.corpusNames { try tree.write("src/" + name, Self.source(name)) }
            try tree.write("a\nb\t\"c\".c", "int x;\n")
            try tree.write("--help", "int y;\n")
            try tree.write(".env", "PASSWORD=hunter2\n")
            try tree.write("blob.bin", "a\0b")
            try FileManager.default.createSymbolicLink(atPath: tree.path + "/link", withDestinationPath: "src")
            try tree.commit()
            let first = try Self.update(index, "--repo", tree.path, "--collection", "engine")
            #expect(first["added"].integer == 8 && first["read"].integer == 9)
            #expect(first["skipped"] == .object(["binary": .number(1), "link": .number(1), "secret": .number(1)]))
            #expect(
                try FileManager.default.attributesOfItem(atPath: index + ".key")[.posixPermissions] as? Int == 0o600
            )
            let again = try Self.update(index, "--repo", tree.path)
            #expect(again["read"].integer == 0 && again["written"] == .bool(false))
            var lines = try Self.source("foc_observer.c").split(separator: "\n", omittingEmptySubsequences: false)
            lines.removeSubrange(30..<40)
            try tree.write("src/foc_observer.c", lines.joined(separator: "\n"))
            try tree.write("src/berth_pricing.py", nil)
            try tree.write("src/deep/new.py", Self.source("berth_pricing.py").uppercased() + "\ndef added(): pass\n")
            try tree.commit()
            let third = try Self.update(index, "--repo", tree.path)
            let counts = ["added", "changed", "removed", "unchanged", "read"].map { third[$0].integer }
            #expect(counts == [1, 1, 1, 6, 2])
            try Self.sound(index)
            // The same as an index built of what is checked out.
            let built = folder.file("built.widx")
            let build = ["index", "build", "--collection", "engine", tree.path, "-o", built, "--index-key"]
            #expect(try Weir.run(build + [index + ".key"]).status == 0)
            try FileManager.default.copyItem(atPath: index + ".key", toPath: built + ".key")
            let texts = try Fixtures.corpusNames.map { try folder.write(Self.source($0), to: "texts/" + $0) }
            #expect(try Self.leaks(texts, index) == Self.leaks(texts, built))
            #expect(try Self.leaks(texts, index).contains { !$0.isEmpty })
        }

        @Test("branches, history and what was released", .enabled(if: GitTree.isThere, "there is no git"))
        func branches() throws {
            let folder = try TemporaryFolder()
            let tree = try GitTree(folder.file("repo"))
            let (index, all, past) = (folder.file("x.widx"), folder.file("all.widx"), folder.file("past.widx"))
            let (foc, price, lantern) = (
                try Self.source("foc_observer.c"), try Self.source("berth_pricing.py"),
                try Self.source("LanternSync.swift")
            )
            try tree.write("a.txt", foc)
            try tree.commit()
            try tree.git("branch", "old")
            try tree.write("a.txt", price)
            try tree.commit()
            try tree.git("checkout", "-q", "-b", "feature/x")
            try tree.write("b.txt", lantern)
            try tree.commit()
            try tree.git("checkout", "-q", "main")
            let one = try Self.update(index, "--repo", tree.path, "--collection", "c")
            #expect(one["files"].integer == 1 && one["revision"].string?.hasPrefix("HEAD ") == true)
            #expect(try Self.paths(foc, index).isEmpty && Self.paths(lantern, index).isEmpty)
            let named = try Self.update(index, "--repo", tree.path, "--branch", "main", "--branch", "feature/x")
            #expect(named["files"].integer == 2 && named["read"].integer == 1)
            #expect(try Self.paths(lantern, index) == ["b.txt"])
            let many = try Self.update(all, "--repo", tree.path, "--collection", "c", "--all-branches")
            #expect(many["files"].integer == 3)
            let blob = try tree.git("rev-parse", "old:a.txt").prefix(12)
            #expect(try Self.paths(foc, all) == ["a.txt@\(blob)"])
            #expect(try Self.paths(price, all) == ["a.txt"])
            let history = try Self.update(past, "--repo", tree.path, "--collection", "c", "--history", "all")
            #expect(history["files"].integer == 2)
            #expect(try Self.paths(foc, past) == ["a.txt@\(blob)"])
            try tree.git("tag", "v1.0", "old")
            let released = try Self.update(past, "--repo", tree.path, "--history", "all", "--released", "v*")
            #expect(released["tombstones"].integer ?? 0 > 10 && released["read"].integer == 1)
            #expect(try Self.paths(foc, past).isEmpty && Self.paths(price, past) == ["a.txt"])
            let explained = try Weir.run(
                ["explain", "--index", past, "--format", "jsonl", "-"],
                input: Array(foc.utf8)
            )
            let suppressed = try JSON(line: try #require(explained.lines.first))["match"]["suppressed"][0]
            #expect(suppressed["reason"].string == "released" && suppressed["word_grams"].integer ?? 0 > 10)
            for index in [index, all, past] { try Self.sound(index) }
            for wrong in [["--branch", "nowhere"], ["--released", "w*"]] {
                try Weir.run(["index", "update", past, "--repo", tree.path] + wrong).expectFailure(
                    66,
                    naming: "no branch"
                )
            }
        }

        @Test("a hostile repository runs nothing", .enabled(if: GitTree.isThere, "there is no git"))
        func hostile() throws {
            let folder = try TemporaryFolder()
            let tree = try GitTree(folder.file("repo"))
            let marker = folder.file("ran")
            let script = try folder.write("#!/bin/sh\necho \"$0 $*\" >> '\(marker)'\nexit 1\n", to: "evil")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
            try tree.write("a.c", Self.source("foc_observer.c"))
            try tree.write(".gitattributes", "*.c diff=evil filter=evil\n")
            try tree.commit()
            try tree.write("a.c", Self.source("berth_pricing.py"))
            try tree.commit()
            let object = try tree.git("cat-file", "commit", "HEAD").split(
                separator: "\n",
                maxSplits: 4,
                omittingEmptySubsequences: false
            )
            let signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----"
            let signed = (object.prefix(4).map(String.init) + [signature, String(object[4])]).joined(separator: "\n")
            let file = try folder.write(signed, to: "commit")
            let name = try tree.git("hash-object", "-t", "commit", "-w", file).split(separator: "\n")[0]
            try tree.git("update-ref", "refs/heads/main", String(name))
            let settings = [
                "core.fsmonitor", "core.sshCommand", "core.pager", "core.askPass", "core.editor", "gpg.program",
                "diff.external", "diff.evil.textconv", "diff.evil.command", "filter.evil.smudge", "filter.evil.clean",
                "credential.helper", "core.gitProxy", "core.alternateRefsCommand", "uploadpack.packObjectsHook",
                "remote.evil.uploadpack",
            ]
            for setting in settings { try tree.git("config", setting, script) }
            for (setting, value) in [
                ("log.showSignature", "true"), ("core.hooksPath", folder.path), ("protocol.allow", "always"),
                ("protocol.ext.allow", "always"), ("remote.evil.url", "ext::\(script) %S"),
                ("remote.evil.promisor", "true"), ("remote.evil.partialclonefilter", "blob:none"),
                ("extensions.partialClone", "evil"), ("core.repositoryformatversion", "1"), ("alias.log", "!\(script)"),
                ("alias.cat-file", "!\(script)"), ("include.path", "/dev/null"),
            ] {
                try tree.git("config", setting, value)
            }
            for hook in ["post-checkout", "reference-transaction", "fsmonitor-watchman", "post-index-change"] {
                try FileManager.default.copyItem(atPath: script, toPath: tree.path + "/.git/hooks/" + hook)
            }
            // An object that is missing is fetched from nowhere.
            let missing = try tree.git("rev-parse", "HEAD~1:a.c").split(separator: "\n")[0]
            try FileManager.default.removeItem(
                atPath: tree.path + "/.git/objects/\(missing.prefix(2))/\(missing.dropFirst(2))"
            )
            try? FileManager.default.removeItem(atPath: marker)
            let index = folder.file("x.widx")
            let summary = try Self.update(
                index,
                "--repo",
                tree.path,
                "--collection",
                "c",
                "--history",
                "all",
                "--all-branches"
            )
            #expect(summary["skipped"]["unreadable"].integer == 1)
            #expect(!FileManager.default.fileExists(atPath: marker), "\(folder.read("ran"))")
            #expect(try Self.paths(Self.source("berth_pricing.py"), index) == ["a.c"])
        }

        @Test("folders are followed too, with what is known of the collection")
        func folders() throws {
            let folder = try TemporaryFolder()
            let index = folder.file("x.widx")
            try folder.write(Fixtures.source("foc_observer.c"), to: "tree/src/foc.c")
            try folder.write(Fixtures.source("berth_pricing.py"), to: "tree/gen/price.py")
            let built = try Weir.run(
                "index",
                "build",
                "--collection",
                "engine",
                folder.file("tree"),
                "-o",
                index,
                "--owner",
                "Motor team",
                "--classification",
                "secret",
                "--exclude",
                "gen/",
                "--format",
                "jsonl"
            )
            let summary = try JSON(line: try #require(built.lines.first))
            #expect(summary["files"].integer == 1 && summary["skipped"]["excluded"].integer == 1)
            #expect(built.diagnostics.contains("gen/price.py"))
            let source = try folder.write(Fixtures.source("foc_observer.c"), to: "text.c")
            let leak = try #require(Self.leaks([source], index).first?.first)
            #expect(leak["owner"].string == "Motor team" && leak["classification"].string == "secret")
            let info = try JSON(line: try #require(Weir.run("index", "info", index, "--format", "jsonl").lines.first))
            #expect(info["about"][0]["owner"].string == "Motor team" && info["about"][0]["exclude"].strings == ["gen/"])
            #expect(try Weir.run("index", "info", index, "--format", "text").output.contains("Motor team"))
            try folder.write(Fixtures.source("LanternSync.swift"), to: "tree/src/Sync.swift")
            let updated = try Self.update(index, folder.file("tree"), "--owner", "Drives")
            #expect(updated["added"].integer == 1 && updated["unchanged"].integer == 1)
            #expect(updated["skipped"]["excluded"].integer == 1)
            let after = try #require(Self.leaks([source], index).first?.first)
            #expect(after["owner"].string == "Drives" && after["classification"].string == "secret")
            try Self.sound(index)
        }

        @Test("merged indexes find what each found; those of other keys are refused")
        func merge() throws {
            let folder = try TemporaryFolder()
            let key = try folder.write(String(repeating: "0a", count: 16), to: "key")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
            for (name, source) in [("a", "foc_observer.c"), ("b", "berth_pricing.py")] {
                try folder.write(Fixtures.source(source), to: "\(name)/\(source)")
                let build = [
                    "index", "build", "--collection", "c", folder.file(name), "-o", folder.file(name + ".widx"),
                ]
                #expect(try Weir.run(build + ["--index-key", key]).status == 0)
                #expect(try Weir.run(build.dropLast() + [folder.file("other-\(name).widx")]).status == 0)
            }
            let output = folder.file("m.widx")
            let inputs = [folder.file("a.widx"), folder.file("b.widx")]
            let merged = try Weir.run(
                ["index", "merge"] + inputs + ["-o", output, "--index-key", key, "--format", "jsonl"]
            )
            #expect(merged.status == 0, "\(merged.diagnostics)")
            #expect(try JSON(line: try #require(merged.lines.first))["files"].integer == 2)
            for source in ["foc_observer.c", "berth_pricing.py"] {
                let outcome = try Weir.run(
                    ["check", "--index", output, "--index-key", key, "--format", "jsonl", "-"],
                    input: Fixtures.source(source)
                )
                #expect(try JSON(line: try #require(outcome.lines.first))["leaks"][0]["path"].string == source)
            }
            try Weir.run("index", "merge", folder.file("other-a.widx"), folder.file("other-b.widx"), "-o", output)
                .expectFailure(65, naming: "other-b.widx")
            let kept = try Weir.run("index", "info", output, "--index-key", key, "--format", "jsonl")
            #expect(kept.status == 0)
            // The key of those merged goes beside the result.
            let other = folder.file("n.widx")
            #expect(try Weir.run("index", "merge", folder.file("other-a.widx"), "-o", other).status == 0)
            try Self.sound(other)
        }

        @Test("damage is found, with its offset")
        func damage() throws {
            let folder = try TemporaryFolder()
            let whole = Array(try Data(contentsOf: URL(filePath: Fixtures.index())))
            try FileManager.default.copyItem(atPath: Fixtures.index() + ".key", toPath: folder.file("x.widx.key"))
            try Self.sound(Fixtures.index())
            for place in stride(from: 40, to: whole.count, by: whole.count / 23) {
                var broken = whole
                broken[place] ^= 0x10
                let path = try folder.write(broken, to: "x.widx")
                let outcome = try Weir.run("index", "verify", path)
                outcome.expectFailure(65, naming: "offset")
            }
            let path = try folder.write(Array(whole.prefix(whole.count / 2)), to: "x.widx")
            try Weir.run("index", "verify", path).expectFailure(65, naming: "x.widx")
            let both = try Weir.run("index", "verify", folder.file("no.widx"), Fixtures.index())
            #expect(both.status == 66 && both.diagnostics.contains("sound"))
        }

        @Test("wrong command lines are refused in one line")
        func usage() throws {
            let index = try Fixtures.index()
            try Weir.run("index", "update", index).expectFailure(64, naming: "--repo")
            try Weir.run("index", "update", index, "x", "--branch", "main").expectFailure(64, naming: "--repo")
            try Weir.run("index", "update", index, "--repo", ".", "--history", "x").expectFailure(
                64,
                naming: "--history"
            )
            try Weir.run("index", "update", "/no/such.widx", "--repo", ".").expectFailure(64, naming: "--collection")
            let folder = try TemporaryFolder()
            let new = folder.file("new.widx")
            try Weir.run("index", "update", new, "--collection", "c", folder.file("none")).expectFailure(
                66,
                naming: "none"
            )
            #expect(folder.names.isEmpty)
            if GitTree.isThere {
                try Weir.run("index", "update", new, "--collection", "c", "--repo", folder.path)
                    .expectFailure(65, naming: folder.path)
            }
        }
    }
}
