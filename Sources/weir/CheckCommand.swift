import ArgumentParser
import Detection
import Engine
import Foundation
import Incidents
import Patterns
import Sinks

/// `weir check`: text as though it had been sent in a prompt.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Match files as though they had been sent in a prompt.",
        discussion: """
            Text that is a JSON object or array is treated as a request body, any other as a user's message. Ends with 1 \
            when something matched.
            """
    )

    @Argument(help: ArgumentHelp("Files, folders, or - for standard input (the default).", valueName: "file"))
    var files: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Read {\"id\",\"text\"} a line, from a file or -; one answer a line.", valueName: "file")
    )
    var jsonl: String?

    @Option(
        name: .long,
        help: ArgumentHelp("text or jsonl (default: text on a terminal, else jsonl).", valueName: "fmt")
    )
    var format: String?

    @Option(name: [.short, .long], help: ArgumentHelp("Where to print (default: standard output).", valueName: "file"))
    var output: String?

    @OptionGroup var detection: DetectionOptions

    func run() throws {
        guard jsonl == nil || files.isEmpty else { throw Failure("--jsonl and files exclude each other", .usage) }
        guard format == nil || format == "text" || format == "jsonl" else {
            throw Failure("--format \(format ?? "") is none of text, jsonl", .usage)
        }
        let settings = try detection.settings()
        let set = try detection.detectionSet(settings)
        var checker = try TextChecker(
            set: set,
            sink: try OutputOptions.sink(output, buffered: true, appending: false),
            asText: jsonl == nil && (format.map { $0 == "text" } ?? (output == nil && isatty(STDOUT_FILENO) == 1))
        )
        if let jsonl {
            try checker.checkLines(of: jsonl)
        } else {
            for file in files.isEmpty ? ["-"] : files { try checker.check(file) }
        }
        try checker.finish()
    }
}

/// Checks texts one after the other and prints an answer for each.
private struct TextChecker: ~Copyable {
    private let worker: DetectionWorker
    private var sink: JSONLinesSink
    private let asText: Bool
    private let form = TextForm(
        .chosen(isTerminal: isatty(STDOUT_FILENO) == 1, environment: ProcessInfo.processInfo.environment)
    )
    private var hasFound = false
    private var worst: ExitStatus?

    init(set: DetectionSet, sink: consuming JSONLinesSink, asText: Bool) throws {
        do throws(RuleError) {
            worker = try DetectionWorker(set)
        } catch {
            throw Failure(error)
        }
        self.sink = sink
        self.asText = asText
    }

    /// Checks a file, each file of a folder, or standard input.
    mutating func check(_ path: String) throws {
        guard path == "-" || FileManager.default.fileExists(atPath: path) else {
            return note("\(path): no such file", .noInput)
        }
        let resolved = URL(filePath: path).resolvingSymlinksInPath()
        let isFolder = path != "-" && (try? resolved.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
        guard isFolder else { return try checkFile(path) }
        let names = (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? [])
            .filter { !$0.split(separator: "/").contains(".git") }
        for name in names.sorted(by: { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }) {
            let file = path + "/" + name
            let type = try? FileManager.default.attributesOfItem(atPath: file)[.type] as? FileAttributeType
            if type == .typeRegular { try checkFile(file) }
        }
    }

    private mutating func checkFile(_ path: String) throws {
        guard let text = TextChecker.octets(of: path) else { return note("\(path): cannot be read", .noInput) }
        try answer(path, text)
    }

    /// Answers each line of a JSON-lines file, one line for one.
    mutating func checkLines(of path: String) throws {
        guard path == "-" || FileManager.default.fileExists(atPath: path), let all = TextChecker.octets(of: path) else {
            return note("\(path): no such file", .noInput)
        }
        let lines = all.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !(line.isEmpty && index == lines.count - 1) {
            let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
            guard let object, let id = TextChecker.identifier(object["id"]), let text = object["text"] as? String else {
                worst = .badData
                let reason = "line \(index + 1): expected a JSON object with the strings id and text"
                try write(JSONWriter.line(RecordJSON.checkError(reason)))
                continue
            }
            try answer(id, Array(text.utf8))
        }
        if worst == .badData {
            Terminal.tell("\(path): holds lines that are no {\"id\",\"text\"} objects; each is answered by an error")
        }
    }

    /// Ends with the status that the answers ask for.
    mutating func finish() throws {
        do throws(SinkError) { try sink.flush() } catch { throw Failure(error) }
        if let worst { throw ExitCode(worst.rawValue) }
        if hasFound { throw ExitCode(ExitStatus.found.rawValue) }
    }

    private mutating func answer(_ id: String, _ text: [UInt8]) throws {
        let finding = TextScan.scan(text.span, with: worker)
        if let damage = worker.set.damage {
            // What was answered before stands; this text cannot be.
            do throws(SinkError) { try sink.flush() } catch { throw Failure(error) }
            throw Failure(damage)
        }
        if !finding.isEmpty { hasFound = true }
        if asText {
            try write(Array(form.text(check: id, finding: finding).utf8))
        } else {
            try write(JSONWriter.line(RecordJSON.check(id: id, finding: finding)))
        }
    }

    private mutating func write(_ line: [UInt8]) throws {
        do throws(SinkError) { try sink.write(line: line) } catch { throw Failure(error) }
    }

    private mutating func note(_ message: String, _ status: ExitStatus) {
        Terminal.tell(message)
        worst = max(worst ?? status, status)
    }

    private static func octets(of path: String) -> [UInt8]? {
        if path == "-" { return Array((try? FileHandle.standardInput.readToEnd()) ?? Data()) }
        return FileManager.default.contents(atPath: path).map { Array($0) }
    }

    private static func identifier(_ value: Any?) -> String? {
        if let text = value as? String { return text }
        if let number = value as? Int { return String(number) }
        return nil
    }
}
