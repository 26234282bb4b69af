import ArgumentParser
import Engine
import Foundation
import Sinks

/// The options that say what to print, how and where.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("text, jsonl or eve (default: text on a terminal, else jsonl).", valueName: "fmt")
    )
    var format: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Record kinds to print, of incident, llm, stats.", valueName: "list")
    )
    var events: String = "incident"

    @Option(name: [.short, .long], help: ArgumentHelp("Where to print (default: standard output).", valueName: "file"))
    var output: String?

    @Flag(name: .long, help: "Show no progress line.")
    var noProgress = false

    /// Checks the options and opens the output.
    func printer(appending: Bool = false) throws -> RecordPrinter {
        let format = try recordFormat()
        let kinds = try recordKinds()
        let isTerminal = output == nil && isatty(STDOUT_FILENO) == 1
        let style = TextStyle.chosen(isTerminal: isTerminal, environment: ProcessInfo.processInfo.environment)
        return RecordPrinter(
            sink: try OutputOptions.sink(output, buffered: !appending, appending: appending),
            format: format,
            events: kinds,
            style: style
        )
    }

    /// The format asked for, or the one that fits the output.
    func recordFormat() throws -> RecordFormat {
        guard let format else {
            return output == nil && isatty(STDOUT_FILENO) == 1 ? .text : .jsonl
        }
        if let known = RecordFormat(rawValue: format) { return known }
        if ["ocsf", "ecs", "cef"].contains(format) {
            throw Failure("--format \(format) is not in this version yet; use text, jsonl or eve", .usage)
        }
        throw Failure("--format \(format) is none of text, jsonl, eve", .usage)
    }

    /// The kinds of records asked for.
    func recordKinds() throws -> Set<RecordKind> {
        var kinds = Set<RecordKind>()
        for name in events.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) {
            guard let kind = RecordKind(rawValue: name) else {
                throw Failure("--events \(name) is none of incident, llm, stats", .usage)
            }
            kinds.insert(kind)
        }
        return kinds
    }

    /// Opens a file for records, or standard output.
    static func sink(_ path: String?, buffered: Bool, appending: Bool) throws -> JSONLinesSink {
        guard let path, path != "-" else { return JSONLinesSink(standardOutput: buffered) }
        // A command's output replaces what a former run left; a daemon's log goes on.
        if !appending, FileManager.default.fileExists(atPath: path) {
            try? FileHandle(forWritingAtPath: path)?.truncate(atOffset: 0)
        }
        do throws(SinkError) {
            return try JSONLinesSink(path: path, buffered: buffered)
        } catch {
            throw Failure(error)
        }
    }
}
