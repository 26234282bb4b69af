/// What the daemon says to whoever pushes keys, a line each time.
enum KeyPushAnswer: Equatable {
    /// Lines are taken.
    case ready
    /// Nothing is taken of this user.
    case refused
    /// Too many push already.
    case busy
    /// What was understood, at the end.
    case read(secrets: Int, badLines: Int, firstBadLine: Int?)

    private static let greeting = "weir keys 1"

    /// The line, with its end.
    var line: [UInt8] {
        switch self {
        case .ready: Array("\(Self.greeting)\n".utf8)
        case .refused: Array("refused\n".utf8)
        case .busy: Array("busy\n".utf8)
        case .read(let secrets, let badLines, let first):
            Array("read \(secrets) bad \(badLines) first \(first ?? 0)\n".utf8)
        }
    }

    /// Reads a line without its end; nil when it is none of these.
    init?(_ line: Substring) {
        switch line {
        case Self.greeting: self = .ready
        case "refused": self = .refused
        case "busy": self = .busy
        default:
            let words = line.split(separator: " ")
            guard words.count == 6, words[0] == "read", words[2] == "bad", words[4] == "first",
                let secrets = Int(words[1]), let badLines = Int(words[3]), let first = Int(words[5])
            else { return nil }
            self = .read(secrets: secrets, badLines: badLines, firstBadLine: first > 0 ? first : nil)
        }
    }
}

/// Pushes lines of a key log to a running daemon.
package struct KeyPush: ~Copyable {
    private let path: String
    private let socket: LocalSocket
    private var received: [UInt8] = []

    /// What the daemon understood.
    package struct Outcome: Equatable, Sendable {
        /// Secrets that it took.
        package let secrets: Int
        /// Lines that are none of a key log's.
        package let badLines: Int
        /// The first of them, from 1.
        package let firstBadLine: Int?
    }

    /// Seconds in which the daemon must get on.
    private static let patience = 30
    /// Octets that are read at a time.
    private static let block = 1 << 16
    /// Octets that an answer has at most.
    private static let longestAnswer = 256

    /// Connects, and waits for the daemon to say that it takes lines.
    ///
    /// - Throws: `.nobody` where no daemon listens or it has no room, `.permission` where it refuses this user.
    package static func begin(to path: String) throws(LocalSocketError) -> KeyPush {
        var push = KeyPush(path, try connect(to: path))
        switch try push.answer() {
        case .ready: return push
        case .refused:
            throw LocalSocketError(
                .permission,
                "\(path): the daemon takes no keys of this user; see tls.key_socket_users"
            )
        case .busy: throw LocalSocketError(.nobody, "\(path): too many push keys already; try again later")
        case .read, nil: throw LocalSocketError(.other, "\(path): no weir listens there")
        }
    }

    /// Pushes a key log that stands in an open file, or comes through a pipe, as it comes, to its end.
    package func push(from descriptor: Int32, named name: String) throws(LocalSocketError) {
        var buffer = [UInt8](repeating: 0, count: Self.block)
        while true {
            guard let count = LocalSocket.read(descriptor, &buffer) else {
                throw LocalSocketError(.input, "\(name): key log: cannot be read")
            }
            guard count > 0 else { return }
            let isSent = socket.send(buffer, count: count)
            for index in 0..<count { buffer[index] = 0 }
            guard isSent else {
                throw LocalSocketError(.other, "\(path): the daemon went away; what it had not read is lost")
            }
        }
    }

    /// Ends the log, and waits for what came of it.
    package mutating func finish() throws(LocalSocketError) -> Outcome {
        socket.endSending()
        guard case .read(let secrets, let badLines, let firstBadLine) = try answer() else {
            throw LocalSocketError(.other, "\(path): the daemon went away; whether it read all is not known")
        }
        return Outcome(secrets: secrets, badLines: badLines, firstBadLine: firstBadLine)
    }

    /// The daemon's next line; nil when it is none that it says.
    private mutating func answer() throws(LocalSocketError) -> KeyPushAnswer? {
        var buffer = [UInt8](repeating: 0, count: Self.longestAnswer)
        while received.count < Self.longestAnswer {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: received[..<end], as: UTF8.self)
                received.removeFirst(end + 1)
                return KeyPushAnswer(line[...])
            }
            switch socket.receive(&buffer) {
            case .octets(let count): received += buffer[..<count]
            case .end: return nil
            case .nothing: throw LocalSocketError(.nobody, "\(path): the daemon does not answer")
            }
        }
        return nil
    }

    private init(_ path: String, _ socket: consuming LocalSocket) {
        self.path = path
        self.socket = socket
    }

    private static func connect(to path: String) throws(LocalSocketError) -> LocalSocket {
        do throws(LocalSocketError) {
            return try LocalSocket.connected(to: path, seconds: patience)
        } catch {
            throw Self.error(path, error)
        }
    }

    private static func error(_ path: String, _ error: LocalSocketError) -> LocalSocketError {
        switch error.kind {
        case .nobody:
            LocalSocketError(.nobody, "\(path): \(error); does weir run here, with tls.key_socket set?")
        case .permission:
            LocalSocketError(.permission, "\(path): no permission to push keys; see tls.key_socket_group")
        case .taken, .input, .other: LocalSocketError(error.kind, "\(path): \(error)")
        }
    }
}
