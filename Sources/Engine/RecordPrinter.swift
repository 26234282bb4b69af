package import Incidents
package import Sinks
package import Telemetry

/// Writes records of chosen kinds in a chosen format to one place.
package struct RecordPrinter: ~Copyable {
    private var sink: JSONLinesSink
    private let format: RecordFormat
    private let events: Set<RecordKind>
    private let text: TextForm

    /// Prints `events` to `sink`; `style` matters to text only.
    package init(
        sink: consuming JSONLinesSink,
        format: RecordFormat,
        events: Set<RecordKind>,
        style: TextStyle = .plain
    ) {
        self.sink = sink
        self.format = format
        self.events = events
        text = TextForm(style)
    }

    /// Records that a failed write lost.
    package var linesLost: UInt64 { sink.linesLost }

    /// Whether the last write failed.
    package var isFailing: Bool { sink.isFailing }

    /// Opens its file anew by its name, after a rotation.
    package mutating func reopen() throws(SinkError) { try sink.reopen() }

    /// Prints a request or an unread connection.
    package mutating func print(_ record: borrowing LLMRecord) throws(SinkError) {
        guard events.contains(.llm) else { return }
        switch format {
        case .text: try sink.write(line: Array(text.text(record).utf8))
        case .jsonl, .eve: try sink.write(RecordJSON.object(record))
        }
    }

    /// Prints an incident.
    package mutating func print(_ incident: Incident) throws(SinkError) {
        guard events.contains(.incident) else { return }
        switch format {
        case .text: try sink.write(line: Array((text.text(incident) + "\n").utf8))
        case .jsonl: try sink.write(RecordJSON.object(incident))
        case .eve: try sink.write(EVE.object(incident))
        }
    }

    /// Prints counters.
    package mutating func print(_ stats: StatsRecord) throws(SinkError) {
        guard events.contains(.stats) else { return }
        switch format {
        case .text: try sink.write(line: Array(text.text(stats).utf8))
        case .jsonl, .eve: try sink.write(RecordJSON.object(stats))
        }
    }

    /// Writes what is held back.
    package mutating func flush() throws(SinkError) {
        try sink.flush()
    }
}

/// The forms that records are printed in.
package enum RecordFormat: String, Sendable, CaseIterable {
    /// For people.
    case text
    /// One JSON object a line.
    case jsonl
    /// The same, incidents as Suricata's alerts.
    case eve
}

/// The kinds of records, as `--events` names them.
package enum RecordKind: String, Sendable, CaseIterable {
    /// What was found.
    case incident
    /// Each request to a service.
    case llm
    /// Counters.
    case stats
}
