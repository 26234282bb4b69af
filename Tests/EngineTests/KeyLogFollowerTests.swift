import Dispatch
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

        init(_ names: [String] = ["keys"], notifies: Bool = true) throws {
            let folder = FileManager.default.temporaryDirectory.appending(path: "weir-keys-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            self.folder = folder
            let lines = lines
            let paths = names.map { folder.appending(path: $0).path }
            follower = KeyLogFollower(paths, notifies: notifies) { lines.add($0) }
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

        private let added = DispatchSemaphore(value: 0)

        func add(_ line: String) {
            lines.withLock { $0.append(line) }
            added.signal()
        }

        /// Waits for a line; false when none comes.
        func wait(seconds: Double) -> Bool { added.wait(timeout: .now() + seconds) == .success }

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
        #expect(log.follower.tally.secrets == 1)
        let second = Self.line(2)
        try log.append(String(second.prefix(50)))
        log.follower.look()
        #expect(log.follower.store.sessionCount == 1)
        try log.append(String(second.dropFirst(50)) + Self.line(3))
        log.follower.look()
        log.follower.look()
        #expect(log.follower.store.sessionCount == 3 && log.follower.tally.secrets == 3)
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

    @Test(
        "a file that was renamed or removed is read on beside the one that took its name, for a minute without growth"
    )
    func formerFiles() throws {
        let log = try Log()
        let start = ContinuousClock.now
        try log.write(Self.line(1))
        log.follower.look(at: start)
        try FileManager.default.moveItem(at: log.url(), to: log.url("keys.1"))
        log.follower.look(at: start)
        try log.append(Self.line(2), to: "keys.1")
        try log.write(Self.line(3))
        log.follower.look(at: start + .seconds(50))
        #expect(log.follower.store.sessionCount == 3)
        try log.append(Self.line(4).dropLast(2) + "", to: "keys.1")
        let removed = try FileHandle(forWritingTo: log.url())
        try removed.seekToEnd()
        try FileManager.default.removeItem(at: log.url())
        try log.write(Self.line(5))
        try removed.write(contentsOf: Data(Self.line(6).utf8))
        log.follower.look(at: start + .seconds(100))
        #expect(log.follower.store.sessionCount == 5)
        // What a file that is left for good ends with is not lost, and what comes after is not looked for.
        log.follower.look(at: start + .seconds(161))
        #expect(log.follower.tally.badLines == 1)
        try removed.write(contentsOf: Data(Self.line(7).utf8))
        try log.append(Self.line(8))
        log.follower.look(at: start + .seconds(161))
        #expect(log.follower.store.sessionCount == 6 && log.follower.tally.secrets == 6)
    }

    @Test("of a file that is renamed again and again the last few are read on")
    func manyRotations() throws {
        let log = try Log()
        for number in 1...9 {
            try log.write(Self.line(number))
            log.follower.look()
            try FileManager.default.moveItem(at: log.url(), to: log.url("keys.\(number)"))
        }
        for number in 1...9 { try log.append(Self.line(100 + number), to: "keys.\(number)") }
        log.follower.look()
        // Before one is left it is read to its end a last time.
        #expect(log.follower.tally.secrets == 14)
    }

    @Test("a file that was cut and has grown past where it was read is read anew")
    func regrown() throws {
        let log = try Log()
        try log.write(Self.line(1))
        log.follower.look()
        for text in [Self.line(2), Self.line(3) + Self.line(4), Self.line(3) + Self.line(4) + Self.line(5)] {
            let file = try FileHandle(forWritingTo: log.url())
            try file.truncate(atOffset: 0)
            try file.write(contentsOf: Data(text.utf8))
            log.follower.look()
        }
        #expect(log.follower.store.sessionCount == 5)
        // The last was only longer than before, so it was read on.
        #expect(log.follower.tally.secrets == 5 && log.follower.tally.repeated == 0)
        try log.write(Self.line(3))
        log.follower.look()
        #expect(log.follower.tally.repeated == 1)
    }

    @Test("a link is followed where it leads now, and what is no file is not read")
    func links() throws {
        let log = try Log(["link", "folder"])
        try log.write(Self.line(1), to: "one")
        try log.write(Self.line(2), to: "two")
        try FileManager.default.createSymbolicLink(at: log.url("link"), withDestinationURL: log.url("one"))
        try FileManager.default.createDirectory(at: log.url("folder"), withIntermediateDirectories: false)
        log.follower.look()
        try FileManager.default.removeItem(at: log.url("link"))
        try FileManager.default.createSymbolicLink(at: log.url("link"), withDestinationURL: log.url("two"))
        log.follower.look()
        #expect(log.follower.store.sessionCount == 2)
        #expect(log.lines.all.count == 1 && log.lines.all.first?.contains("is no regular file") == true)
    }

    @Test("on its thread a change is seen, whether the system tells of it or not", arguments: [true, false])
    func thread(notifies: Bool) throws {
        let log = try Log(notifies: notifies)
        try log.write(Self.line(1))
        log.follower.start()
        #expect(log.follower.store.sessionCount == 1)
        try log.append("hello\n" + Self.line(2))
        // It says of the bad line that it is one, and the other was read by then.
        #expect(log.lines.wait(seconds: 10))
        #expect(log.lines.all.first?.contains("keys:2:") == true)
        #expect(log.follower.store.sessionCount == 2)
        log.follower.stop()
    }

    @Test("another secret of a known session counts, and is told once")
    func replaced() throws {
        let log = try Log()
        let other = Self.line(1).replacing("ab", with: "cd")
        try log.write(Self.line(1) + Self.line(1) + other + Self.line(2) + other)
        log.follower.look()
        try log.append(Self.line(1))
        log.follower.look()
        #expect(log.follower.tally.secrets == 6)
        #expect(log.follower.tally.repeated == 2 && log.follower.tally.replaced == 2)
        #expect(log.lines.all.count == 1 && log.lines.all.first?.contains("another secret") == true)
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
        #expect(log.follower.tally.badLines == 2 && log.follower.tally.secrets == 2)
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
        #expect(keys.tally.secrets == 2 && keys.tally.badLines == 1 && warnings.count == 1)
        let error = #expect(throws: KeyLogError.self) { try KeyLogs([log.url("none").path]) { _ in } }
        #expect(error?.description.contains("none: key log: no such file") == true)
    }
}
