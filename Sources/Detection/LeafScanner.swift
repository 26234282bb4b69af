import Fingerprints
import Patterns
import Payloads

/// Runs fingerprints and rules over the leaves of one message, and remembers where in it they stood.
///
/// What stands for a leaf in both matchers is a tag: the number of the first leaf of the same segment, codings and
/// message element. So memory grows with what is told apart, not with leaves, and is capped.
///
/// Text is gathered, up to `batch` octets of a leaf, before both look at it: segments of TCP are small, and each beginning
/// costs. The end of a leaf and `takeFinding()` look at what has been gathered.
struct LeafScanner: ~Copyable {
    private var code: CodeMatcher
    /// What undoes layouts for `code`; rules look at the text as it stands.
    private var wrappers = PromptWrappers()
    private var patterns: PatternScanner

    /// Whether rules stopped looking before the message's end, because it gave more matches than are kept.
    var hasRuleLimitBitten: Bool { patterns.matchesRefused > 0 || patterns.leavesSkipped > 0 }

    /// Whether the matcher of code passed over some of what resembles its indexes.
    var hasCodeLimitBitten: Bool { code.hasLimitBitten }

    private let hasIndexes: Bool
    private let trace: ScanTrace?

    /// Text of the open leaf that nothing has looked at.
    private var gathered: [UInt8] = []
    private var gatheredCount = 0

    /// Octets that are gathered at most: a finding may wait for so many, and for the end of a line.
    static let batch = 8_192

    private var parts: [Part] = []
    private var tags: [Part: Int] = [:]
    private var unresolved: [Int: [Int]] = [:]
    private var hits: [String: OpenHit] = [:]
    private var isDirty = false
    private var reported: Finding?

    /// The model that the body named first.
    private(set) var model: String?

    /// The most places that are told apart; leaves beyond share the last.
    static let maximumParts = 65_536

    init(_ worker: DetectionWorker) {
        code = CodeMatcher(worker.code)
        patterns = PatternScanner(worker.patterns)
        hasIndexes = !worker.set.indexes.isEmpty
        trace = worker.trace
        patterns.messageBegan()
    }

    /// Whether any rule has hit.
    var hasHits: Bool { !hits.isEmpty }

    /// Scans a text of the request's head as one leaf.
    ///
    /// - Returns: whether a rule hit in it.
    mutating func scanHead(_ text: [UInt8], segment: Segment) -> Bool {
        guard !text.isEmpty else { return false }
        leafBegan(Provenance(segment: segment))
        leafText(text.span)
        leafEnded(truncated: false)
        return collect()
    }

    /// Whether a rule would hit in a text, without counting it; true also when a limit kept a rule from looking.
    ///
    /// Not to be called inside a leaf.
    mutating func wouldHit(_ text: [UInt8]) -> Bool {
        guard !text.isEmpty else { return false }
        let refused = patterns.matchesRefused
        patterns.leafBegan(tag: 0)
        patterns.leafText(text.span)
        patterns.leafEnded()
        return !patterns.takeMatches().isEmpty || patterns.matchesRefused > refused
    }

    /// Takes over what the rules matched since the last call.
    ///
    /// - Returns: whether they matched anything.
    @discardableResult
    mutating func collect() -> Bool {
        guard hasNews else { return false }
        let matches = patterns.takeMatches()
        for match in matches {
            if hits[match.rule.id] == nil {
                hits[match.rule.id] = OpenHit(rule: match.rule, tag: match.tag, redacted: match.redacted)
            }
            if hits[match.rule.id]?.insert(match.secretDigest) == true { isDirty = true }
        }
        if code.hasNewFinding { isDirty = true }
        return !matches.isEmpty
    }

    /// Whether something has been found, in text that was looked at, since `takeFinding()`.
    var hasNews: Bool { isDirty || patterns.hasMatches || code.hasNewFinding }

    /// Lets the next `takeFinding()` compare, whatever it was told: at the end all is looked at once more.
    mutating func messageEnded() {
        if hasIndexes {
            wrappers.leafEnded(&code)
            code.messageEnded()
        }
        collect()
        isDirty = true
    }

    /// The whole state, if it differs from what was reported last.
    mutating func takeFinding() -> Finding? {
        scanGathered()
        collect()
        guard isDirty else { return nil }
        isDirty = false
        let finding = currentFinding()
        guard !finding.isEmpty, finding != reported else { return nil }
        reported = finding
        return finding
    }

    /// The whole state.
    mutating func currentFinding() -> Finding {
        let rules = hits.values.map { hit in
            let part = part(hit.tag)
            return RuleHit(
                id: hit.rule.id,
                severity: Severity(rawValue: hit.rule.severity.rawValue) ?? .medium,
                findingClass: FindingClass(rawValue: hit.rule.category.rawValue) ?? .credential,
                redacted: hit.redacted,
                segment: part.segment,
                codings: part.codings,
                values: hit.values
            )
        }
        return Finding(leaks: hasIndexes ? leaks() : [], rules: rules)
    }

    private mutating func gather(_ piece: Span<UInt8>) {
        if gathered.isEmpty { gathered = [UInt8](repeating: 0, count: Self.batch) }
        let start = gatheredCount
        Self.copy(piece, to: &gathered, at: start)
        gatheredCount = start + piece.count
    }

    private static func copy(_ piece: Span<UInt8>, to buffer: inout [UInt8], at start: Int) {
        var room = buffer.mutableSpan
        var rest = room._mutatingExtracting(start..<(start + piece.count))
        for index in piece.indices { rest[index] = piece[index] }
    }

    private mutating func scanGathered() {
        guard gatheredCount > 0 else { return }
        let text = gathered
        scan(text.span.extracting(0..<gatheredCount))
        gatheredCount = 0
    }

    private mutating func scan(_ text: Span<UInt8>) {
        if hasIndexes { wrappers.leafText(text, &code) }
        patterns.leafText(text)
    }

    private mutating func leaks() -> [Leak] {
        code.matches().map { match in
            let (tag, step) = PromptWrappers.parts(of: match.strongestTag)
            let part = part(tag)
            return Leak(
                collection: match.collection,
                owner: match.owner,
                classification: match.classification,
                path: match.path,
                totalLines: match.totalLines,
                lines: match.lines,
                isVerbatim: match.kind == .verbatim,
                strength: match.score,
                segment: part.segment,
                codings: step.map(part.codings.appending) ?? part.codings
            )
        }
    }

    private func part(_ tag: Int) -> Part {
        parts.indices.contains(tag) ? parts[tag] : Part(segment: .body, codings: DecodeChain(), group: -1)
    }

    private mutating func tag(_ provenance: borrowing Provenance) -> Int {
        let part = Part(segment: provenance.segment, codings: provenance.codings, group: provenance.group)
        if let last = parts.last, last == part { return parts.count - 1 }
        if let tag = tags[part] { return tag }
        guard parts.count < LeafScanner.maximumParts else { return parts.count - 1 }
        let tag = parts.count
        parts.append(part)
        tags[part] = tag
        if part.group >= 0 { unresolved[part.group, default: []].append(tag) }
        return tag
    }

    private struct Part: Hashable {
        var segment: Segment
        let codings: DecodeChain
        let group: Int
    }

    private struct OpenHit {
        let rule: Rule
        let tag: Int
        let redacted: String?
        private(set) var values: Set<UInt64> = []

        init(rule: Rule, tag: Int, redacted: String?) {
            self.rule = rule
            self.tag = tag
            self.redacted = redacted
        }

        mutating func insert(_ value: UInt64) -> Bool {
            values.count < RuleHit.maximumValues && values.insert(value).inserted
        }
    }
}

extension LeafScanner: LeafSink {
    mutating func leafBegan(_ provenance: Provenance) {
        let tag = tag(provenance)
        trace?.leafBegan(provenance, words: code.words)
        if hasIndexes {
            wrappers.leafBegan(tag: tag, &code)
            if let filename = provenance.filename { code.fileNamed(Array(filename.utf8).span) }
        }
        patterns.leafBegan(tag: tag, path: provenance.filename)
    }

    mutating func leafText(_ text: Span<UInt8>) {
        trace?.leafText(text)
        var start = 0
        while start < text.count {
            let count = min(text.count - start, Self.batch - gatheredCount)
            let piece = text.extracting(start..<(start + count))
            start += count
            if count == Self.batch {
                scan(piece)
            } else {
                gather(piece)
                if gatheredCount == Self.batch { scanGathered() }
            }
        }
    }

    mutating func leafEnded(truncated: Bool) {
        scanGathered()
        if hasIndexes {
            wrappers.leafEnded(&code)
            code.leafEnded()
        }
        patterns.leafEnded()
        trace?.leafEnded(truncated: truncated, words: code.words)
    }

    mutating func groupResolved(_ group: Int, _ segment: Segment) {
        trace?.groupResolved(group, segment)
        guard let members = unresolved.removeValue(forKey: group) else { return }
        for tag in members where parts[tag].segment != segment {
            tags[parts[tag]] = nil
            parts[tag].segment = segment
            isDirty = true
        }
    }

    mutating func modelNamed(_ model: String) {
        if self.model == nil { self.model = model }
    }
}

extension CodeMatcher: UnwrappedText {}
