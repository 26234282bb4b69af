package import Telemetry

extension TextForm {
    /// A `stats` record as a table, ending with one sentence that says what silence means.
    package func text(_ record: StatsRecord) -> String {
        let counters = record.counters
        var table = TextTable()
        let add = { (table: inout TextTable, name: String, count: UInt64, unit: String) in
            table.add([
                TextTable.Cell(PlainText.neutralised(name)),
                TextTable.Cell(TextForm.grouped(count), right: true),
                TextTable.Cell(unit),
            ])
        }
        add(&table, "packets", counters.packets, "")
        add(&table, "octets on the wire", counters.bytes, "B")
        add(&table, "flows", counters.flows, "")
        add(&table, "requests to LLM services", counters.llmRequests, "")
        add(&table, "    octets", counters.requestBytes, "B")
        add(&table, "    inspected", counters.inspectedBytes, "B")
        if counters.resentBytes > 0 { add(&table, "    of their text known from before", counters.resentBytes, "B") }
        for entry in counters.opaqueBytes.entries where entry.count > 0 {
            add(&table, "    not looked at: \(entry.name)", entry.count, "B")
        }
        add(&table, "incidents", counters.incidents, "")
        if counters.gaps > 0 { add(&table, "gaps in streams", counters.gaps, "") }
        let groups = [
            ("packets dropped", counters.drops, ""), ("passed over", counters.skippedBytes, "B"),
            ("IP fragments", counters.fragments, ""), ("tunnels", counters.tunnels, ""),
            ("not understood", counters.errors, ""), ("limit reached", counters.limits, ""),
            ("interfaces", counters.interfaces, ""),
        ]
        for (title, group, unit) in groups {
            for entry in group.entries where entry.count > 0 {
                add(&table, "\(title): \(entry.name)", entry.count, unit)
            }
        }
        if counters.keys != KeyCounters() {
            add(&table, "keys read", counters.keys.read, "")
            add(&table, "keys used", counters.keys.used, "")
            add(&table, "sessions without a key", counters.keys.sessionsWithout, "")
        }
        return table.text() + style.bold(conclusion(counters)) + "\n"
    }

    /// One sentence on what was found, and on what nothing can be said about.
    package func conclusion(_ counters: Counters) -> String {
        let opaque = counters.opaqueBytes.total
        let reasons = counters.opaqueBytes.entries.filter { $0.count > 0 }.map(\.name).joined(separator: ", ")
        let lost = counters.drops.isEmpty ? "" : " \(TextForm.grouped(counters.drops.total)) packets were never seen."
        let found =
            counters.incidents == 0
            ? "Nothing found"
            : counters.incidents == 1 ? "1 incident" : "\(TextForm.grouped(counters.incidents)) incidents"
        if counters.llmRequests == 0 { return "No request to an LLM service was seen." + lost }
        if opaque == 0 {
            return "\(found): all \(TextForm.octets(counters.inspectedBytes)) sent to LLM services were inspected."
                + lost
        }
        if counters.inspectedBytes == 0, counters.incidents == 0 {
            return "Not looked at: none of the \(TextForm.octets(opaque)) sent to LLM services could be inspected "
                + "(\(reasons))." + lost
        }
        return "\(found) in the \(TextForm.octets(counters.inspectedBytes)) that were inspected; "
            + "\(TextForm.octets(opaque)) were not looked at (\(reasons))." + lost
    }
}
