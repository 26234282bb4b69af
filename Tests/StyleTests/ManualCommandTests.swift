import Foundation
import Testing

/// The commands that README.md shows, run as they stand, and the output that it shows of them.
@Suite("README's commands", .enabled(if: ManualProgram.path != nil, "weir is not built"))
struct ManualCommandTests {
    @Test("every command of README ends as it says there, and prints what stands there")
    func run() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-manual-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        // A copy of the checkout by links, so that what the commands write lies beside it, not in it.
        try FileManager.default.createDirectory(
            at: folder.appending(path: ".build/release"),
            withIntermediateDirectories: true
        )
        try FileManager.default.createSymbolicLink(
            atPath: folder.appending(path: ".build/release/weir").path,
            withDestinationPath: #require(ManualProgram.path)
        )
        for name in ["config", "Tests"] {
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: name),
                withDestinationURL: SourceTree.root.appending(path: name)
            )
        }
        var output = ""
        var count = 0
        for block in try ManualText().blocks {
            guard let mark = block.mark else { continue }
            if mark.hasPrefix("run: ") {
                let outcome = try Self.shell(block.text, in: folder)
                #expect(outcome.status == Int32(mark.dropFirst(5)), "README.md:\(block.line): \(outcome.diagnostics)")
                output = outcome.output
                count += 1
            } else if mark == "output" {
                try Self.compare(block, output)
            }
        }
        #expect(count > 3)
    }

    /// What a line of the shell left behind.
    private static func shell(
        _ script: String,
        in folder: URL
    ) throws -> (status: Int32, output: String, diagnostics: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        // Each line is one command; the block ends as the first that finds something, or fails, does.
        process.arguments = ["-c", "set -e -o pipefail\n" + script]
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        let places = ["output", "diagnostics"].map { folder.appending(path: $0) }
        for place in places { try Data().write(to: place) }
        process.standardOutput = try FileHandle(forWritingTo: places[0])
        process.standardError = try FileHandle(forWritingTo: places[1])
        try process.run()
        process.waitUntilExit()
        let texts = try places.map { try String(contentsOf: $0, encoding: .utf8) }
        return (process.terminationStatus, texts[0], texts[1])
    }

    /// The generation changes with every rule and every index's key; all else must be the same.
    private static func compare(_ block: ManualText.Block, _ output: String) throws {
        if block.language == "json" {
            let shown = try object(block.text)
            let real = try object(output)
            #expect(shown == real, "README.md:\(block.line) does not show what is printed: \(output)")
        } else {
            #expect(anonymous(block.text) == anonymous(output), "README.md:\(block.line) does not show what is printed")
        }
    }

    private static func object(_ text: String) throws -> String {
        let object = try JSONSerialization.jsonObject(with: Data(anonymous(text).utf8))
        let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
        return String(decoding: data, as: UTF8.self)
    }

    private static func anonymous(_ text: String) -> String {
        text.replacingOccurrences(of: "(rules|index):[0-9a-f]+", with: "$1:…", options: .regularExpression)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// The built program.
enum ManualProgram {
    /// `WEIR_BINARY`, else what was built in the checkout; nil where nothing was.
    static let path: String? = {
        if let named = ProcessInfo.processInfo.environment["WEIR_BINARY"], !named.isEmpty { return named }
        return [".build/release/weir", ".build/debug/weir"].map { SourceTree.root.appending(path: $0).path }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()
}
