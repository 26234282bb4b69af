/// Runs the rules over the text leaves of one message.
///
/// Leaves come one after another, each in pieces cut anywhere; the same octets give the same matches however they are
/// cut. State is held only while a leaf is open, and bounded; leaves that are never ended give what was confirmed.
package struct PatternScanner: ~Copyable {
    private let worker: PatternWorker
    private var box: LeafBox?
    private var path: [UInt8]?
    private var list = MatchList()

    /// Leaves whose text was not scanned because there was no memory for their state.
    package private(set) var leavesSkipped = 0

    /// A scanner that shares its thread's worker.
    package init(_ worker: PatternWorker) {
        self.worker = worker
    }

    /// A scanner with a worker of its own, for a few texts.
    ///
    /// - Throws: an error when there is no memory.
    package init(_ rules: RuleSet) throws(RuleError) {
        worker = try PatternWorker(rules)
    }

    /// Starts a message: what is left of another is dropped.
    package mutating func messageBegan() {
        if box != nil { leafEnded() }
        list = MatchList()
    }

    /// Starts a leaf, ending the one before if that is still open.
    ///
    /// - Parameters:
    ///   - tag: comes back with each match.
    ///   - path: the name of the file that the leaf came from, for rules and allowlists that ask for it.
    package mutating func leafBegan(tag: Int, path: String? = nil) {
        if box != nil { leafEnded() }
        list.tag = tag
        self.path = path.map { Array($0.utf8) }
        if let path = self.path { matchName(path) }
    }

    /// Scans the leaf's next piece.
    package mutating func leafText(_ text: Span<UInt8>) {
        guard !text.isEmpty else { return }
        if box == nil {
            guard let free = worker.takeLeaf() else {
                leavesSkipped += 1
                return
            }
            free.leaf.begin(path: path)
            box = free
        }
        box?.leaf.feed(text, worker.scratch, &list)
    }

    /// Ends the leaf: what could only be decided with its end is decided.
    package mutating func leafEnded() {
        guard let box else { return }
        box.leaf.end(worker.scratch, &list)
        worker.giveBack(box)
        self.box = nil
    }

    /// How far the scanner has come: to be taken and set only between leaves, and set only where the rules are the same.
    package var position: PatternProgress {
        get { PatternProgress(list: list) }
        set { list = newValue.list }
    }

    /// Whether there are matches to take.
    package var hasMatches: Bool { !list.matches.isEmpty }

    /// What was passed over since the message began, because it had given 4,096 matches or made RE2 find more than its text
    /// allows of what mostly were none: single matches, or 4-KiB cells in which a rule was not looked for any more.
    package var matchesRefused: Int { list.refused }

    /// Hands over the matches since the last call: leaf by leaf, within a leaf by 4-KiB cell, then rule, then offset.
    package mutating func takeMatches() -> [PatternMatch] { list.take() }

    /// Applies the rules that only look at names.
    private mutating func matchName(_ path: [UInt8]) {
        for (index, rule) in worker.rules.compiled.enumerated() where rule.expression == nil {
            guard let expression = rule.path, expression.matches(path.span) else { continue }
            let empty = path.span.extracting(0..<0)
            if rule.allowlists.contains(where: { $0.allows(secret: empty, match: empty, line: empty, path: path) }) {
                continue
            }
            list.add(rule.rule, index, secret: path.span, offset: 0)
        }
    }
}

/// How far a scanner has come between two leaves: all that its further matches depend on.
package struct PatternProgress {
    let list: MatchList

    /// Octets of memory that it takes, about.
    package var octets: Int { list.octets }
}
