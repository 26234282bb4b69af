import Foundation
import SecureTransport
import Synchronization
import Testing

@testable import Engine

@Suite("The socket at which keys are pushed")
struct KeySocketTests {
    /// A socket in a folder of its own, and what was said of it.
    private final class Place: Sendable {
        let folder: URL
        let store = KeyStore()
        let socket: KeySocket
        let said: Said

        init(_ access: (String) -> KeySocketAccess = { KeySocketAccess(path: $0) }) throws {
            let name = "weir-sock-\(UInt32.random(in: 0 ... .max))"
            folder = FileManager.default.temporaryDirectory.appending(path: name)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let said = Said()
            socket = try KeySocket(access(folder.appending(path: "s").path), into: store) { said.add($0) }
            self.said = said
            socket.start()
        }

        deinit {
            socket.stop()
            try? FileManager.default.removeItem(at: folder)
        }

        var path: String { folder.appending(path: "s").path }

        var mode: Int? {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return (attributes?[.posixPermissions] as? NSNumber)?.intValue
        }

        /// A file with a text, open for reading.
        func file(_ text: String) throws -> FileHandle {
            let url = folder.appending(path: UUID().uuidString)
            try Data(text.utf8).write(to: url)
            return try FileHandle(forReadingFrom: url)
        }
    }

    private final class Said: Sendable {
        private let lines = Mutex<[String]>([])

        func add(_ line: String) { lines.withLock { $0.append(line) } }

        var all: [String] { lines.withLock { $0 } }
    }

    private static func line(_ session: Int) -> String {
        let name = String(session, radix: 16)
        let random = String(repeating: "0", count: 64 - name.count) + name
        return "CLIENT_RANDOM \(random) \(String(repeating: "ab", count: 48))\n"
    }

    @Test("lines that are pushed are in the store when the daemon has answered, a last one without an end too")
    func push() throws {
        let place = try Place()
        #expect(place.mode == 0o600)
        var push = try KeyPush.begin(to: place.path)
        let log = try place.file(Self.line(1) + "# a comment\n" + Self.line(2) + Self.line(2) + Self.line(3).dropLast())
        try push.push(from: log.fileDescriptor, named: "log")
        let outcome = try push.finish()
        #expect(outcome == KeyPush.Outcome(secrets: 4, badLines: 0, firstBadLine: nil))
        #expect(place.store.sessionCount == 3)
        #expect(place.socket.tally.secrets == 4 && place.socket.tally.repeated == 1)
        #expect(place.said.all == [])
    }

    @Test("lines of something else are told to whoever pushed them and once to the log, their content never")
    func badLines() throws {
        let place = try Place()
        for _ in 0..<2 {
            var push = try KeyPush.begin(to: place.path)
            let log = try place.file(
                Self.line(1) + "password = hunter2\n" + String(repeating: "x", count: 1 << 20) + "\n"
            )
            try push.push(from: log.fileDescriptor, named: "log")
            let outcome = try push.finish()
            #expect(outcome == KeyPush.Outcome(secrets: 1, badLines: 2, firstBadLine: 2))
        }
        #expect(place.socket.tally.badLines == 4)
        #expect(place.said.all.count == 1 && place.said.all.first?.contains("hunter2") == false)
    }

    @Test("whoever dawdles holds nobody, and too many at a time are told to come again")
    func crowd() throws {
        let place = try Place()
        let idle = try (0..<KeySocket.mostOfUser - 1).map { _ in try Idle(place.path) }
        var push = try KeyPush.begin(to: place.path)
        let log = try place.file(Self.line(7))
        try push.push(from: log.fileDescriptor, named: "log")
        let error = #expect(throws: LocalSocketError.self) { _ = try KeyPush.begin(to: place.path) }
        #expect(error?.kind == .nobody && error?.description.contains("try again later") == true)
        #expect(place.socket.refusals == 1)
        #expect(try push.finish().secrets == 1)
        // The place that became free is given again.
        var other = try KeyPush.begin(to: place.path)
        #expect(try other.finish().secrets == 0)
        withExtendedLifetime(idle) {}
    }

    /// Connects, sends half a line, and says nothing more.
    private final class Idle {
        private let socket: LocalSocket

        init(_ path: String) throws {
            socket = try LocalSocket.connected(to: path, seconds: 5)
            var greeting = [UInt8](repeating: 0, count: 64)
            guard case .octets = socket.receive(&greeting) else { throw LocalSocketError(.other, "no greeting") }
            _ = socket.send(Array("CLIENT_RANDOM 00".utf8))
        }
    }

    @Test("the daemon's own user, root and those named may push, and nobody else")
    func access() {
        var access = KeySocketAccess(path: "/s")
        func admits(_ user: UInt32, _ groups: [UInt32] = [50]) -> Bool {
            access.admits(LocalSocket.Peer(user: user, groups: groups), own: 900)
        }
        #expect(admits(0) && admits(900) && !admits(1_000) && access.mode == 0o600)
        access.group = 70
        #expect(!admits(1_000) && admits(1_000, [50, 70]) && access.mode == 0o660)
        access.users = [1_000]
        #expect(admits(1_000) && !admits(1_001) && admits(1_001, [70]) && access.mode == 0o666)
    }

    @Test("the file's mode lets in whom the settings name")
    func modes() throws {
        let group = getegid()
        #expect(try Place { KeySocketAccess(path: $0, group: group) }.mode == 0o660)
        #expect(try Place { KeySocketAccess(path: $0, users: [12_345]) }.mode == 0o666)
    }

    @Test("a socket that a killed daemon left is taken over, one that is in use or no socket at all is not")
    func leftover() throws {
        let place = try Place()
        let taken = #expect(throws: LocalSocketError.self) {
            _ = try KeySocket(KeySocketAccess(path: place.path), into: place.store) { _ in }
        }
        #expect(taken?.kind == .taken)
        place.socket.stop()
        let dead = place.folder.appending(path: "dead").path
        do { _ = try LocalSocket.listening(at: dead) }
        #expect(FileManager.default.fileExists(atPath: dead))
        let again = try KeySocket(KeySocketAccess(path: dead), into: place.store) { _ in }
        again.stop()
        #expect(!FileManager.default.fileExists(atPath: dead))
        try Data([1]).write(to: URL(filePath: dead))
        let other = #expect(throws: LocalSocketError.self) {
            _ = try KeySocket(KeySocketAccess(path: dead), into: place.store) { _ in }
        }
        #expect(other?.kind == .taken && other?.description.contains(dead) == true)
        let nowhere = #expect(throws: LocalSocketError.self) {
            _ = try KeySocket(KeySocketAccess(path: "\(dead)/a/s"), into: place.store) { _ in }
        }
        #expect(nowhere?.kind == .other && nowhere?.description.contains("folder is not there") == true)
    }

    @Test("where nobody listens, pushing says so, and a path that is too long is refused")
    func nobody() {
        let missing = #expect(throws: LocalSocketError.self) { _ = try KeyPush.begin(to: "/nowhere/keys.sock") }
        #expect(missing?.kind == .nobody)
        let path = String(repeating: "/x", count: 60)
        let long = #expect(throws: LocalSocketError.self) { _ = try KeyPush.begin(to: path) }
        #expect(long?.kind == .other)
    }

    @Test("a daemon's lines are read back as they were meant")
    func answers() {
        let all: [KeyPushAnswer] = [
            .ready, .refused, .busy, .read(secrets: 3, badLines: 0, firstBadLine: nil),
            .read(secrets: 0, badLines: 2, firstBadLine: 9),
        ]
        for answer in all {
            let line = String(decoding: answer.line, as: UTF8.self)
            #expect(line.hasSuffix("\n") && KeyPushAnswer(line.dropLast()) == answer)
        }
        for line in ["", "weir keys 2", "read 1 bad x first 0", "read 1 bad 2", "SSH-2.0-x"] {
            #expect(KeyPushAnswer(line[...]) == nil)
        }
    }

    @Test("no more octets a second are read than the budget has, and a pause saves up no more than a burst")
    func budget() {
        let start = ContinuousClock.now
        var budget = OctetBudget(rate: 1_000, burst: 100, at: start)
        #expect(budget.isOpen)
        budget.take(300)
        #expect(!budget.isOpen)
        budget.refill(at: start + .milliseconds(200))
        #expect(!budget.isOpen)
        budget.refill(at: start + .milliseconds(201))
        #expect(budget.isOpen)
        budget.refill(at: start + .seconds(3_600))
        budget.take(100)
        #expect(!budget.isOpen)
    }

    @Test("users and groups are known by name and by number")
    func accounts() {
        #expect(Accounts.user("root") == 0 && Accounts.user("1234") == 1_234)
        #expect(Accounts.group("root") == 0 && Accounts.group("77") == 77)
        #expect(Accounts.user("nobody-of-that-name") == nil && Accounts.group("no-such-group") == nil)
    }
}
