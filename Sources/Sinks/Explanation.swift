package import Detection
package import Fingerprints
package import Payloads

/// Why a text or a request matched, or did not, as both forms of `weir explain` tell it.
package struct Explanation {
    /// What was explained: a path as given, or a request.
    package var id: String
    /// What was found.
    package var finding: Finding
    /// How the code was matched; nil where nothing could be read.
    package var match: MatchExplanation?
    /// What the text consisted of.
    package var leaves: [ScanTrace.Leaf]
    /// Leaves beyond those.
    package var moreLeaves: Int
    /// What became of the body's octets; nil where the text was no body.
    package var ledger: OctetLedger?
    /// Whether there was an index to look in.
    package var hasIndex: Bool
    /// The indexed file asked about; nil for all.
    package var path: String?
    /// Whether an index has a file of that name.
    package var knowsPath: Bool
    /// The words of the text by number, empty where one is not known; nil where they are not to be shown.
    package var words: [String]?

    /// Explains what a trace noted.
    ///
    /// - Parameters:
    ///   - id: What was explained.
    ///   - finding: What was found.
    ///   - trace: What was noted; nil where nothing could be read.
    ///   - indexes: The indexes that were searched.
    ///   - path: The indexed file asked about; nil for all.
    ///   - limit: Candidates listed at most.
    package init(
        _ id: String,
        finding: Finding,
        trace: ScanTrace?,
        indexes: [FingerprintIndex],
        path: String? = nil,
        limit: Int = 20
    ) {
        self.id = id
        self.finding = finding
        let matches = finding.leaks.map { ($0.collection, $0.path) }
        match = trace.map {
            MatchExplanation($0.code, matches: matches, indexes: indexes, path: path, limit: limit)
        }
        leaves = trace?.leaves ?? []
        moreLeaves = trace?.moreLeaves ?? 0
        ledger = trace?.ledger
        hasIndex = !indexes.isEmpty
        self.path = path
        knowsPath = path.map { path in indexes.contains { $0.paths.contains(path) } } ?? true
    }

    /// Whether code was found, of the file asked about where one was.
    package var isFound: Bool { finding.leaks.contains { path == nil || $0.path == path } }

    /// The decision in one sentence, without a full stop.
    package var summary: String {
        if let leak = finding.leaks.first(where: { path == nil || $0.path == path }) {
            let name = leak.collection + " " + leak.path
            let more = finding.leaks.count > 1 ? " and \(finding.leaks.count - 1) more" : ""
            let best = match?.candidates.first { $0.verdict == .found && $0.path == leak.path }
            let score = best.map { "; score \(Self.decimal($0.score)) of \(Self.decimal($0.threshold))" } ?? ""
            return "\(leak.matchedLines) line\(leak.matchedLines == 1 ? "" : "s") of \(name)\(more)\(score)"
        }
        guard hasIndex else { return "no index was given, so no code can be recognised" }
        guard knowsPath else { return "no indexed file is called \(path ?? ""); names are as leaks have them" }
        guard let match else { return "nothing of it could be read" }
        guard match.words >= MatchExplanation.leastWords else {
            return "the text has \(match.words) words, and a fingerprint takes \(MatchExplanation.leastWords)"
        }
        if let nearest = match.candidates.first {
            return "nearest is \(nearest.collection) \(nearest.path): \(Self.advice(nearest))"
        }
        if let path { return "no fingerprint of the text is one of \(path)" }
        let ignored = match.suppressed.reduce(0) { $0 + $1.wordGrams + $1.shapeGrams }
        let asked = "\(match.wordGrams + match.shapeGrams) grams were asked for"
        return ignored > 0
            ? "\(asked); the index knows \(ignored), and takes no notice of any"
            : "\(asked), and the index has none of them"
    }

    /// What was decided of a candidate, and what would change it.
    static func advice(_ candidate: MatchExplanation.Candidate) -> String {
        let score = "score \(decimal(candidate.score)) of \(decimal(candidate.threshold))"
        switch candidate.verdict {
        case .found: return "\(score), found"
        case .explainedByOthers: return "\(score), but other files explain the same text"
        case .tooFew:
            return "\(score), but what it shares is common, or known from public code"
        case .belowThreshold:
            guard let lines = candidate.missingLines else { return "\(score), \(decimal(candidate.missing)) short" }
            return "\(score); about \(lines) more line\(lines == 1 ? "" : "s") like these would do"
        }
    }

    /// Why a fingerprint weighs what it does.
    static func reason(_ hit: MatchExplanation.Hit) -> String {
        let files = hit.files == 1 ? "in this file alone" : "in \(hit.files) files"
        let rare =
            hit.rareParts == hit.parts
            ? "nothing of it in public code" : "\(hit.parts - hit.rareParts) of \(hit.parts) parts in public code"
        return "\(files), \(rare)"
    }

    /// What a reason of suppression is called.
    static func name(_ source: SuppressionSource) -> (reason: String, source: String?) {
        switch source {
        case .common: ("common", nil)
        case .publicCode(let name): ("public", name)
        case .released: ("released", nil)
        }
    }

    /// Two decimals, the sign of nothing left out.
    static func decimal(_ number: Double) -> String {
        guard number.isFinite else { return "0.00" }
        let hundredths = Int((max(-1e6, min(1e6, number)) * 100).rounded())
        let digits = String(abs(hundredths))
        let padded = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
        return (hundredths < 0 ? "-" : "") + padded.dropLast(2) + "." + padded.suffix(2)
    }
}
