package import Incidents
internal import Sinks
package import Telemetry
internal import Wire

/// Keeps the incidents of a running daemon and writes them as they open, grow and close.
///
/// Owned by the recorder thread. An incident is written the moment it opens; while it grows, at most once a second, so
/// that an agent that resends a repository does not fill the disk with versions of one incident.
package struct IncidentRecorder: ~Copyable {
    /// Incidents opened so far.
    package private(set) var incidentCount = 0
    /// Octets of requests by what became of them.
    package private(set) var octets = Counters()

    private var folder: IncidentFolder
    private var outputs: RecordOutputs
    private var grown: [String: Incident] = [:]
    private let complain: @Sendable (String) -> Void

    /// Records to `outputs`; `complain` takes what an operator must know, such as a full disk.
    package init(
        outputs: consuming RecordOutputs,
        limits: IncidentLimits = IncidentLimits(),
        complain: @escaping @Sendable (String) -> Void
    ) {
        self.outputs = outputs
        self.complain = complain
        folder = IncidentFolder(limits: limits)
    }

    /// Takes one report.
    package mutating func take(_ report: Report) {
        switch report {
        case .record(let record):
            octets.add(record)
            attempt { outputs throws(SinkError) in try outputs.events.print(record) }
        case .sighting(let sighting):
            guard let incident = folder.fold(sighting) else { return }
            if incident.state == .opened {
                incidentCount += 1
                write(incident)
            } else {
                grown[incident.uid] = incident
            }
        case .stats(let stats): write(stats)
        case .last(let stats):
            close()
            write(stats)
            attempt { outputs throws(SinkError) in
                try outputs.incidents.flush()
                try outputs.events.flush()
                try outputs.screen?.flush()
            }
        }
    }

    /// Writes what has grown; called once a second.
    package mutating func tick() {
        let waiting = grown
        grown = [:]
        for uid in waiting.keys.sorted() {
            if let incident = waiting[uid] { write(incident) }
        }
    }

    private mutating func write(_ stats: StatsRecord) {
        var counters = stats.counters
        counters += octets
        counters.incidents = UInt64(incidentCount)
        if folder.refused > 0 { counters.limits.add(folder.refused, to: "incidents") }
        if outputs.linesLost > 0 { counters.limits.add(outputs.linesLost, to: "records_not_written") }
        let record = StatsRecord(timestamp: stats.timestamp, counters: counters)
        attempt { outputs throws(SinkError) in try outputs.events.print(record) }
    }

    private mutating func close() {
        grown = [:]
        for incident in folder.close() { write(incident) }
    }

    private mutating func write(_ incident: Incident) {
        attempt { outputs throws(SinkError) in try outputs.print(incident) }
    }

    private mutating func attempt(_ write: (inout RecordOutputs) throws(SinkError) -> Void) {
        do throws(SinkError) { try write(&outputs) } catch { complain(error.description) }
    }
}

/// Where a daemon's records go: incidents to one place, requests and counters to another, incidents also to a person.
package struct RecordOutputs: ~Copyable {
    var incidents: RecordPrinter
    var events: RecordPrinter
    var screen: RecordPrinter?

    /// Joins the places; `screen` shows incidents as they open and grow.
    package init(
        incidents: consuming RecordPrinter,
        events: consuming RecordPrinter,
        screen: consuming RecordPrinter? = nil
    ) {
        self.incidents = incidents
        self.events = events
        self.screen = screen
    }

    /// Records that a failed write lost, the screen's apart.
    var linesLost: UInt64 { incidents.linesLost + events.linesLost }

    mutating func print(_ incident: Incident) throws(SinkError) {
        try incidents.print(incident)
        // A person has seen it open and grow; that nothing more came is for the log.
        if incident.state != .closed { try screen?.print(incident) }
    }
}
