import Detection
import Fingerprints
package import Incidents
import Payloads

extension TextForm {
    /// Words of a text that are shown at its head.
    private static let headWords = 200
    /// Fingerprints, stretches and leaves that are listed of one thing.
    private static let maximumDetails = 8

    /// Why a text or a request matched, or did not: the decision first, then what led to it.
    package func text(_ explanation: Explanation) -> String {
        let verdict = explanation.isFound ? style.red("FOUND") : style.bold("NOT FOUND")
        let name = PlainText.neutralised(explanation.id)
        var text = "\(verdict)  \(name): \(PlainText.neutralised(explanation.summary, limit: 600))\n"
        guard let match = explanation.match else { return text }
        text += facts(explanation, match)
        if let words = explanation.words, !words.isEmpty {
            let head = words.prefix(Self.headWords).joined(separator: " ")
            text += "    \(style.dim("words"))    \(PlainText.neutralised(head, limit: 4_000))"
            text += words.count > Self.headWords ? " … and \(words.count - Self.headWords) more\n" : "\n"
        }
        text += leaves(explanation)
        text += candidates(match)
        for (place, candidate) in match.candidates.prefix(3).enumerated() {
            text += details(candidate, number: place + 1, words: explanation.words)
        }
        return text
    }

    /// What a capture's request was, and why it matched or did not.
    package func text(_ record: LLMRecord, _ explanation: Explanation, incident: String?) -> String {
        var text = self.text(record)
        text += "  flow \(record.envelope.flowID)" + (incident.map { "  incident \($0)" } ?? "") + "\n"
        guard explanation.match != nil else {
            let reasons = record.ledger.opaqueByReason.map(\.reason.rawValue).joined(separator: ", ")
            return text + "  \(style.yellow("NOT READ"))  \(reasons.isEmpty ? "nothing was sent" : reasons)\n"
        }
        let block = self.text(explanation)
        for line in block.split(separator: "\n") { text += "  " + line + "\n" }
        return text
    }

    private func facts(_ explanation: Explanation, _ match: MatchExplanation) -> String {
        var table = TextTable(indent: "    ")
        func row(_ name: String, _ value: String) { table.add([.init(name, dressed: style.dim(name)), .init(value)]) }
        let count = explanation.leaves.count + explanation.moreLeaves
        let place = count == 1 ? "one leaf" : "\(count) leaves"
        row("text", "\(match.words) words, \(match.tokens) tokens of code, in \(place)")
        if explanation.hasIndex {
            row("asked", "\(match.wordGrams) grams of words, \(match.shapeGrams) of shape")
            row("indexed", "\(match.wordHits) of words, \(match.shapeHits) of shape")
        }
        for entry in match.suppressed {
            let why =
                switch entry.source {
                case .common: "common to too many indexed files"
                case .publicCode(let name): "in public code, \(PlainText.neutralised(name, limit: 200))"
                case .released: "in files made public"
                }
            row("ignored", "\(entry.wordGrams) of words, \(entry.shapeGrams) of shape: \(why)")
        }
        if !explanation.finding.rules.isEmpty {
            row("rules", explanation.finding.rules.map(\.id).prefix(Self.maximumDetails).joined(separator: ", "))
        }
        if let ledger = explanation.ledger {
            let reasons = ledger.opaqueByReason.map { "\($0.reason.rawValue) \(TextForm.octets($0.octets))" }
            let opaque = reasons.isEmpty ? "all inspected" : "not looked at: " + reasons.joined(separator: ", ")
            row("body", "\(TextForm.octets(ledger.requestOctets)), \(opaque)")
        }
        return table.text()
    }

    private func leaves(_ explanation: Explanation) -> String {
        guard explanation.leaves.count + explanation.moreLeaves > 1 || explanation.ledger != nil else { return "" }
        var table = TextTable(indent: "    ")
        let longest = explanation.leaves.indices.sorted {
            (-explanation.leaves[$0].octets, $0) < (-explanation.leaves[$1].octets, $1)
        }
        for place in longest.prefix(Self.maximumDetails).sorted() {
            let leaf = explanation.leaves[place]
            let steps = leaf.provenance.chain.map(\.rawValue).joined(separator: " › ")
            table.add([
                .init("leaf \(place + 1)"), .init(leaf.provenance.segment.rawValue), .init(steps),
                .init(PlainText.neutralised(leaf.provenance.pointer, limit: 60)),
                .init(TextForm.octets(leaf.octets), right: true), .init("\(leaf.words.count) words", right: true),
                .init(leaf.isTruncated ? "cut" : ""),
            ])
        }
        let more = explanation.leaves.count + explanation.moreLeaves - min(longest.count, Self.maximumDetails)
        return table.text() + (more > 0 ? "    … and \(more) shorter leaves\n" : "")
    }

    private func candidates(_ match: MatchExplanation) -> String {
        guard !match.candidates.isEmpty else { return "" }
        var table = TextTable(indent: "    ")
        let heads = ["", "file", "decision", "score", "evidence", "length", "words", "hits", "longest run", "lines"]
        table.add(heads.map { .init($0, dressed: style.dim($0)) })
        for (place, candidate) in match.candidates.prefix(Self.maximumDetails).enumerated() {
            let name = PlainText.neutralised("\(candidate.collection) \(candidate.path)", limit: 120)
            let lines = candidate.lines.ranges.prefix(3).map { "\($0.lowerBound)–\($0.upperBound)" }
            table.add([
                .init("\(place + 1)", right: true), .init(name, dressed: style.cyan(name)),
                .init(Explanation.name(candidate.verdict).replacing("_", with: " ")),
                .init(
                    "\(Explanation.decimal(candidate.score)) of \(Explanation.decimal(candidate.threshold))",
                    right: true
                ),
                .init(Explanation.decimal(candidate.evidence), right: true),
                .init(Explanation.decimal(-candidate.lengthCost), right: true),
                .init("\(candidate.text.lowerBound + 1)–\(candidate.text.upperBound)"),
                .init("\(candidate.hitCount)", right: true), .init("\(candidate.longestRun)", right: true),
                .init(lines.joined(separator: ", ") + (candidate.lines.ranges.count > 3 ? ", …" : "")),
            ])
        }
        let more = match.candidates.count - Self.maximumDetails + match.moreCandidates
        return table.text() + (more > 0 ? "    … and \(more) more; --format jsonl lists 20\n" : "")
    }

    private func details(_ candidate: MatchExplanation.Candidate, number: Int, words: [String]?) -> String {
        let advice = Explanation.advice(candidate)
        let order = candidate.isInOrder ? "" : "; pieces out of order"
        var text = "    \(style.bold("\(number)"))  \(advice)\(order)\n"
        var table = TextTable(indent: "       ")
        let heaviest = candidate.hits.indices.sorted {
            (-candidate.hits[$0].weight, $0) < (-candidate.hits[$1].weight, $1)
        }
        for place in heaviest.prefix(Self.maximumDetails).sorted() {
            let hit = candidate.hits[place]
            table.add([
                .init(hit.isShape ? "shape" : "words"),
                .init("\(hit.text.lowerBound + 1)–\(hit.text.upperBound)", right: true),
                .init("weighs \(Explanation.decimal(hit.weight))"), .init(Explanation.reason(hit)),
                .init(shown(hit.text, of: words)),
            ])
        }
        let longest = candidate.runs.indices.sorted {
            (-candidate.runs[$0].text.count, $0) < (-candidate.runs[$1].text.count, $1)
        }
        for run in longest.prefix(Self.maximumDetails).sorted().map({ candidate.runs[$0] }) {
            table.add([
                .init("same"), .init("\(run.text.lowerBound + 1)–\(run.text.upperBound)", right: true),
                .init(run.isVerbatim ? "verbatim" : "renamed"),
                .init(run.lines.map { "lines \($0.lowerBound)–\($0.upperBound)" } ?? ""), .init(""),
            ])
        }
        text += table.text()
        let more = [
            (candidate.hitCount - min(candidate.hits.count, Self.maximumDetails), "fingerprints"),
            (candidate.runs.count - Self.maximumDetails, "stretches"),
        ]
        let rest = more.filter { $0.0 > 0 }.map { "\($0.0) more \($0.1)" }
        return text + (rest.isEmpty ? "" : "       … and \(rest.joined(separator: ", "))\n")
    }

    /// The words themselves, where they may be shown.
    private func shown(_ range: Range<Int>, of words: [String]?) -> String {
        guard let words, range.upperBound <= words.count else { return "" }
        return style.dim(PlainText.neutralised(words[range].joined(separator: " "), limit: 120))
    }
}
