import Foundation
import Testing

@testable import Fingerprints

@Suite("Walking a source tree")
struct SourceWalkerTests {
    private func walk(_ paths: [String]) throws -> (names: [String], skipped: SkippedFiles) {
        var walker = try SourceWalker(paths: paths)
        var names: [String] = []
        while let file = walker.next() { names.append(String(decoding: file.name, as: UTF8.self)) }
        return (names, walker.skipped)
    }

    @Test("files come in byte order, named below the path")
    func order() throws {
        let folder = try TemporaryFolder()
        for name in ["b.c", "a/z.c", "a/b/c.c", "B.c", "a.c"] { try folder.write("t/" + name, "x") }
        #expect(try walk([folder("t")]).names == ["B.c", "a/b/c.c", "a/z.c", "a.c", "b.c"])
        #expect(try walk([folder("t") + "/"]).names.first == "B.c")
        #expect(try walk([folder("t/a/z.c")]).names == ["z.c"])
    }

    @Test("several paths are prefixed by their last components, of which no two may be equal")
    func several() throws {
        let folder = try TemporaryFolder()
        for name in ["one/a.c", "two/a.c", "x/one/a.c", "three.c"] { try folder.write(name, "x") }
        let names = try walk([folder("two"), folder("one/."), folder("three.c")]).names
        #expect(names == ["two/a.c", "one/a.c", "three.c"])
        #expect(throws: IndexError.equalNames(folder("one"), folder("x/one/"))) {
            try walk([folder("one"), folder("x/one/")])
        }
        #expect(throws: IndexError.noInput(path: folder("none"))) { try walk([folder("none")]) }
    }

    @Test("links, keys, licences and version control are skipped, each counted and named")
    func skips() throws {
        let folder = try TemporaryFolder()
        for name in [
            "t/a.c", "t/.env", "t/.env.local", "t/id_rsa", "t/server.pem", "t/LICENSE", "t/COPYING.md", "t/.git/config",
            "t/notice.c", "t/license.py", "elsewhere/b.c",
        ] { try folder.write(name, "x") }
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: folder("t/loop"), withDestinationPath: folder("t"))
        try manager.createSymbolicLink(atPath: folder("t/b.c"), withDestinationPath: folder("elsewhere/b.c"))
        try manager.createSymbolicLink(atPath: folder("t/dangling"), withDestinationPath: "nowhere")
        let (names, skipped) = try walk([folder("t")])
        #expect(names == ["a.c", "license.py", "notice.c"])
        #expect(skipped.names[.link] == ["b.c", "dangling", "loop"])
        #expect(skipped.names[.secret] == [".env", ".env.local", "id_rsa", "server.pem"])
        #expect(skipped.names[.licence] == ["COPYING.md", "LICENSE"])
        #expect(skipped.names[.versionControl] == [".git"])
        #expect(skipped.total == 10)
    }

    @Test("a path that is itself a link is followed")
    func linkGiven() throws {
        let folder = try TemporaryFolder()
        try folder.write("real/a.c", "x")
        try FileManager.default.createSymbolicLink(atPath: folder("link"), withDestinationPath: folder("real"))
        #expect(try walk([folder("link")]).names == ["a.c"])
    }

    @Test("what is neither file nor folder is counted and the rest goes on")
    func special() throws {
        let folder = try TemporaryFolder()
        try folder.write("t/a.c", "x")
        let (names, skipped) = try walk(["/dev/null", folder("t")])
        #expect(names == ["t/a.c"])
        #expect(skipped.names == [.special: ["null"]])
    }

    @Test("rules of nested folders, of the folders above up to the repository, and of info/exclude count")
    func ignored() throws {
        let folder = try TemporaryFolder()
        try folder.write("repo/.git/info/exclude", "*.tmp\n")
        try folder.write("repo/.gitignore", "*.log\nout/\n/sub/only.c\n")
        try folder.write("repo/sub/.gitignore", "!keep.log\ngenerated/*\n!generated/hand.c\n")
        for name in [
            "a.c", "a.log", "a.tmp", "out/x.c", "sub/keep.log", "sub/b.log", "sub/only.c", "sub/generated/g.c",
            "sub/generated/hand.c", "sub/deep/out/y.c", "sub/deep/c.c",
        ] { try folder.write("repo/" + name, "x") }
        let below = [".gitignore", "deep/c.c", "generated/hand.c", "keep.log"]
        let (names, skipped) = try walk([folder("repo")])
        #expect(names == [".gitignore", "a.c"] + below.map { "sub/" + $0 })
        #expect(
            skipped.names[.ignored]?.sorted() == [
                "a.log", "a.tmp", "out", "sub/b.log", "sub/deep/out", "sub/generated/g.c", "sub/only.c",
            ]
        )
        #expect(try walk([folder("repo/sub")]).names == below)
    }

    @Test("a tree deeper than any stack is walked")
    func deep() throws {
        let folder = try TemporaryFolder()
        let path = (0..<300).map { _ in "d" }.joined(separator: "/")
        try folder.write(path + "/a.c", "x")
        #expect(try walk([folder.path]).names == [path + "/a.c"])
    }

    @Test("contents tell binaries and large generated files")
    func contents() {
        let reason = { (contents: [UInt8]) in SourceNames.reasonToSkip(contents: contents) }
        let blank = [UInt8](repeating: 0x0A, count: 1 << 20)
        let solid = [UInt8](repeating: 0x61, count: (1 << 20) + 1)
        let plain = reason(Array("int a;\n".utf8))
        #expect(plain == nil)
        let zero = reason([0x61, 0])
        #expect(zero == .binary)
        let lateZero = reason(solid[..<9000] + [0])
        #expect(lateZero == nil)
        let oneLine = reason(solid)
        #expect(oneLine == .generated)
        let marked = reason(Array("// @generated by x\n".utf8) + blank)
        #expect(marked == .generated)
        let large = reason(Array("int a;\n".utf8) + blank)
        #expect(large == nil)
    }
}
