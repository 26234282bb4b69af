import Foundation

/// The program `git` at work, for reading alone.
///
/// A repository is not trusted: no shell, no hook, no pager, no helper and no fetch of what is missing runs, whatever its
/// configuration says; of the caller's environment it sees the search path alone.
final class GitProcess {
    /// Octets read at once.
    private static let blockOctets = 1 << 16

    private let process = Process()
    private let input: FileHandle?
    private let output: FileHandle
    private let errors = Pipe()
    private let repository: String
    private var block: [UInt8] = []
    private var place = 0

    /// Starts `git` in the repository at `path`.
    ///
    /// - Throws: `Failure` where there is no such program.
    init(_ arguments: [String], in path: String, takesInput: Bool = false) throws {
        repository = path
        process.executableURL = URL(filePath: try Self.program())
        process.arguments = Self.fixed + ["-C", path] + arguments
        process.environment = Self.environment
        let output = Pipe()
        process.standardOutput = output
        process.standardError = errors
        self.output = output.fileHandleForReading
        if takesInput {
            let pipe = Pipe()
            process.standardInput = pipe
            input = pipe.fileHandleForWriting
        } else {
            process.standardInput = FileHandle.nullDevice
            input = nil
        }
        do { try process.run() } catch {
            throw Failure("git cannot be run: \(error.localizedDescription)", .unavailable)
        }
    }

    deinit {
        try? input?.close()
        if process.isRunning { process.terminate() }
    }

    /// Sends a line.
    func send(_ line: String) throws {
        do {
            try input?.write(contentsOf: Data((line + "\n").utf8))
        } catch { throw failure() }
    }

    /// The octets before the next `separator`, which is passed over; nil at the end.
    func next(separator: UInt8) throws -> [UInt8]? {
        var octets: [UInt8] = []
        while try fill() {
            let rest = block[place...]
            if let end = rest.firstIndex(of: separator) {
                octets += rest[..<end]
                place = end + 1
                return octets
            }
            octets += rest
            place = block.count
        }
        return octets.isEmpty ? nil : octets
    }

    /// The next `count` octets, of which the first `limit` are kept: an answer, of which no more is waited for.
    ///
    /// Not to be mixed with `next(separator:)`, which reads ahead.
    func read(_ count: Int, keeping limit: Int) throws -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(min(count, limit))
        var left = count
        while left > 0 {
            let piece: Data?
            do { piece = try output.read(upToCount: min(left, Self.blockOctets)) } catch { throw failure() }
            guard let piece, !piece.isEmpty else { throw failure() }
            octets += piece.prefix(max(0, limit - octets.count))
            left -= piece.count
        }
        return octets
    }

    /// Waits for the end.
    ///
    /// - Throws: `Failure` with what the program says, where it ended with anything but 0.
    func finish() throws {
        try? input?.close()
        while try fill() { place = block.count }
        let complaint = (try? errors.fileHandleForReading.readToEnd()) ?? nil
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw failure(complaint) }
    }

    /// The text of a command of which little is expected.
    static func text(_ arguments: [String], in path: String) throws -> String {
        let process = try GitProcess(arguments, in: path)
        var octets: [UInt8] = []
        while octets.count < 1 << 20, let line = try process.next(separator: 0x0A) { octets += line + [0x0A] }
        try process.finish()
        return String(decoding: octets, as: UTF8.self)
    }

    private func fill() throws -> Bool {
        if place < block.count { return true }
        do {
            block = Array(try output.read(upToCount: Self.blockOctets) ?? Data())
        } catch { throw failure() }
        place = 0
        return !block.isEmpty
    }

    private func failure(_ complaint: Data? = nil) -> Failure {
        let told = complaint.map { String(decoding: $0.prefix(500), as: UTF8.self) } ?? ""
        let line = told.split(whereSeparator: \.isNewline).first.map(String.init) ?? "git ended early"
        return Failure("\(repository): \(line)", .badData)
    }

    /// What holds for every command, over what the repository's configuration says.
    private static let fixed =
        ["--no-pager", "--no-replace-objects", "--no-optional-locks", "--literal-pathspecs"]
        + [
            "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.sshCommand=false", "core.pager=cat",
            "core.askPass=false", "credential.helper=", "gpg.program=false", "log.showSignature=false",
            "log.showRoot=true", "log.follow=false", "diff.external=", "protocol.allow=never", "gc.auto=0",
            "maintenance.auto=false",
        ].flatMap { ["-c", $0] }

    private static let environment: [String: String] = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        "LC_ALL": "C", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_SYSTEM": "/dev/null",
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_ATTR_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_CONFIG_COUNT": "1",
        // Whose it is does not matter to who only reads: nothing of what it configures is run.
        "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
    ]

    private static func program() throws -> String {
        let folders = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
        let found = folders.map { $0 + "/git" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let found else {
            throw Failure("git is not installed; it is what reads repositories (apt-get install git)", .unavailable)
        }
        return found
    }
}
