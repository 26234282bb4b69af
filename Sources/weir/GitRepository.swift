import Foundation

/// A git repository as an index follows it: the files of some branches, and what they were before.
struct GitRepository {
    /// A file of a commit, or a version of it.
    struct Entry {
        /// Its path in the repository; any octets but zero.
        var path: [UInt8]
        /// The object that holds its contents: hexadecimal digits.
        var blob: String
        /// What it is: `100644`, `100755` for files, `120000` for symbolic links, `160000` for submodules.
        var mode: String

        /// Whether it is a file, rather than a link or another repository.
        var isFile: Bool { mode.hasPrefix("100") }
    }

    /// A branch or tag, and its commit.
    struct Tip {
        var name: String
        var commit: String
    }

    private let path: String

    /// Opens the repository at `path`.
    ///
    /// - Throws: `Failure` where there is none, or no `git`.
    init(path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure("\(path): no such file or folder", .noInput)
        }
        self.path = path
        _ = try GitProcess.text(["rev-parse", "--git-dir"], in: path)
    }

    /// The branches to follow: those named, or all, or the one that is checked out.
    func tips(named names: [String], all: Bool) throws -> [Tip] {
        var tips: [Tip] = []
        if all || names.isEmpty, let head = try commit("HEAD") { tips.append(Tip(name: "HEAD", commit: head)) }
        for name in names {
            let places = ["refs/heads/\(name)", "refs/remotes/\(name)", "refs/tags/\(name)"]
            guard let found = try places.lazy.compactMap({ try commit($0) }).first else {
                throw Failure("\(path): no branch or tag is called \(name)", .noInput)
            }
            tips.append(Tip(name: name, commit: found))
        }
        if all { tips += try references(["refs/heads", "refs/remotes"]) }
        guard !tips.isEmpty else { throw Failure("\(path): has no commit to index", .noInput) }
        var seen: Set<String> = []
        return tips.filter { seen.insert($0.commit).inserted }
    }

    /// The branches and tags that a pattern names, as in `git for-each-ref`.
    func tips(matching pattern: String) throws -> [Tip] {
        let tips = try references(["refs/heads/", "refs/remotes/", "refs/tags/"].map { $0 + pattern })
        guard !tips.isEmpty else { throw Failure("\(path): no branch or tag matches \(pattern)", .noInput) }
        return tips
    }

    /// The files of a commit, in git's order of paths.
    func tree(of commit: String) throws -> [Entry] {
        let process = try GitProcess(["ls-tree", "-r", "-z", "--full-tree", commit], in: path)
        var entries: [Entry] = []
        while let record = try process.next(separator: 0) {
            guard let tab = record.firstIndex(of: 0x09) else { continue }
            let facts = String(decoding: record[..<tab], as: UTF8.self).split(separator: " ").map(String.init)
            guard facts.count == 3 else { continue }
            entries.append(Entry(path: Array(record[(tab + 1)...]), blob: facts[2], mode: facts[0]))
        }
        try process.finish()
        return entries
    }

    /// What files were before the commits that lead to `tips` changed them, newest first: of each commit what it made, then
    /// what it replaced.
    ///
    /// - Parameters:
    ///   - tips: Where to begin.
    ///   - limit: Commits looked at; nil for all.
    /// - Returns: Versions of files, some more than once.
    /// - Throws: `Failure` where git fails.
    func history(of tips: [Tip], limit: Int?) throws -> [Entry] {
        var arguments = [
            "log", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv",
            "--no-show-signature", "--no-notes", "--diff-merges=first-parent", "--format=%x01%H",
        ]
        if let limit { arguments += ["-n", "\(limit)"] }
        let process = try GitProcess(arguments + tips.map(\.commit) + ["--"], in: path)
        var entries: [Entry] = []
        while let record = try process.next(separator: 0) {
            let facts = record.drop { $0 == 0x0A }
            guard facts.first == 0x3A else { continue }
            // ":100644 100644 1234… 5678… M", then the path.
            let words = String(decoding: facts.dropFirst(), as: UTF8.self).split(separator: " ").map(String.init)
            guard words.count == 5, let name = try process.next(separator: 0) else { continue }
            for (mode, blob) in [(words[1], words[3]), (words[0], words[2])] where blob.contains(where: { $0 != "0" }) {
                entries.append(Entry(path: name, blob: blob, mode: mode))
            }
        }
        try process.finish()
        return entries
    }

    /// What reads the contents of objects.
    func contents() throws -> GitContents { try GitContents(path) }

    private func commit(_ name: String) throws -> String? {
        guard !name.hasPrefix("-") else { return nil }
        let arguments = ["rev-parse", "--verify", "--quiet", name + "^{commit}"]
        guard let text = try? GitProcess.text(arguments, in: path) else { return nil }
        let commit = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return commit.count >= 40 && commit.allSatisfy(\.isHexDigit) ? commit : nil
    }

    private func references(_ patterns: [String]) throws -> [Tip] {
        let arguments = ["for-each-ref", "--format=%(objectname) %(refname)"] + patterns
        var tips: [Tip] = []
        for line in try GitProcess.text(arguments, in: path).split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            // A tag may name something that is no commit.
            guard words.count == 2, let commit = try commit(words[0]) else { continue }
            tips.append(Tip(name: words[1], commit: commit))
        }
        return tips
    }
}

/// Reads the contents of one object after the other.
final class GitContents {
    private let process: GitProcess

    fileprivate init(_ path: String) throws {
        process = try GitProcess(["cat-file", "--batch"], in: path, takesInput: true)
    }

    /// The first `limit` octets of a file's contents; nil where the repository does not have them.
    func read(_ blob: String, limit: Int) throws -> [UInt8]? {
        try process.send(blob)
        // The shortest answer, "NAME blob 0", is taken at once, and what a longer one has besides octet by octet: whoever asks
        // for more than is sent waits for ever.
        var line = try process.read(blob.utf8.count + 8, keeping: .max)
        while line.last != 0x0A, line.count < 256 { line += try process.read(1, keeping: 1) }
        let words = String(decoding: line.dropLast(), as: UTF8.self).split(separator: " ")
        guard words.count == 3, words[1] == "blob", let count = Int(words[2]) else {
            guard words.count == 3, let count = Int(words[2]) else { return nil }
            _ = try process.read(count + 1, keeping: 0)
            return nil
        }
        let octets = try process.read(count, keeping: limit)
        _ = try process.read(1, keeping: 0)
        return octets
    }
}
