package import Incidents
internal import Sinks
internal import Telemetry
internal import Wire

/// Keeps the incidents of a running daemon and writes them as they open, grow and close.
///
/// Owned by the recorder thread. An incident is written the moment it opens; while it grows, at most once a second, so
/// that an agent that resends a repository does not fill the disk with versions of one incident. One that could not be
/// written, the disk being full, is written when there is room again.
package struct IncidentRecorder: ~Copyable {
    /// Incidents opened so far.
    package private(set) var incidentCount = 0

    private var folder: IncidentFolder
    private var outputs: RecordOutputs
    /// Incidents that have a version which is not written yet, by uid.
    private var grown: [String: Incident] = [:]
    /// Failed writes of incidents that were tried again, and are no loss.
    private var retried: UInt64 = 0
    /// Records lost when a failure was last told of; nil while writing succeeds.
    private var lostBefore: UInt64?
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
            attempt { outputs throws(SinkError) in try outputs.events.print(record) }
        case .sighting(let sighting):
            guard let incident = folder.fold(sighting) else { return }
            if incident.state == .opened { incidentCount += 1 }
            if incident.state == .opened {
                write(incident)
            } else {
                var version = incident
                // To whoever reads the log, one that could not be written yet opens when it is.
                if grown[incident.uid]?.state == .opened { version.state = .opened }
                grown[incident.uid] = version
            }
        case .stats(let stats): write(stats)
        case .reopen:
            for error in outputs.reopen() { complain(error.description) }
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

    /// Writes what has grown, and what could not be written before; called once a second.
    package mutating func tick() {
        let waiting = grown
        grown = [:]
        var isFull = false
        for uid in waiting.keys.sorted() {
            guard let incident = waiting[uid] else { continue }
            if isFull {
                // One has shown that there is no room yet.
                grown[uid] = incident
            } else {
                isFull = !write(incident)
            }
        }
    }

    /// Records that are lost.
    private var lost: UInt64 { outputs.linesLost - min(retried, outputs.linesLost) }

    private mutating func write(_ stats: StatsRecord) {
        var stats = stats
        stats.counters.incidents = UInt64(incidentCount)
        if folder.refused > 0 { stats.counters.limits.add(folder.refused, to: "incidents") }
        if lost > 0 { stats.counters.limits.add(lost, to: "records_not_written") }
        if outputs.cutLines > 0 { stats.counters.limits.add(outputs.cutLines, to: "lines_cut") }
        let record = stats
        attempt { outputs throws(SinkError) in try outputs.events.print(record) }
    }

    private mutating func close() {
        grown = [:]
        for incident in folder.close() {
            attempt { outputs throws(SinkError) in try outputs.print(incident) }
        }
    }

    /// Writes an incident, or keeps it to be written later; returns whether it is written.
    @discardableResult
    private mutating func write(_ incident: Incident) -> Bool {
        let isWritten = attempt { outputs throws(SinkError) in try outputs.print(incident) }
        if !isWritten {
            retried += 1
            grown[incident.uid] = incident
        }
        return isWritten
    }

    /// Writes, tells once of a failure and once of its end; false when a record of the logs was not written.
    @discardableResult
    private mutating func attempt(_ write: (inout RecordOutputs) throws(SinkError) -> Void) -> Bool {
        let before = outputs.linesLost
        do throws(SinkError) { try write(&outputs) } catch {
            if lostBefore == nil { complain(error.description) }
        }
        guard outputs.linesLost == before else {
            if lostBefore == nil { lostBefore = lost - min(lost, outputs.linesLost - before) }
            return false
        }
        return true
    }

    /// Tells that records are written again, once they have been for a second; called once a second.
    package mutating func tellRecovery() {
        guard let lostBefore, !outputs.isFailing else { return }
        self.lostBefore = nil
        complain("records are written again; \(lost - min(lost, lostBefore)) were lost")
    }
}

/// Where a daemon's records go: incidents to one place, requests and counters to another, incidents also to a person.
package struct RecordOutputs: ~Copyable {
    var incidents: RecordPrinter
    var events: RecordPrinter
    var screen: RecordPrinter?
    /// Last lines that a kill had cut off in the logs as they were found.
    private(set) var cutLines: UInt64

    /// Joins the places; `screen` shows incidents as they open and grow, `cutLines` is how many logs ended in half a line.
    package init(
        incidents: consuming RecordPrinter,
        events: consuming RecordPrinter,
        screen: consuming RecordPrinter? = nil,
        cutLines: Int = 0
    ) {
        self.incidents = incidents
        self.events = events
        self.screen = screen
        self.cutLines = UInt64(max(0, cutLines))
    }

    /// Records that a failed write lost, the screen's apart.
    var linesLost: UInt64 { incidents.linesLost + events.linesLost }

    /// Whether the last write to either place failed.
    var isFailing: Bool { incidents.isFailing || events.isFailing }

    mutating func print(_ incident: Incident) throws(SinkError) {
        let before = incidents.linesLost
        try incidents.print(incident)
        // What is not in the log yet comes again.
        guard incidents.linesLost == before else { return }
        // A person has seen it open and grow; that nothing more came is for the log.
        if incident.state != .closed { try screen?.print(incident) }
    }

    /// Opens files anew by their names, which may have become those of other files; what cannot be opened stays as it was.
    mutating func reopen() -> [SinkError] {
        var errors: [SinkError] = []
        do throws(SinkError) { try incidents.reopen() } catch { errors.append(error) }
        do throws(SinkError) { try events.reopen() } catch { errors.append(error) }
        return errors
    }
}
