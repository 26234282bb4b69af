import Foundation

/// A folder that goes with its value.
final class TemporaryFolder: Sendable {
    let path: String

    init(within parent: String = FileManager.default.temporaryDirectory.path) throws {
        path = parent + "/weir-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file within.
    func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file, with the folders on its way, and returns its path.
    @discardableResult
    func write(_ octets: [UInt8], to name: String) throws -> String {
        let url = URL(filePath: file(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(octets).write(to: url)
        return url.path
    }

    /// Writes a text file and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }

    /// The text of a file; empty where there is none.
    func read(_ name: String) -> String {
        (try? Data(contentsOf: URL(filePath: file(name)))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The whole records of a log so far.
    func records(_ name: String) -> [JSON] {
        let lines = read(name).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.dropLast().compactMap { try? JSON(line: String($0)) }
    }

    /// The names of the files within.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}
