import Fingerprints
import Foundation

/// The seeds of `Index`: indexes without a key, of `IndexBody.text`.
package enum IndexSeeds {
    /// Makes them as today's builder does, below a folder; by name.
    package static func make(in path: String) throws -> [String: [UInt8]] {
        let folder = URL(filePath: path)
        let lines = String(decoding: IndexBody.text, as: UTF8.self)
        let files = [
            "one/hive.swift": lines, "two/hive.swift": lines,
            "two/scale.swift": lines.replacing("hive", with: "berth").replacing("honey", with: "cargo"),
            "public/hive.swift": lines.split(separator: "\n").prefix(5).joined(separator: "\n"),
        ]
        for (name, text) in files {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        var seeds: [String: [UInt8]] = [:]
        let plans = [("one-file", "one", []), ("two-files", "two", []), ("subtracted", "one", ["public"])]
        for (name, tree, others) in plans {
            let output = folder.appending(path: name).path
            _ = try IndexBuilder(includingVendored: true).build(
                collection: "seed",
                paths: [folder.appending(path: tree).path],
                publicPaths: others.map { folder.appending(path: $0).path },
                output: output,
                key: nil
            )
            seeds[name] = Array(try Data(contentsOf: URL(filePath: output)))
        }
        return seeds
    }

    /// What is wrong with an index in this file, also once its checksums are made right; nil when nothing is.
    package static func fault(_ octets: [UInt8]) -> String? {
        var repaired = octets
        IndexBody.repair(&repaired)
        guard repaired == octets else { return "its checksums are no longer where they are repaired" }
        do {
            try Data(octets).write(to: URL(filePath: IndexBody.path))
            let index = try FingerprintIndex.open(path: IndexBody.path)
            try index.verify()
            return CodeBody.claims(IndexBody.text, index) > 0 ? nil : "its text is not found"
        } catch {
            return "\(error)"
        }
    }
}
