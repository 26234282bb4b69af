import Engine
import Foundation
import Settings
import Sinks

/// Where a daemon's records go, checked before anything starts.
struct OutputPlan: Sendable {
    private let output: String?
    private let isTextWanted: Bool
    private let format: RecordFormat
    private let kinds: Set<RecordKind>
    private let logged: Set<RecordKind>
    private let incidentsPath: String
    private let eventsPath: String
    /// How many of the places end in half a line, which a kill left.
    private let cutLines: Int

    init(settings: Settings, options: OutputOptions) throws {
        format = try options.recordFormat()
        kinds = try options.recordKinds()
        output = options.output
        isTextWanted = options.format == RecordFormat.text.rawValue && options.output == nil
        logged = Set(settings.output.events.compactMap(RecordKind.init(rawValue:)))
        incidentsPath = settings.output.incidentsPath
        eventsPath = settings.output.eventsPath
        // Opened once here, so that what is wrong with a place is said before the first packet.
        var cutLines = 0
        for path in output.map({ [$0] }) ?? [incidentsPath, eventsPath] {
            let sink = try OutputOptions.sink(path, buffered: false, appending: true)
            guard sink.hadCutLine else { continue }
            cutLines += 1
            Terminal.tell("\(path): the last line was cut off, by a kill or a crash; it was ended and is no record")
        }
        self.cutLines = cutLines
    }

    /// The place of incidents, for a person.
    var place: String { output ?? incidentsPath }

    /// Opens the places.
    func open() throws -> RecordOutputs {
        if let output {
            return RecordOutputs(
                incidents: try printer(output, format, kinds.intersection([.incident])),
                events: try printer(output, format, kinds.subtracting([.incident])),
                cutLines: cutLines
            )
        }
        var screen: RecordPrinter?
        if isTextWanted {
            let style = TextStyle.chosen(
                isTerminal: isatty(STDOUT_FILENO) == 1,
                environment: ProcessInfo.processInfo.environment
            )
            screen = RecordPrinter(
                sink: JSONLinesSink(standardOutput: false),
                format: .text,
                events: [.incident],
                style: style
            )
        }
        return RecordOutputs(
            incidents: try printer(incidentsPath, .jsonl, logged.intersection([.incident])),
            events: try printer(eventsPath, .jsonl, logged.subtracting([.incident])),
            screen: screen,
            cutLines: cutLines
        )
    }

    private func printer(_ path: String, _ format: RecordFormat, _ events: Set<RecordKind>) throws -> RecordPrinter {
        RecordPrinter(
            sink: try OutputOptions.sink(path, buffered: false, appending: true),
            format: format,
            events: events
        )
    }
}
