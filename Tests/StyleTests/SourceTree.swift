import Foundation

/// The checkout's own sources, read as text: the rules that no compiler holds are held here.
struct SourceTree {
    struct File {
        let path: String
        let lines: [String]

        /// The room the file belongs to: `Wire` for `Sources/Wire/ByteReader.swift`.
        var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
        var name: String { path.split(separator: "/").last.map(String.init) ?? "" }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    let sources: [File]

    init() throws {
        sources = try SourceTree.swiftFiles(below: "Sources")
        // An enumeration that sees nothing, as through symbolic links, would make every rule hold.
        guard sources.count > 100 else { throw CocoaError(.fileReadNoSuchFile) }
    }

    static func swiftFiles(below folder: String) throws -> [File] {
        let base = root.appending(path: folder)
        let names = try FileManager.default.subpathsOfDirectory(atPath: base.path).filter { $0.hasSuffix(".swift") }
        return try names.sorted().map { name in
            let text = try String(contentsOf: base.appending(path: name), encoding: .utf8)
            return File(
                path: folder + "/" + name,
                lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            )
        }
    }
}
