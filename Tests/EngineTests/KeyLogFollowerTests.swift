import Engine
import Foundation
import SecureTransport
import Synchronization
import Testing

@Suite("Key logs that are followed")
struct KeyLogFollowerTests {
    private final class Log: Sendable {
        let folder: URL
        let lines = Lines()
        let follower: KeyLogFollower

        init(_ names: [String] = ["keys"]) throws {
            let folder = FileManager.default.temporaryDirectory.appending(path: "weir-keys-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            self.folder = folder
            let lines = lines
            follower = KeyLogFollower(names.map { folder.appending(path: $0).path }) { lines.add($0) }
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func url(_ name: String = "keys") -> URL { folder.appending(path: name) }

        func write(_ text: String, to name: String = "keys") throws { try Data(text.utf8).write(to: url(name)) }

        func append(_ text: String, to name: String = "keys") throws {
            let file = try FileHandle(forWritingTo: url(name))
            try file.seekToEnd()
            try file.write(contentsOf: Data(text.utf8))
            try file.close()
        }
    }

    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        func add(_ line: String) { lines.withLock { $0.append(line) } }

        var all: [String] { lines.withLock { $0 } }
    }

    private static func line(_ session: Int) -> String {
        let name = String(session, radix: 16)
        let random = String(repeating: "0", count: 64 - name.count) + name
        return "CLIENT_RANDOM \(random) \(String(repeating: "ab", count: 48))\n"
    }

    @Test("what is appended is read, half lines when they are whole")
    func growth() throws {
        let log = try Log()
        try log.write(Self.line(1))
        log.follower.look()
        #expect(log.follower.secretCount == 1)
        let second = Self.line(2)
        try log.append(String(second.prefix(50)))
        log.follower.look()
        #expect(log.follower.store.sessionCount == 1)
        try log.append(String(second.dropFirst(50)) + Self.line(3))
        log.follower.look()
        log.follower.look()
        #expect(log.follower.store.sessionCount == 3 && log.follower.secretCount == 3)
        #expect(log.lines.all == [])
    }

    @Test("a file that was cut is read anew, one that was renamed to its end first")
    func rotation() throws {
        let log = try Log()
        try log.write(Self.line(1) + Self.line(2))
        log.follower.look()
        try log.write(Self.line(3))
        log.follower.look()
        #expect(log.follower.store.sessionCount == 3)
        try log.append(Self.line(4))
        try FileManager.default.moveItem(at: log.url(), to: log.url("keys.1"))
        try log.append(Self.line(5), to: "keys.1")
        try log.write(Self.line(6))
        log.follower.look()
        #expect(log.follower.store.sessionCount == 6)
        #expect(log.lines.all == [])
    }

    @Test("a file that is not there is waited for, and waited for again, and each is said once")
    func reappearance() throws {
        let log = try Log(["keys", "other"])
        log.follower.look()
        log.follower.look()
        #expect(log.lines.all.count == 2 && log.lines.all.allSatisfy { $0.contains("waited for") })
        try log.write(Self.line(1))
        try log.write(Self.line(2), to: "other")
        log.follower.look()
        #expect(log.follower.store.sessionCount == 2)
        try FileManager.default.removeItem(at: log.url())
        log.follower.look()
        #expect(log.lines.all.count == 3)
        try log.write(Self.line(3))
        log.follower.look()
        #expect(log.follower.store.sessionCount == 3)
    }

    @Test("lines of something else are counted, and the first is told by its place, never by its content")
    func badLines() throws {
        let log = try Log()
        try log.write(Self.line(1) + "password = hunter2\n" + Self.line(2))
        log.follower.look()
        try log.append("more of it\n")
        log.follower.look()
        #expect(log.follower.badLines == 2 && log.follower.secretCount == 2)
        #expect(log.lines.all.count == 1)
        #expect(log.lines.all.first?.contains("keys:2:") == true)
        #expect(log.lines.all.first?.contains("hunter2") == false)
    }

    @Test("logs that are read whole are read in order, and a missing one is an error")
    func whole() throws {
        let log = try Log()
        try log.write(Self.line(1) + "x\n" + Self.line(2).dropLast())
        try log.write("", to: "empty")
        var warnings: [String] = []
        let keys = try KeyLogs([log.url("empty").path, log.url().path]) { warnings.append($0) }
        #expect(keys.secretCount == 2 && keys.badLines == 1 && warnings.count == 1)
        let error = #expect(throws: KeyLogError.self) { try KeyLogs([log.url("none").path]) { _ in } }
        #expect(error?.description.contains("none: key log: no such file") == true)
    }
}
