import Foundation

/// A repository that tests make, with the `git` of this machine.
final class GitTree {
    /// Whether there is a `git`; without one tests of repositories are skipped, and say so.
    static let isThere = ["/usr/bin/git", "/usr/local/bin/git", "/bin/git"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    let path: String

    init(_ path: String) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try git("init", "-q", "-b", "main")
    }

    /// Runs git in the repository.
    @discardableResult
    func git(_ arguments: String...) throws -> String {
        let fixed = ["-C", path, "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgSign=false"]
        let outcome = try Program("/usr/bin/env", ["git"] + fixed + arguments).wait(seconds: 30)
        guard outcome.status == 0 else { throw Failed(description: "git \(arguments): \(outcome.diagnostics)") }
        return outcome.output
    }

    /// Writes a file; nil removes it.
    func write(_ name: String, _ text: String?) throws {
        let file = URL(filePath: path).appending(path: name)
        guard let text else { return try FileManager.default.removeItem(at: file) }
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: file)
    }

    /// Commits all that is there.
    func commit(_ message: String = "more") throws {
        try git("add", "-A", "-f")
        try git("commit", "-q", "--allow-empty", "-m", message)
    }

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }
}
