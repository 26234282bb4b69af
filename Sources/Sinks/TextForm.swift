package import Detection
import Fingerprints
package import Incidents
import Payloads
import Wire

/// Writes records for people at a terminal.
///
/// Everything that came from the network or from file names is neutralised: no control, escape or bidirectional
/// character of a stranger reaches the terminal. Each form ends with a line feed.
package struct TextForm: Sendable {
    let style: TextStyle

    /// Files, and then rules, of one incident that are listed; the rest is counted.
    package static let maximumRows = 20
    /// Ranges of lines that are listed of one file.
    static let maximumRanges = 6

    /// A form in that style.
    package init(_ style: TextStyle) {
        self.style = style
    }

    /// An incident as a block of lines.
    package func text(_ incident: Incident) -> String {
        let kind = incident.classes.first.map(TextForm.words) ?? "incident"
        let service = PlainText.neutralised(incident.service) + (incident.isSanctioned ? " (sanctioned)" : "")
        var text = badge(incident.severity, incident.score) + "  " + style.bold("\(kind) → \(service)") + "\n"
        var who = [incident.actor.address.description]
        if let tool = incident.actor.tool { who.append(PlainText.neutralised(tool, limit: 64)) }
        if let credential = incident.actor.credential { who.append(PlainText.neutralised(credential, limit: 24)) }
        let count = incident.requests == 1 ? "1 request" : "\(TextForm.grouped(incident.requests)) requests"
        text += "    " + who.joined(separator: " · ") + ", \(count), "
        text += TextForm.span(incident.firstSeen, incident.lastSeen) + "\n"
        text += findingText(Finding(leaks: incident.leaks, rules: incident.rules))
        text += "    " + style.dim("uid \(incident.uid)  \(PlainText.neutralised(incident.generation))") + "\n"
        return text
    }

    /// What a text given to `weir check` showed.
    package func text(check id: String, finding: Finding) -> String {
        let name = PlainText.neutralised(id)
        guard !finding.isEmpty else { return "\(name): nothing found\n" }
        let score = finding.score(isSanctioned: false)
        let kind = finding.classes.first.map(TextForm.words) ?? ""
        return badge(Severity(score: score), score) + "  " + style.bold("\(kind) in \(name)") + "\n"
            + findingText(finding)
    }

    /// An `llm` record as one line.
    package func text(_ record: LLMRecord) -> String {
        var parts = [
            style.dim(TextForm.time(record.timestamp)),
            "\(record.envelope.actor) → \(style.bold(PlainText.neutralised(record.host, limit: 253)))",
            PlainText.neutralised(record.service.id),
        ]
        for word in [record.operation, record.model] {
            if let word { parts.append(PlainText.neutralised(word, limit: 64)) }
        }
        if let client = record.client {
            let version = client.version.map { " " + PlainText.neutralised($0, limit: 32) } ?? ""
            parts.append(PlainText.neutralised(client.tool, limit: 64) + version)
        }
        parts.append(coverage(record))
        if record.isPartial { parts.append("still open") }
        return parts.joined(separator: "  ") + "\n"
    }

    /// How much of a request was looked at, so that none can take a blind spot for a clean bill.
    private func coverage(_ record: LLMRecord) -> String {
        let total = TextForm.octets(record.ledger.requestOctets)
        if record.ledger.opaqueOctets == 0 {
            return record.visibility == .metadataOnly
                ? style.yellow("not looked at") : "\(total), all inspected"
        }
        let reasons = record.ledger.opaqueByReason.map { reason, octets in
            "\(reason.rawValue) \(TextForm.octets(octets))"
        }
        let list = reasons.joined(separator: ", ")
        if record.ledger.inspectedOctets == 0 { return style.yellow("\(total), not looked at: \(list)") }
        return "\(total), " + style.yellow("in part not looked at: \(list)")
    }

    private func findingText(_ finding: Finding) -> String {
        var table = TextTable(indent: "    ")
        for leak in finding.leaks.prefix(TextForm.maximumRows) {
            let path = PlainText.neutralised(leak.path)
            let lines = "\(leak.matchedLines) of \(leak.totalLines) lines (\(TextForm.percent(leak.coverage)))"
            let marks = [leak.classification, leak.owner].compactMap { $0 }.joined(separator: ", ")
            let collection = leak.collection + (marks.isEmpty ? "" : " (\(marks))")
            table.add([
                TextTable.Cell(PlainText.neutralised(collection, limit: 96)),
                TextTable.Cell(path, dressed: style.cyan(path)),
                TextTable.Cell(lines, right: true),
                TextTable.Cell(leak.isVerbatim ? "verbatim" : "renamed"),
                TextTable.Cell(place(leak.segment, leak.codings)),
                TextTable.Cell(TextForm.ranges(leak.lines.ranges)),
            ])
        }
        var text = table.text() + rest(finding.leaks.count, "file")
        table = TextTable(indent: "    ")
        for rule in finding.rules.prefix(TextForm.maximumRows) {
            let id = PlainText.neutralised(rule.id, limit: 128)
            table.add([
                TextTable.Cell("rule"),
                TextTable.Cell(id, dressed: style.cyan(id)),
                TextTable.Cell(rule.severity.rawValue),
                TextTable.Cell("×\(rule.count)"),
                TextTable.Cell(place(rule.segment, rule.codings)),
                TextTable.Cell(rule.redacted.map { PlainText.neutralised($0, limit: 32) } ?? ""),
            ])
        }
        text += table.text() + rest(finding.rules.count, "rule")
        return text
    }

    private func rest(_ count: Int, _ noun: String) -> String {
        let more = count - TextForm.maximumRows
        guard more > 0 else { return "" }
        return
            "    … and \(TextForm.grouped(UInt64(more))) more \(noun)\(more == 1 ? "" : "s"); --format jsonl lists all\n"
    }

    private func place(_ segment: Segment, _ codings: DecodeChain) -> String {
        let steps = codings.steps.map(\.rawValue)
        return steps.isEmpty ? segment.rawValue : "\(segment.rawValue) (\(steps.joined(separator: " › ")))"
    }

    private func badge(_ severity: Severity, _ score: Int) -> String {
        let text = "\(severity.rawValue.uppercased()) \(score)"
        return switch severity {
        case .critical: style.alarm(text)
        case .high: style.red(text)
        case .medium: style.yellow(text)
        case .low: style.dim(text)
        }
    }

    private static func words(_ kind: FindingClass) -> String {
        switch kind {
        case .canary: "canary"
        case .privateKey: "private key"
        case .credential: "credential"
        case .verbatimCode: "source code, verbatim"
        case .renamedCode: "source code, renamed"
        case .fragmentedCode: "source code, in fragments"
        case .markedDocument: "marked document"
        case .unsanctionedService: "service that policy does not allow"
        case .bulkUpload: "large unreadable upload"
        case .shadowEndpoint: "unknown LLM endpoint"
        }
    }

    private static func ranges(_ ranges: [ClosedRange<Int>]) -> String {
        let shown = ranges.prefix(maximumRanges).map {
            $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)"
        }
        let more = ranges.count - shown.count
        return shown.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
}
