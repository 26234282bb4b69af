import Detection
import Fingerprints
import Foundation
import Patterns
import Services

/// What weir ships, loaded once.
enum Shipped {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let rules = loaded("rules") { try RuleSet.load(paths: [root.appending(path: "config/rules").path]) }

    static let catalogue = loaded("services") {
        try ServiceCatalogue(paths: [root.appending(path: "config/services").path])
    }

    /// An index of the example code.
    static let index = loaded("index") {
        let output = scratch("example.widx")
        defer { try? FileManager.default.removeItem(atPath: output) }
        let sources = [root.appending(path: "config/example").path]
        _ = try IndexBuilder().build(collection: "example", paths: sources, publicPaths: [], output: output, key: nil)
        return try FingerprintIndex.open(path: output)
    }

    static let detection = DetectionSet(catalogue: catalogue, rules: rules, indexes: [index])

    /// The same, with no memory of what was sent before.
    static let forgetting = DetectionSet(catalogue: catalogue, rules: rules, indexes: [index], resentOctets: 0)

    /// A path of this process's own, in memory where the system has such a place.
    static func scratch(_ name: String) -> String {
        let memory = "/dev/shm"
        let folder = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        return folder + "/weir-fuzz-\(ProcessInfo.processInfo.processIdentifier)-" + name
    }

    private static func loaded<Value>(_ what: String, _ load: () throws -> Value) -> Value {
        do { return try load() } catch { fatalError("\(what): \(error)") }
    }
}
