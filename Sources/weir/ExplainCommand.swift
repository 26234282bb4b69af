import ArgumentParser
import Detection
import Engine
import Fingerprints
import FlowTracking
import Foundation
import Incidents
import PacketCapture
import Patterns
import Sinks

/// `weir explain`: why an incident, a capture or a text did or did not match.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why a text, a capture or an incident matched, or did not.",
        discussion: """
            Of a text: what was asked, what an index holds of it and how much that weighs, the files that came into \
            question and what they lacked. Of a capture, told by its content: each request, what could be read of it, and \
            the same of its text. The words of a text are shown on your own terminal, and nowhere else. Ends with 0 whatever was found.
            """
    )

    @Argument(help: ArgumentHelp("Texts, captures, or - for a text on standard input.", valueName: "file"))
    var files: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Look at this indexed file alone, named as leaks name it.", valueName: "file of index")
    )
    var path: String?

    @Option(name: .long, help: ArgumentHelp("Look at the requests of this flow alone (flow_id).", valueName: "id"))
    var flow: UInt64?

    @Option(name: .long, help: ArgumentHelp("Look at the requests of this incident alone.", valueName: "uid"))
    var uid: String?

    @Option(
        name: .long,
        help: ArgumentHelp("A TLS key log (SSLKEYLOGFILE's format); repeatable.", valueName: "file")
    )
    var keylog: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("text or jsonl (default: text on a terminal, else jsonl).", valueName: "fmt")
    )
    var format: String?

    @OptionGroup var detection: DetectionOptions

    func run() throws {
        guard format == nil || format == "text" || format == "jsonl" else {
            throw Failure("--format \(format ?? "") is none of text, jsonl", .usage)
        }
        guard uid == nil || !files.isEmpty, flow == nil || !files.isEmpty else {
            throw Failure("--uid and --flow ask for requests of a capture; name the capture", .usage)
        }
        let isTerminal = isatty(STDOUT_FILENO) == 1
        var printer = ExplanationPrinter(
            sink: JSONLinesSink(standardOutput: true),
            asText: format.map { $0 == "text" } ?? isTerminal,
            isTerminal: isTerminal
        )
        let settings = try detection.settings()
        let set = try detection.detectionSet(settings)
        var worst: ExitStatus?
        for file in files.isEmpty ? ["-"] : files {
            do {
                if uid != nil || flow != nil || (file != "-" && CaptureReader.isCapture(file)) {
                    try explainCapture(file, set, settings.flowLimits, &printer)
                } else {
                    try explainText(file, set, &printer)
                }
            } catch let failure as Failure where !failure.isQuiet && failure.status != .inputOutput {
                failure.tell()
                worst = max(worst ?? failure.status, failure.status)
            }
        }
        try printer.finish()
        if let damage = set.indexes.lazy.compactMap(\.damage).first { throw Failure(damage) }
        if let worst { throw ExitCode(worst.rawValue) }
    }

    private func explainText(_ file: String, _ set: DetectionSet, _ printer: inout ExplanationPrinter) throws {
        guard let text = Self.octets(of: file) else { throw Failure("\(file): cannot be read", .noInput) }
        let worker: DetectionWorker
        do throws(RuleError) { worker = try DetectionWorker(set) } catch { throw Failure(error) }
        let trace = ScanTrace(keepsText: printer.showsWords)
        worker.trace = trace
        let finding = TextScan.scan(text.span, with: worker)
        var explanation = Explanation(file, finding: finding, trace: trace, indexes: set.indexes, path: path)
        if printer.showsWords { explanation.words = Self.words(trace) }
        try printer.print(explanation)
    }

    private func explainCapture(
        _ file: String,
        _ set: DetectionSet,
        _ limits: FlowLimits,
        _ printer: inout ExplanationPrinter
    ) throws {
        let keys = try KeyLogs.named(keylog)
        var explainer: CaptureExplainer
        do {
            explainer = try CaptureExplainer(set: set, digest: nil, limits: limits, keys: keys)
        } catch let error as RuleError {
            throw Failure(error)
        }
        var (seen, shown, found) = (0, 0, 0)
        let account: CaptureAccount
        do {
            account = try explainer.explain(file) { request in
                seen += 1
                guard flow == nil || request.record.envelope.flowID == flow,
                    uid == nil || request.incident == uid
                else { return }
                shown += 1
                if !request.finding.leaks.isEmpty { found += 1 }
                let explanation = Explanation(
                    request.record.host,
                    finding: request.finding,
                    trace: request.trace,
                    indexes: set.indexes,
                    path: path,
                    limit: 5
                )
                try printer.print(request, explanation)
            }
        } catch let error as CaptureError {
            throw Failure(error)
        }
        if account.isTruncated { Terminal.tell("\(file): ends within its last packet; what is whole was read") }
        guard shown == 0 else {
            return Terminal.tell("\(file): \(shown) of \(seen) requests explained, code was found in \(found)")
        }
        if seen > 0, let uid {
            throw Failure("\(file): no incident \(uid) among \(seen) requests; 'weir scan' lists incidents", .noInput)
        }
        if seen > 0, let flow {
            throw Failure("\(file): no request of flow \(flow) among \(seen) requests", .noInput)
        }
        let skipped = account.skippedOctets.map { "\($0.reason) \($0.octets)" }.joined(separator: ", ")
        Terminal.tell(
            "\(file): no request to an LLM service in \(account.packets) packets of \(account.flows) flows"
                + (skipped.isEmpty ? "" : "; octets passed over: \(skipped)")
        )
    }

    /// The words of a message by number.
    private static func words(_ trace: ScanTrace) -> [String] {
        var words = [String](repeating: "", count: trace.leaves.last?.words.upperBound ?? 0)
        for leaf in trace.leaves where !leaf.words.isEmpty {
            for (place, word) in zip(leaf.words, NormalisedText(leaf.text).words) { words[place] = word }
        }
        return words
    }

    private static func octets(of path: String) -> [UInt8]? {
        if path == "-" { return Array((try? FileHandle.standardInput.readToEnd()) ?? Data()) }
        return FileManager.default.contents(atPath: path).map { Array($0) }
    }
}

/// Prints explanations in one form.
private struct ExplanationPrinter: ~Copyable {
    /// Whether the words of a text are shown: to the one at the terminal, whose text it is.
    let showsWords: Bool

    private var sink: JSONLinesSink
    private let asText: Bool
    private let form: TextForm

    init(sink: consuming JSONLinesSink, asText: Bool, isTerminal: Bool) {
        self.sink = sink
        self.asText = asText
        showsWords = asText && isTerminal
        form = TextForm(.chosen(isTerminal: isTerminal, environment: ProcessInfo.processInfo.environment))
    }

    mutating func print(_ explanation: Explanation) throws {
        try write(asText ? Array(form.text(explanation).utf8) : JSONWriter.line(RecordJSON.object(explanation)))
    }

    mutating func print(_ request: RequestAccount, _ explanation: Explanation) throws {
        if asText {
            try write(Array(form.text(request.record, explanation, incident: request.incident).utf8))
        } else {
            try write(JSONWriter.line(RecordJSON.object(request.record, explanation, incident: request.incident)))
        }
    }

    mutating func finish() throws {
        do throws(SinkError) { try sink.flush() } catch { throw Failure(error) }
    }

    private mutating func write(_ line: [UInt8]) throws {
        do throws(SinkError) { try sink.write(line: line) } catch { throw Failure(error) }
    }
}

extension KeyLogs {
    /// Reads the key logs that were named; nil without any.
    static func named(_ paths: [String]) throws -> KeyLogs? {
        guard !paths.isEmpty else { return nil }
        do throws(KeyLogError) {
            return try KeyLogs(paths) { Terminal.tell($0) }
        } catch {
            throw Failure(error.description, error.isPermission ? .noPermission : .noInput)
        }
    }
}
