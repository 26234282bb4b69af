import ArgumentParser
import Engine
import Foundation
import Incidents
import Sinks

/// `weir selftest`: a planted leak through the whole pipeline.
struct SelfTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Send a planted leak through the whole pipeline and expect its incident.",
        discussion: """
            Indexes invented code, writes a capture of a request that sends it to an LLM service, scans that, and prints \
            the incident. Nothing leaves this host. Ends with 70 when the incident does not come out as planted.
            """
    )

    @OptionGroup var detection: DetectionOptions

    @Option(name: .long, help: ArgumentHelp("text, jsonl or eve (default: text).", valueName: "fmt"))
    var format: String = "text"

    func run() throws {
        guard let format = RecordFormat(rawValue: format) else {
            throw Failure("--format \(format) is none of text, jsonl, eve", .usage)
        }
        let settings = try detection.settings()
        let leak: PlantedLeak
        do {
            leak = try PlantedLeak()
        } catch {
            throw Failure("the self-test could not write its files: \(error)", .inputOutput)
        }
        defer { leak.remove() }
        var options = detection
        options.index = [leak.indexPath]
        options.indexKey = nil
        let set = try options.detectionSet(settings)
        let style = TextStyle.chosen(
            isTerminal: isatty(STDOUT_FILENO) == 1,
            environment: ProcessInfo.processInfo.environment
        )
        let found: [Incident]
        do {
            found = try leak.scan(with: set)
        } catch {
            throw Failure("the self-test's capture could not be scanned: \(error)", .software)
        }
        var printer = RecordPrinter(
            sink: JSONLinesSink(standardOutput: false),
            format: format,
            events: [.incident],
            style: style
        )
        do throws(SinkError) {
            for incident in found { try printer.print(incident) }
        } catch {
            throw Failure(error)
        }
        if let fault = leak.fault(in: found) { throw Failure("self-test failed: \(fault)", .software) }
        Terminal.tell("self-test passed: the planted leak was found, with the right lines and the right rule")
    }
}
