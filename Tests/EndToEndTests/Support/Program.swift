import Dispatch
import Foundation
import Glibc
import Testing

/// A program under way, its output going to files so that no pipe can fill up and stop it.
///
/// Blocks the thread that waits: tests of time must not stand in line behind other tests for a thread of the pool.
final class Program {
    /// What a program left behind.
    struct Outcome: Sendable {
        let output: String
        let diagnostics: String
        /// The exit status; negative: the signal that ended it.
        let status: Int32

        var lines: [String] { output.split(separator: "\n").map(String.init) }
        var diagnosticLines: [String] { diagnostics.split(separator: "\n").map(String.init) }
    }

    /// The arguments, for messages.
    let name: String
    let identifier: Int32
    private let process = Process()
    private let ended = DispatchSemaphore(value: 0)
    private let folder: TemporaryFolder
    private var hasEnded = false

    /// Starts a program; `input` is its standard input.
    init(
        _ executable: String,
        _ arguments: [String],
        input: [UInt8] = [],
        environment: [String: String] = [:]
    ) throws {
        folder = try TemporaryFolder()
        name = ([executable] + arguments).joined(separator: " ")
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: URL(filePath: folder.write(input, to: "input")))
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: folder.write([], to: "output")))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: folder.write([], to: "diagnostics")))
        let ended = ended
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        identifier = process.processIdentifier
    }

    deinit { stop() }

    var isRunning: Bool { !hasEnded && process.isRunning }

    /// What standard error has received so far.
    var diagnostics: String { folder.read("diagnostics") }

    /// Sends a signal.
    func send(_ signal: Int32) {
        if isRunning { _ = kill(identifier, signal) }
    }

    /// Waits for the end; a program that outlives the deadline is killed, and the test fails.
    func wait(seconds: Double = 30) throws -> Outcome {
        if !hasEnded, ended.wait(timeout: .now() + seconds) == .timedOut {
            let diagnostics = diagnostics
            stop()
            throw Overdue(program: name, seconds: seconds, diagnostics: diagnostics)
        }
        hasEnded = true
        let status =
            process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
        return Outcome(output: folder.read("output"), diagnostics: diagnostics, status: status)
    }

    /// Kills the program if it still runs.
    func stop() {
        guard !hasEnded else { return }
        _ = kill(identifier, SIGKILL)
        _ = ended.wait(timeout: .now() + 5)
        hasEnded = true
    }

    struct Overdue: Error, CustomStringConvertible {
        let program: String
        let seconds: Double
        let diagnostics: String
        var description: String { "\(program) did not end within \(seconds) s; standard error: \(diagnostics)" }
    }
}

/// Asks again and again until something is there, or the time is over.
func poll<Value>(seconds: Double, _ body: () throws -> Value?) rethrows -> Value? {
    let deadline = ContinuousClock.now + .seconds(seconds)
    repeat {
        if let value = try body() { return value }
        usleep(5_000)
    } while ContinuousClock.now < deadline
    return try body()
}
