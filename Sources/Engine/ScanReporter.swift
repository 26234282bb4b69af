package import Incidents
package import Sinks
internal import Payloads
package import Telemetry
package import Wire

/// Takes the records of a scan as they are made: prints requests at once, keeps incidents for the end.
package struct ScanReporter: ~Copyable {
    /// The first write that failed; the scan ends when it sees one.
    package private(set) var failure: SinkError?
    /// The incidents as they stood at the end; empty before it.
    package private(set) var incidents: [Incident] = []

    private var printer: RecordPrinter
    private var folder: IncidentFolder
    private var octets = Counters()

    /// Reports to `printer`.
    package init(printer: consuming RecordPrinter, limits: IncidentLimits = IncidentLimits()) {
        self.printer = printer
        folder = IncidentFolder(limits: limits)
    }

    /// Takes what a thread of the scan reports: prints a request, folds a sighting into its incident.
    package mutating func take(_ report: Report) {
        switch report {
        case .record(let record):
            octets.add(record)
            do throws(SinkError) { try printer.print(record) } catch { failure = failure ?? error }
        case .sighting(let sighting): _ = folder.fold(sighting)
        // A scan has counters at its end only.
        case .stats, .reopen, .last: break
        }
    }

    /// Prints the incidents and the last counters; `counters` is what the captures counted.
    package mutating func finish(_ counters: Counters, at time: Timestamp?) {
        let refused = folder.refused
        incidents = folder.close()
        var all = counters
        all += octets
        all.incidents = UInt64(incidents.count)
        all.closeLedger()
        if refused > 0 { all.limits.add(refused, to: "incidents") }
        do throws(SinkError) {
            for incident in incidents { try printer.print(incident) }
            try printer.print(StatsRecord(timestamp: time, counters: all))
            try printer.flush()
        } catch {
            failure = failure ?? error
        }
    }
}

extension Counters {
    /// Adds the octets of a request, by what became of them; those of a partial record come again with the last one.
    mutating func add(_ record: borrowing LLMRecord) {
        guard !record.isPartial else { return }
        requestBytes += UInt64(clamping: record.ledger.requestOctets)
        inspectedBytes += UInt64(clamping: record.ledger.inspectedOctets)
        for (reason, count) in record.ledger.opaqueByReason where count > 0 {
            opaqueBytes.add(UInt64(clamping: count), to: reason.rawValue)
        }
        for limit in record.limitsReached { limits.add(1, to: limit) }
        if record.visibility == .metadataOnly, record.ledger.opaque(.encrypted) + record.ledger.opaque(.noKey) > 0 {
            keys.sessionsWithout += 1
        }
    }
}
