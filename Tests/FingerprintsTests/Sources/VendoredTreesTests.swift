import Foundation
import Testing

@testable import Fingerprints

@Suite("Other people's code within a tree")
struct VendoredTreesTests {
    private static let mit = "MIT License\n\nPermission is hereby granted, free of charge, to any person\n"
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func walk(includingVendored: Bool = false) throws -> (names: [String], vendored: [String]) {
        var walker = try SourceWalker(paths: [folder("t")], includingVendored: includingVendored)
        var names: [String] = []
        while let file = walker.next() { names.append(String(decoding: file.name, as: UTF8.self)) }
        return (names, walker.skipped.names[.vendored] ?? [])
    }

    @Test("a folder kept for others' code is theirs with a licence of others, by its name alone it is not")
    func licence() throws {
        try folder.write("t/third_party/zlib/LICENSE", Self.mit)
        try folder.write("t/third_party/zlib/inflate.c", "x")
        try folder.write("t/third_party/ours/inflate.c", "x")
        try folder.write("t/third_party/secret/LICENSE", "Copyright Acme. All rights reserved. Internal use only.\n")
        try folder.write("t/third_party/secret/a.c", "x")
        try folder.write("t/src/zlib/LICENSE", Self.mit)
        try folder.write("t/src/zlib/a.c", "x")
        let (names, vendored) = try walk()
        #expect(vendored == ["third_party/zlib"])
        #expect(names == ["src/zlib/a.c", "third_party/ours/inflate.c", "third_party/secret/a.c"])
        #expect(try walk(includingVendored: true).vendored == [])
        #expect(try walk(includingVendored: true).names.contains("third_party/zlib/inflate.c"))
    }

    @Test("what has the licence of the tree itself is not others'")
    func sameLicence() throws {
        try folder.write("t/LICENSE", Self.mit)
        try folder.write("t/external/part/LICENSE", Self.mit)
        try folder.write("t/external/part/a.c", "x")
        try folder.write("t/external/other/LICENSE", "Apache License\nVersion 2.0, January 2004\n")
        try folder.write("t/external/other/a.c", "x")
        #expect(try walk().vendored == ["external/other"])
        #expect(try walk().names == ["external/part/a.c"])
    }

    @Test(
        "a package of npm is others' by an open licence, not when it is private or says no such licence",
        arguments: [
            (#"{"name": "a", "license": "MIT"}"#, true),
            (#"{"license": {"type": "BSD-3-Clause", "url": "x"}, "private": false}"#, true),
            (#"{"licenses": [{"type": "Apache-2.0"}]}"#, true),
            (#"{"license": "(MIT OR GPL-3.0)"}"#, true),
            (#"{"license": "MIT", "private": true}"#, false),
            (#"{"license": "UNLICENSED"}"#, false),
            (#"{"license": "Acme Limited"}"#, false),
            (#"{"dependencies": {"license": "MIT"}}"#, false),
            (#"{"scripts": {"a": "b"}}"#, false),
            (#"{"license""#, false),
            ("", false),
        ]
    )
    func npm(manifest: String, isVendored: Bool) throws {
        try folder.write("t/node_modules/a/package.json", manifest)
        try folder.write("t/node_modules/a/index.js", "x")
        try folder.write("t/node_modules/@s/b/package.json", manifest)
        try folder.write("t/packages/a/package.json", manifest)
        try folder.write("t/packages/a/index.js", "x")
        let (names, vendored) = try walk()
        #expect(vendored.sorted() == (isVendored ? ["node_modules/@s/b", "node_modules/a"] : []))
        #expect(names.contains("packages/a/index.js"))
        #expect(names.contains("node_modules/a/index.js") != isVendored)
    }

    @Test("modules that Go vendored are others', but for those of the owner of the module around them")
    func modules() throws {
        try folder.write("t/go.mod", "module github.com/acme/app\n\ngo 1.22\n")
        try folder.write(
            "t/vendor/modules.txt",
            "# github.com/spf13/pflag v1.0.5\n## explicit\ngithub.com/spf13/pflag\n# github.com/acme/lib v1.0.0\n# ../x v1\n"
        )
        for name in ["github.com/spf13/pflag", "github.com/acme/lib", "github.com/other/kept"] {
            try folder.write("t/vendor/\(name)/a.go", "x")
        }
        #expect(try walk().vendored == ["vendor/github.com/spf13/pflag"])
    }

    @Test("what pip installed is others' by the list of its files and an open licence")
    func installed() throws {
        let open = "Metadata-Version: 2.1\nName: a\nLicense: Apache 2.0\n\nLicense: of the description\n"
        let closed = "Metadata-Version: 2.1\nName: b\nLicense: Proprietary\n\nLicense: MIT\n"
        for (name, metadata) in [("a", open), ("b", closed)] {
            try folder.write("t/lib/\(name)-1.0.dist-info/METADATA", metadata)
            try folder.write("t/lib/\(name)-1.0.dist-info/RECORD", "\(name)/x.py,sha256=1,2\n../../bin/y,,\n")
            try folder.write("t/lib/\(name)/x.py", "x")
        }
        #expect(try walk().vendored == ["lib/a", "lib/a-1.0.dist-info"])
    }

    @Test("crates are others' where Cargo left their checksums")
    func crates() throws {
        for name in ["one", "two"] {
            try folder.write("t/vendor/\(name)/Cargo.toml", "license = \"MIT OR Apache-2.0\"\n")
        }
        try folder.write("t/vendor/one/.cargo-checksum.json", "{}")
        #expect(try walk().vendored == ["vendor/one"])
    }

    @Test("a path that is given is never skipped")
    func given() throws {
        try folder.write("t/vendor/a/LICENSE", Self.mit)
        try folder.write("t/vendor/a/a.c", "x")
        var walker = try SourceWalker(paths: [folder("t/vendor/a")])
        let name = walker.next()?.name
        #expect(name == Array("a.c".utf8))
    }

    @Test("lock files and packed scripts are told by their names, packed scripts by their look too")
    func names() {
        let reason = { (name: String) in SourceNames.reasonToSkip(Array(name.utf8)) }
        #expect(reason("Cargo.lock") == .lock && reason("go.sum") == .lock && reason("jquery.min.js") == .minified)
        #expect(reason("lock.c") == nil && reason("minjs.js") == nil)
        let packed = Array(String(repeating: "var a=function(b){return b+1};", count: 200).utf8)
        let look = { (name: String) in SourceNames.reasonToSkip(contents: packed, name: Array(name.utf8)) }
        #expect(look("a.js") == .minified && look("a.c") == nil)
    }

    @Test("most of a file in public code makes it public, unless somebody wrote thirty lines in a row")
    func share() {
        var share = PublicShare()
        for _ in 0..<70 { share.add(isKnown: true, isShape: false) }
        for _ in 0..<20 { share.add(isKnown: false, isShape: true) }
        #expect(share.isPublic(inVendorFolder: false))
        for _ in 0..<24 { share.add(isKnown: false, isShape: false) }
        #expect(!share.isPublic(inVendorFolder: false) && share.isPublic(inVendorFolder: true))
        for _ in 0..<24 { share.add(isKnown: false, isShape: true) }
        #expect(!share.isPublic(inVendorFolder: true))
        var few = PublicShare()
        for _ in 0..<7 { few.add(isKnown: true, isShape: false) }
        #expect(!few.isPublic(inVendorFolder: true))
    }

    @Test("a public file is skipped by name, what was taken out of it is counted, and --include-vendored keeps it")
    func publicFile() throws {
        var maker = SourceMaker(seed: 5)
        let theirs = maker.lines(80).joined(separator: "\n") + "\n"
        let ours = maker.lines(80).joined(separator: "\n") + "\n"
        try folder.write("p/a.c", theirs)
        try folder.write("t/copy.c", theirs + "int one_line_more;\n")
        try folder.write("t/fork.c", theirs + theirs + ours)
        try folder.write("t/ours.c", ours)
        for includes in [false, true] {
            let summary = try IndexBuilder(includingVendored: includes).build(
                collection: "c",
                paths: [folder("t")],
                publicPaths: [folder("p")],
                output: folder("i"),
                key: nil
            )
            #expect(summary.skipped.names[.publicCode] == (includes ? nil : ["copy.c"]))
            #expect(summary.files == (includes ? 3 : 2))
            #expect((summary.subtracted.first?.fingerprints ?? 0) > 60)
            let index = try FingerprintIndex.open(path: folder("i"))
            #expect(matches(of: [theirs], in: [index]).isEmpty)
            #expect(!matches(of: [ours], in: [index]).isEmpty)
        }
    }
}
