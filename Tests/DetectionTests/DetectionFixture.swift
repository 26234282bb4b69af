import Fingerprints
import Foundation
import Patterns
import Services
import TestSupport

@testable import Detection

/// A worker over the shipped rules and services and an index of one made-up source file.
enum DetectionFixture {
    /// The source file: 60 lines, no two alike, in no public code.
    static let code: String = {
        var generator = SeededGenerator(seed: 42)
        let words = [
            "tide", "buoy", "quay", "winch", "hull", "berth", "crane", "locker", "pilot", "draft", "ballast", "keel",
        ]
        let pick = { (generator: inout SeededGenerator) in words.randomElement(using: &generator) ?? "tide" }
        return (1...60).map { line in
            let left = pick(&generator) + "_" + pick(&generator) + "_\(line)"
            let call = pick(&generator) + "_" + pick(&generator)
            let argument = pick(&generator) + "_" + pick(&generator)
            return "    \(left) = \(call)(\(argument), \(pick(&generator)) + \(pick(&generator)), \(pick(&generator)));"
        }.joined(separator: "\n") + "\n"
    }()

    /// Lines of the source file, by their 1-based numbers.
    static func lines(_ range: ClosedRange<Int>) -> String {
        code.split(separator: "\n", omittingEmptySubsequences: false)[range.lowerBound - 1...range.upperBound - 1]
            .joined(separator: "\n")
    }

    /// A shipped folder of the checkout.
    private static func shipped(_ name: String) -> String {
        let here = URL(fileURLWithPath: #filePath)
        let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return root.appendingPathComponent("config").appendingPathComponent(name).path
    }

    /// Compiling the rules takes a while: all tests share two sets.
    private static let withIndex = Result { try makeSet(hasIndex: true) }
    private static let withoutIndex = Result { try makeSet(hasIndex: false) }

    /// A worker over rules and, where asked for, the index.
    static func worker(hasIndex: Bool = true) throws -> DetectionWorker {
        try DetectionWorker(hasIndex ? withIndex.get() : withoutIndex.get())
    }

    /// The index's file is gone when this returns, its mapping is not.
    private static func makeSet(hasIndex: Bool) throws -> DetectionSet {
        var indexes: [FingerprintIndex] = []
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "weir-detection-" + UUID().uuidString
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        if hasIndex {
            let source = folder.appendingPathComponent("src")
            try FileManager.default.createDirectory(at: source, withIntermediateDirectories: true)
            try code.write(to: source.appendingPathComponent("berth.c"), atomically: true, encoding: .utf8)
            let output = folder.appendingPathComponent("code.widx").path
            _ = try IndexBuilder().build(
                collection: "engine",
                paths: [source.path],
                publicPaths: [],
                output: output,
                key: nil
            )
            indexes = [try FingerprintIndex.open(path: output)]
        }
        return DetectionSet(
            catalogue: try ServiceCatalogue(paths: [shipped("services")]),
            rules: try RuleSet.load(paths: [shipped("rules")]),
            indexes: indexes
        )
    }

    /// JSON text of a string.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// A body of OpenAI's chat interface with one message of a user.
    static func chat(_ text: String, model: String = "gpt-x") -> [UInt8] {
        Array(
            (#"{"model":"\#(model)","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"#
                + quoted(text) + "}]}").utf8
        )
    }
}
