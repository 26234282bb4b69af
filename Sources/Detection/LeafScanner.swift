import Fingerprints
import Patterns
import Payloads

/// Runs fingerprints and rules over the leaves of one message, and remembers where in it they stood.
struct LeafScanner: ~Copyable {
    private var code: CodeMatcher
    /// What undoes layouts for `code`; rules look at the text as it stands.
    private var wrappers = PromptWrappers()
    private var patterns: PatternScanner
    private var findings = OpenFindings()

    private let hasIndexes: Bool
    private let trace: ScanTrace?

    init(_ worker: DetectionWorker) {
        code = CodeMatcher(worker.code)
        patterns = PatternScanner(worker.patterns)
        hasIndexes = !worker.set.indexes.isEmpty
        trace = worker.trace
        patterns.messageBegan()
    }

    /// Whether rules stopped looking before the message's end, because it gave more matches than are kept.
    var hasRuleLimitBitten: Bool { patterns.matchesRefused > 0 || patterns.leavesSkipped > 0 }

    /// Whether the matcher of code passed over some of what resembles its indexes.
    var hasCodeLimitBitten: Bool { code.hasLimitBitten }

    /// Whether any rule has hit, in text up to the last `checkpoint()`.
    var hasHits: Bool { !findings.hits.isEmpty }

    /// Begins a leaf.
    mutating func leafBegan(_ provenance: borrowing Provenance) {
        let tag = findings.places.tag(provenance)
        trace?.leafBegan(provenance, words: code.words)
        if hasIndexes {
            wrappers.leafBegan(tag: tag, &code)
            if let filename = provenance.filename { code.fileNamed(Array(filename.utf8).span) }
        }
        patterns.leafBegan(tag: tag, path: provenance.filename)
    }

    /// Scans the leaf's next text; what is found does not depend on how it is cut, but each piece costs.
    mutating func leafText(_ text: Span<UInt8>) {
        trace?.leafText(text)
        if hasIndexes { wrappers.leafText(text, &code) }
        patterns.leafText(text)
    }

    /// Ends the leaf.
    mutating func leafEnded(truncated: Bool) {
        if hasIndexes {
            wrappers.leafEnded(&code)
            code.leafEnded()
        }
        patterns.leafEnded()
        trace?.leafEnded(truncated: truncated, words: code.words)
    }

    /// Puts the leaves of a message element into their segment.
    mutating func groupResolved(_ group: Int, _ segment: Segment) {
        trace?.groupResolved(group, segment)
        if findings.places.resolve(group, segment) { findings.isDirty = true }
    }

    /// Ends a text of the message: what is left open is judged.
    mutating func textEnded() {
        if hasIndexes {
            wrappers.leafEnded(&code)
            code.textEnded()
        }
        collect()
    }

    /// Takes over what the rules matched since the last call.
    ///
    /// - Returns: whether they matched anything.
    @discardableResult
    mutating func collect() -> Bool {
        let matches = patterns.takeMatches()
        for match in matches { findings.add(match) }
        if code.hasNewFinding { findings.isDirty = true }
        return !matches.isEmpty
    }

    /// The whole state, if it tells of anything, and of more than when it was given last.
    mutating func checkpoint() -> Finding? {
        collect()
        guard findings.isDirty else { return nil }
        findings.isDirty = false
        let finding = currentFinding()
        guard !finding.isEmpty, finding != findings.reported else { return nil }
        findings.reported = finding
        return finding
    }

    /// The whole state.
    mutating func currentFinding() -> Finding { Finding(leaks: hasIndexes ? leaks() : [], rules: findings.rules) }

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

    private mutating func leaks() -> [Leak] {
        code.matches().map { match in
            let (tag, step) = PromptWrappers.parts(of: match.strongestTag)
            let part = findings.places[tag]
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
}

// MARK: - What was found before

extension LeafScanner {
    /// How far the scanner has come between two leaves: all that its further findings depend on.
    struct Position {
        fileprivate let code: CodeProgress
        fileprivate let patterns: PatternProgress
        fileprivate let findings: OpenFindings
        /// Octets of memory that it takes, about.
        let octets: Int
    }

    /// Where the scanner stands, between two leaves; nil where some of the text was not looked at.
    var position: Position? {
        guard patterns.leavesSkipped == 0 else { return nil }
        let code = code.position
        return Position(
            code: code,
            patterns: patterns.position,
            findings: findings,
            octets: code.octets + patterns.position.octets + findings.octets
        )
    }

    /// Goes on, between two leaves, from where a scanner of the same worker stood.
    mutating func resume(from position: Position) {
        code.position = position.code
        patterns.position = position.patterns
        findings = position.findings
    }

    /// Begins another text of the message, in which a file is named, as though there had been none before: what was found is
    /// forgotten.
    ///
    /// Not to be called inside a leaf.
    mutating func textBegan(naming path: [UInt8]) {
        code.textBegan()
        code.fileNamed(path.span)
        patterns.messageBegan()
        findings = OpenFindings()
    }
}

extension CodeMatcher: UnwrappedText {}
