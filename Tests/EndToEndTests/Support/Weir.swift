import Foundation
import Synchronization
import Testing

/// The built binary, run as a user runs it.
enum Weir {
    /// Where the binary is: `$WEIR_BINARY`, else the release build of this checkout.
    static func binary() throws -> String {
        let built = Fixtures.checkout.appending(path: ".build/release/weir").path
        let path = ProcessInfo.processInfo.environment["WEIR_BINARY"] ?? built
        guard FileManager.default.isExecutableFile(atPath: path) else { throw NotBuilt(path: path) }
        return path
    }

    /// Runs `weir` to its end.
    static func run(
        _ arguments: String...,
        input: [UInt8] = [],
        environment: [String: String] = [:],
        seconds: Double = 60
    ) throws -> Program.Outcome {
        try run(arguments, input: input, environment: environment, seconds: seconds)
    }

    /// Runs `weir` to its end.
    static func run(
        _ arguments: [String],
        input: [UInt8] = [],
        environment: [String: String] = [:],
        seconds: Double = 60
    ) throws -> Program.Outcome {
        try Program(binary(), arguments, input: input, environment: environment).wait(seconds: seconds)
    }

    /// Scans a capture for the corpus and gives the records of the kinds named.
    static func scan(_ captures: [String], events: String = "incident,llm,stats") throws -> Scan {
        let arguments = ["scan", "--index", try Fixtures.index(), "--format", "jsonl", "--events", events]
        return try Scan(run(arguments + captures))
    }

    /// Scans captures with key logs.
    static func scan(_ captures: [String], keys: [String]) throws -> Scan {
        let arguments = ["scan", "--format", "jsonl", "--events", "incident,llm,stats", "--index"]
        return try Scan(run(arguments + [Fixtures.index()] + keys.flatMap { ["--keylog", $0] } + captures))
    }

    /// Scans one capture.
    static func scan(_ capture: String, events: String = "incident,llm,stats") throws -> Scan {
        try scan([capture], events: events)
    }

    /// Scans a capture of the fixtures, once for all tests that compare with it.
    static func scan(fixture name: String) throws -> Scan {
        if let known = scans.withLock({ $0[name] }) { return known }
        let scan = try scan(Fixtures.capture(name))
        scans.withLock { $0[name] = scan }
        return scan
    }

    /// Scans a capture of the fixtures with its key log, once for all tests that compare with it.
    static func scan(decrypting truth: Fixtures.Decryptable) throws -> Scan {
        if let known = scans.withLock({ $0[truth.keys] }) { return known }
        let scan = try scan([truth.path], keys: [truth.keys])
        scans.withLock { $0[truth.keys] = scan }
        return scan
    }

    private static let scans = Mutex<[String: Scan]>([:])

    /// Runs a line of bash, in which `"$@"` is the binary and the arguments: for redirections.
    static func shell(_ line: String, _ arguments: String..., seconds: Double = 60) throws -> Program.Outcome {
        try Program("/bin/bash", ["-c", line, "bash", binary()] + arguments).wait(seconds: seconds)
    }

    struct NotBuilt: Error, CustomStringConvertible {
        let path: String
        var description: String { "there is no weir at \(path): run `make build` first, or name one in WEIR_BINARY" }
    }
}

/// What a scan said.
struct Scan: Sendable {
    let outcome: Program.Outcome
    let records: [JSON]

    init(_ outcome: Program.Outcome) throws {
        self.outcome = outcome
        records = try outcome.lines.map(JSON.init(line:))
    }

    func records(_ kind: String) -> [JSON] { records.filter { $0["event_type"].string == kind } }

    var incidents: [JSON] { records("incident") }
    /// The insides of the `llm` records.
    var requests: [JSON] { records("llm").map { $0["llm"] } }
    /// The leaks of all incidents, in order.
    var leaks: [JSON] { incidents.flatMap { $0["incident"]["leaks"].array } }

    /// The lines reported of a file of the corpus.
    func lines(of file: String) -> Set<Int> {
        var lines: Set<Int> = []
        for leak in leaks where leak["path"].string == file {
            for range in leak["lines"].array {
                guard let first = range[0].integer, let last = range[1].integer, first <= last else { continue }
                lines.formUnion(first...last)
            }
        }
        return lines
    }
}
