import Foundation
import Testing

@Suite("House rules that no compiler holds")
struct HouseRulesTests {
    /// Where `unsafe` may stand, and why: each is a C edge.
    static let unsafeFiles: [String: String] = [
        "BrotliDecoder.swift": "brotli's state",
        "GzipDecoder.swift": "zlib's stream",
        "ZstdDecoder.swift": "zstd's stream",
        "FanoutGroup.swift": "if_nametoindex(3) and strerror(3), where Foundation is forbidden",
        "LiveCapture.swift": "libpcap's handle",
        "PatternDatabase.swift": "Vectorscan's database, streams and scratch",
        "RE2Expression.swift": "RE2 through its C shim",
        "AppendFile.swift": "write(2), whose return value says how much of a record reached the file",
        "Accounts.swift": "getpwnam_r(3) and getgrnam_r(3), which alone know the host's users and groups",
        "LocalSocket.swift": "bind(2), connect(2), SO_PEERCRED and octets over a Unix stream socket",
        "FileFollower.swift": "inotify(7) and poll(2)",
        "MappedFileFault.swift": "write(2) in a handler of signals",
        "DatagramSocket.swift": "sendto(2) with a Unix socket's address",
        "FileDescriptor.swift": "open(2), read(2), write(2) and opendir(3) where Foundation is forbidden",
        "FileTree.swift": "lstat(2), readdir(3) and rename(2) where Foundation is forbidden",
        "LayoutSearch.swift": "the search for laid out lines by C's vectors",
        "PlainText.swift": "the unescaping of blocks by C's vectors",
        "GramBatch.swift": "the loops over a filter, with prefetches, which Swift has no word for",
        "Keywords.swift": "the tables of keywords and marks, given to the loops of `WordRuns`",
        "ShapeStates.swift": "the loops over tokens by C's vectors",
        "WordRuns.swift": "bit masks of 64 octets by C's vectors, and loads of eight",
        "KeyStore.swift": "mmap(2), mlock(2) and explicit_bzero(3): secrets are not swapped, not dumped, and wiped",
        "PrefixDigest.swift": "the sums of a digest, by C's products of 128 bits",
        "IndexFile.swift": "a mapped, immutable index generation",
        "FilterCopy.swift": "mmap(2) and madvise(2): huge pages for what is asked at random",
    ]

    @Test("unsafe stands only at the C edges named here")
    func unsafeCode() throws {
        for file in try SourceTree().sources where Self.unsafeFiles[file.name] == nil {
            for (index, line) in file.lines.enumerated() {
                let code = line.split(separator: "//", maxSplits: 1).first.map(String.init) ?? ""
                let words = code.split { !$0.isLetter && $0 != "_" && $0 != "@" }
                #expect(!words.contains("unsafe"), "\(file.path):\(index + 1) uses unsafe outside the list")
            }
        }
    }

    @Test("nothing in the sources can trap by its own wish or share without proof")
    func forbidden() throws {
        let banned = [
            "try!", "as!", "fatalError(", "preconditionFailure(", "precondition(", "nonisolated(unsafe)",
            "@unchecked Sendable", "unowned(unsafe)",
        ]
        for file in try SourceTree().sources {
            for (index, line) in file.lines.enumerated() where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                for word in banned where line.contains(word) {
                    Issue.record("\(file.path):\(index + 1) holds \(word)")
                }
            }
        }
    }

    /// Whether a file is a table of texts in other languages, which are no code of ours.
    private func isTexts(_ path: String) -> Bool { path.contains("/Idioms/CommonIdioms") }

    @Test("every package declaration is documented")
    func documentation() throws {
        for file in try SourceTree().sources where !isTexts(file.path) {
            for (index, line) in file.lines.enumerated() {
                let code = line.drop { $0 == " " }
                guard code.hasPrefix("package ") || code.hasPrefix("public "), !code.hasPrefix("package import"),
                    !code.hasPrefix("public import"), !code.contains(" extension ")
                else { continue }
                var above = index - 1
                while above >= 0, file.lines[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
                let documented = above >= 0 && file.lines[above].drop(while: { $0 == " " }).hasPrefix("///")
                #expect(documented, "\(file.path):\(index + 1) is not documented: \(code)")
            }
        }
    }

    @Test("no Foundation on the way of a packet")
    func foundation() throws {
        let bare = ["Wire", "PacketCapture", "PacketDecode", "FlowTracking", "AppProtocols", "Fingerprints"]
        for file in try SourceTree().sources where bare.contains(file.room) && !isTexts(file.path) {
            for (index, line) in file.lines.enumerated() where line.contains("import Foundation") {
                Issue.record("\(file.path):\(index + 1) imports Foundation")
            }
        }
    }

    @Test("no file outgrows its reader")
    func length() throws {
        for file in try SourceTree().sources where !isTexts(file.path) {
            #expect(file.lines.count <= 501, "\(file.path) has \(file.lines.count) lines: find the seam")
        }
    }

    @Test("the shipped scripts, tests and sources name no path of the machine they were written on")
    func paths() throws {
        let home = FileManager.default.homeDirectoryForCurrentUser.path
        for file in try SourceTree().sources where home.count > 1 {
            for (index, line) in file.lines.enumerated() where line.contains(home + "/") {
                Issue.record("\(file.path):\(index + 1) names \(home)")
            }
        }
    }
}
