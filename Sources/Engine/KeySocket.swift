internal import BasicContainers
internal import Foundation
package import SecureTransport
internal import Synchronization

/// Who may push key-log lines, and where.
package struct KeySocketAccess: Sendable {
    /// The socket's path.
    package var path: String
    /// Users who may push beside root and the daemon's own.
    package var users: Set<UInt32>
    /// The group whose members may push.
    package var group: UInt32?

    /// Lets root and the daemon's own user push at `path`, and those named.
    package init(path: String, users: Set<UInt32> = [], group: UInt32? = nil) {
        self.path = path
        self.users = users
        self.group = group
    }

    /// The mode of the socket's file: it is opened no further than to those who may push.
    ///
    /// Single users cannot be named by a mode, so with some the kernel lets everybody connect, and who it is decides.
    var mode: UInt32 { !users.isEmpty ? 0o666 : group != nil ? 0o660 : 0o600 }

    /// Whether somebody may push.
    func admits(_ peer: LocalSocket.Peer, own: UInt32) -> Bool {
        if peer.user == 0 || peer.user == own || users.contains(peer.user) { return true }
        return group.map { peer.groups.contains($0) } ?? false
    }
}

/// Takes key-log lines that local programs push, for as long as the daemon runs.
///
/// Whoever connects is greeted with a line, sends lines of a key log until it ends its side, and is told how many were
/// understood. Who it is, the kernel says. Lines, connections, those of one user, and octets a second are bounded; who is
/// slow holds nobody, and who is fast waits.
package final class KeySocket: Sendable {
    private let access: KeySocketAccess
    private let listener: LocalSocket
    private let store: KeyStore
    private let complain: @Sendable (String) -> Void
    private let isStopped = Atomic<Bool>(false)
    private let counted = Mutex(KeyTally())
    private let refused = Atomic<Int>(0)

    /// Connections at a time, and those of one user.
    static let mostConnections = 64
    static let mostOfUser = 16
    /// Octets a second that are read of all connections, and that may be read at once after a pause.
    static let rate = 8 << 20
    static let burst = 1 << 20
    /// Octets of a connection that are read at a time.
    private static let turn = 1 << 16
    /// Users of whom it is said that they were refused, or pushed what is no key log.
    private static let mostComplaints = 16

    /// Listens at the path; a socket that a killed daemon left is removed.
    ///
    /// - Throws: why that is not possible, with the path.
    package init(
        _ access: KeySocketAccess,
        into store: KeyStore,
        complain: @escaping @Sendable (String) -> Void
    ) throws(LocalSocketError) {
        self.access = access
        self.store = store
        self.complain = complain
        listener = try Self.listen(access)
    }

    private static func listen(_ access: KeySocketAccess) throws(LocalSocketError) -> LocalSocket {
        let path = access.path
        do throws(LocalSocketError) {
            if LocalSocket.isSocket(path) {
                if isServed(path) { throw LocalSocketError(.taken, "another program listens there") }
                LocalSocket.remove(path)
            }
            makeFolder(of: path)
            let listener = try LocalSocket.listening(at: path)
            if access.mode != 0o600 { try LocalSocket.open(path, group: access.group, mode: access.mode) }
            return listener
        } catch {
            let reason = error.kind == .nobody ? "its folder is not there" : error.description
            throw LocalSocketError(error.kind == .nobody ? .other : error.kind, "\(path): key socket: \(reason)")
        }
    }

    /// Makes the folder that the socket lies in, as `/run/weir` is after each start of the host; no other.
    private static func makeFolder(of path: String) {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        try? FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o755]
        )
    }

    /// Takes what is pushed, on a thread of its own, until stopped.
    package func start() {
        EngineThread.start("weir-keysock") { [self] in serve() }
    }

    /// Ends it; the socket's file goes at once.
    package func stop() {
        isStopped.store(true, ordering: .releasing)
        LocalSocket.remove(access.path)
    }

    /// What was pushed so far.
    package var tally: KeyTally { counted.withLock { $0 } }

    /// Connections that were refused so far, for who they are or for want of room.
    package var refusals: Int { refused.load(ordering: .relaxed) }

    private static func isServed(_ path: String) -> Bool {
        do throws(LocalSocketError) {
            _ = try LocalSocket.connected(to: path, seconds: 1)
            return true
        } catch {
            return error.kind != .nobody
        }
    }

    // MARK: On its thread

    private func serve() {
        var connections = UniqueArray<KeyConnection>()
        var budget = OctetBudget(rate: Self.rate, burst: Self.burst, at: .now)
        var told = Told()
        var buffer = [UInt8](repeating: 0, count: Self.turn)
        while !isStopped.load(ordering: .acquiring) {
            budget.refill(at: .now)
            var descriptors = [listener.descriptor]
            if budget.isOpen {
                for index in 0..<connections.count { descriptors.append(connections[index].descriptor) }
            }
            let ready = LocalSocket.wait(for: descriptors, milliseconds: budget.isOpen ? 200 : 20)
            for index in (1..<ready.count).reversed() where ready[index] {
                guard budget.isOpen else { break }
                read(&connections, index - 1, &buffer, &budget, &told)
            }
            if ready[0], !admit(&connections, &told) { Thread.sleep(forTimeInterval: Self.refusalPause) }
        }
        // Who has not been answered by now learns that the daemon went away.
        while var connection = connections.popLast() { publish(&connection) }
    }

    /// Reads some of a connection, and lets it go when that was all.
    private func read(
        _ connections: inout UniqueArray<KeyConnection>,
        _ index: Int,
        _ buffer: inout [UInt8],
        _ budget: inout OctetBudget,
        _ told: inout Told
    ) {
        switch connections[index].receive(&buffer, into: store) {
        case .nothing: break
        case .octets(let count):
            budget.take(count)
            publish(&connections[index])
        case .end:
            var connection = connections.remove(at: index)
            finish(&connection, &told)
        }
    }

    private func finish(_ connection: inout KeyConnection, _ told: inout Told) {
        connection.finish(into: store)
        // Whoever has its answer finds it counted.
        publish(&connection)
        connection.answer()
        let name = "\(access.path) (user \(connection.user))"
        if let complaint = connection.complaint(name), told.badLines.insert(connection.user, Self.mostComplaints) {
            complain(complaint)
        }
    }

    private func publish(_ connection: inout KeyConnection) {
        let news = connection.takeNews()
        counted.withLock { $0 += news }
    }

    /// Takes a connection that waits; false when it was refused.
    private func admit(_ connections: inout UniqueArray<KeyConnection>, _ told: inout Told) -> Bool {
        guard let connection = listener.accept() else { return true }
        guard let peer = connection.peer, access.admits(peer, own: geteuid()) else {
            refused.add(1, ordering: .relaxed)
            _ = connection.send(KeyPushAnswer.refused.line)
            let user = connection.peer?.user ?? UInt32.max
            if told.refused.insert(user, Self.mostComplaints) {
                complain("\(access.path): key socket: user \(user) may not push keys; see tls.key_socket_users")
            }
            return false
        }
        var ofUser = 0
        for index in 0..<connections.count where connections[index].user == peer.user { ofUser += 1 }
        guard connections.count < Self.mostConnections, ofUser < Self.mostOfUser else {
            refused.add(1, ordering: .relaxed)
            _ = connection.send(KeyPushAnswer.busy.line)
            return false
        }
        guard connection.send(KeyPushAnswer.ready.line) else { return true }
        connections.append(KeyConnection(connection, user: peer.user))
        return true
    }

    /// Seconds after a refusal, lest somebody who is refused for ever makes work for ever.
    private static let refusalPause = 0.01

    /// Of whom it was said what.
    private struct Told {
        var refused = Users()
        var badLines = Users()

        struct Users {
            private var users: Set<UInt32> = []

            /// Whether the user is new, and one of the first.
            mutating func insert(_ user: UInt32, _ limit: Int) -> Bool {
                users.count < limit && users.insert(user).inserted
            }
        }
    }
}

/// A connection over which key-log lines come.
private struct KeyConnection: ~Copyable {
    let user: UInt32
    private let socket: LocalSocket
    private var reader = KeyLogReader()
    private var told = KeyTally()

    init(_ socket: consuming LocalSocket, user: UInt32) {
        self.socket = socket
        self.user = user
    }

    var descriptor: Int32 { socket.descriptor }

    mutating func receive(_ buffer: inout [UInt8], into store: KeyStore) -> LocalSocket.Received {
        let received = socket.receive(&buffer)
        if case .octets(let count) = received {
            reader.consume(buffer.span.extracting(0..<count), into: store)
            for index in 0..<count { buffer[index] = 0 }
        }
        return received
    }

    /// Reads a last line that has no end.
    mutating func finish(into store: KeyStore) { reader.finish(into: store) }

    /// Says what was understood.
    func answer() {
        let answer = KeyPushAnswer.read(
            secrets: reader.secretCount,
            badLines: reader.badLines,
            firstBadLine: reader.firstBadLine
        )
        _ = socket.send(answer.line)
    }

    func complaint(_ name: String) -> String? { reader.complaint(name) }

    /// What has not been counted yet.
    mutating func takeNews() -> KeyTally {
        var news = KeyTally(reader)
        let before = told
        told = news
        news -= before
        return news
    }
}

/// How many octets may be read: a bucket that fills at a steady rate.
struct OctetBudget {
    private let rate: Int
    private let burst: Int
    private var octets: Int
    private var filledAt: ContinuousClock.Instant

    init(rate: Int, burst: Int, at now: ContinuousClock.Instant) {
        self.rate = rate
        self.burst = burst
        octets = burst
        filledAt = now
    }

    /// Whether anything may be read.
    var isOpen: Bool { octets > 0 }

    mutating func take(_ count: Int) { octets -= count }

    /// Adds what has come since the last time.
    mutating func refill(at now: ContinuousClock.Instant) {
        let milliseconds = (now - filledAt) / .milliseconds(1)
        let more = Int(min(milliseconds * Double(rate) / 1_000, Double(burst) * 2))
        guard more > 0 else { return }
        octets = min(burst, octets + more)
        filledAt = now
    }
}
