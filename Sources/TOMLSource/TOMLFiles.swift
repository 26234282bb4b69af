import FoundationEssentials

/// Finds the TOML files that a list of files and folders stands for.
package enum TOMLFiles {
    /// The files of `paths` in their order; a folder gives its `*.toml` in byte order of names, not recursively.
    ///
    /// - Throws: an error when a path does not exist, may not be read, or is a folder without such files.
    package static func expand(_ paths: [String]) throws(TOMLError) -> [String] {
        var files: [String] = []
        for path in paths {
            guard let found = try folder(path) else {
                files.append(path)
                continue
            }
            guard !found.isEmpty else {
                throw TOMLError(name: path, line: 0, message: "the folder holds no *.toml file", kind: .missing)
            }
            files += found
        }
        return files
    }

    /// The `*.toml` of a folder in byte order of names; nil when `path` is a file.
    ///
    /// - Throws: an error when the path does not exist or may not be read.
    package static func folder(_ path: String) throws(TOMLError) -> [String]? {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            guard FileManager.default.fileExists(atPath: path) else {
                throw TOMLError(name: path, line: 0, message: "no such file or folder", kind: .missing)
            }
            guard FileManager.default.isReadableFile(atPath: path) else {
                throw TOMLError(name: path, line: 0, message: "permission denied", kind: .permission)
            }
            return nil
        }
        let separator = path.hasSuffix("/") ? "" : "/"
        return names.filter { $0.hasSuffix(".toml") && !$0.hasPrefix(".") }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            .map { path + separator + $0 }
    }
}
