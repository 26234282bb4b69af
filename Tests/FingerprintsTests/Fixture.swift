import Foundation
import TestSupport

@testable import Fingerprints

/// A folder that goes when the value goes.
final class TemporaryFolder {
    let path: String

    init() throws {
        let name = "weir-fingerprints-\(UInt64.random(in: 0 ... .max))"
        path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in the folder.
    func callAsFunction(_ name: String) -> String { path + "/" + name }

    /// Writes a file, making the folders it lies in.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let url = URL(fileURLWithPath: self(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: url)
        return url.path
    }

    /// The names in the folder.
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}

/// Invents source text: words that no two seeds share often.
struct SourceMaker {
    var generator: SeededGenerator
    private var recent: [String] = []

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// A word, one time in four one that was made lately.
    private mutating func name() -> String {
        if Int.random(in: 0..<4, using: &generator) == 0, let again = recent.suffix(8).randomElement(using: &generator)
        {
            return again
        }
        recent.append(word())
        return recent.last ?? ""
    }

    /// A word of two to four syllables.
    mutating func word() -> String {
        let consonants = Array("bdfgklmnprstvz")
        let vowels = Array("aeiou")
        return (0..<Int.random(in: 2...4, using: &generator)).map { _ in
            String([consonants.randomElement(using: &generator) ?? "b", vowels.randomElement(using: &generator) ?? "a"])
        }.joined()
    }

    /// A line of code with three to eight words.
    mutating func line() -> String {
        let marks = [
            " = ", "(", ") + ", ", ", " -> ", ".", "[12] ", " < ", " ? ", " & ", "::", " == ", " || ", "] = {", " ^ ",
        ]
        let starts = ["", "", "", "if ", "return ", "while ", "let "]
        var line = "    " + (starts.randomElement(using: &generator) ?? "") + name()
        for _ in 1..<Int.random(in: 3...8, using: &generator) {
            line += (marks.randomElement(using: &generator) ?? " ") + name()
        }
        return line + ";"
    }

    /// Lines of code.
    mutating func lines(_ count: Int) -> [String] { (0..<count).map { _ in line() } }
}

/// Collects the hashes of words.
struct WordList: WordSink {
    var hashes: [UInt64] = []
    var offsets: [Int] = []

    mutating func word(_ hash: UInt64, at offset: Int) {
        hashes.append(hash)
        offsets.append(offset)
    }

    mutating func mark(_ octet: UInt8, at offset: Int) {}

    mutating func words(_ runs: borrowing WordRuns, of text: Span<UInt8>, base: Int) {
        for place in 0..<runs.count { word(runs.foundHashes[place], at: base + Int(runs.foundStarts[place])) }
    }

    /// The words of a text given in one piece.
    static func of(_ text: String) -> [UInt64] { of([Array(text.utf8)[...]]) }

    /// The words of a text given in pieces.
    static func of(_ pieces: [ArraySlice<UInt8>]) -> [UInt64] {
        var normalizer = Normalizer()
        var list = WordList()
        var runs = WordRuns()
        for piece in pieces { normalizer.consume(piece.span, &runs, &list) }
        normalizer.finish(&list)
        return list.hashes
    }
}

/// What a matcher says of texts that are leaves of one message.
func matches(of leaves: [String], in indexes: [FingerprintIndex]) -> [CodeMatch] {
    var matcher = CodeMatcher(indexes)
    for (tag, leaf) in leaves.enumerated() {
        matcher.leafBegan(tag: tag)
        matcher.leafText(Array(leaf.utf8).span)
        matcher.leafEnded()
    }
    matcher.textEnded()
    return matcher.matches()
}

extension IndexBuilder {
    /// Builds an unkeyed index of files given by name and text, and opens it.
    static func index(
        _ files: [String: String],
        public publicFiles: [String: String] = [:],
        withoutIdioms: Bool = false
    ) throws -> FingerprintIndex {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write("tree/" + name, text) }
        for (name, text) in publicFiles { try folder.write("public/" + name, text) }
        let output = folder("code.weir")
        var builder = IndexBuilder()
        builder.takesOutIdioms = withoutIdioms
        _ = try builder.build(
            collection: "code",
            paths: [folder("tree")],
            publicPaths: publicFiles.isEmpty ? [] : [folder("public")],
            output: output,
            key: nil
        )
        return try FingerprintIndex.open(path: output)
    }
}
