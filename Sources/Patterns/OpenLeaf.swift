/// A leaf that is being scanned: the stream's state and the end of the text, which RE2 confirms in.
///
/// Reused for one leaf after another. Which text RE2 is given for a match depends on the leaf's octets alone, never
/// on how they were cut: a cell of 4 KiB in which Vectorscan reports a rule's match is searched together with the
/// rule's reach before it and ``lookahead`` after it, once that much has come or the leaf has ended.
struct OpenLeaf: ~Copyable {
    /// The longest match that is found, in octets, when its rule has no bound of its own.
    static let maximumReach = 16 << 10

    /// Octets after a cell that RE2 may look at.
    static let lookahead = 256

    /// Matches that one rule may have in one cell; more are passed over.
    static let maximumMatchesPerCell = 256

    /// Octets that are kept at most, an eighth of them new: much more than can be needed, for what is needed is moved to
    /// the front when there is no more room.
    private static let capacity = 96 << 10

    private let set: RuleSet
    private var stream: PatternStream?
    private var marks: CellMarks
    private var text: [UInt8] = []

    /// The octets of `text` that are in use.
    private var textCount = 0

    /// The offset in the leaf of the first octet of `text`.
    private var base = 0

    /// The first cell that is not settled.
    private var cell = 0

    /// For each rule, the offset before which its matches are found.
    private var found: [Int]

    /// The name of the file that the leaf came from.
    private var path: [UInt8]?

    /// State for leaves scanned by a set; nil when there is no memory.
    init?(_ set: RuleSet) {
        self.set = set
        marks = CellMarks(rules: set.scanned.count)
        found = Array(repeating: 0, count: set.compiled.count)
        switch set.database {
        case .some(let database):
            guard let opened = PatternStream(on: database) else { return nil }
            stream = consume opened
        case .none: stream = nil
        }
    }

    /// Starts a leaf.
    mutating func begin(path: [UInt8]?) {
        self.path = path
        textCount = 0
        base = 0
        cell = 0
        for index in found.indices { found[index] = 0 }
    }

    /// Scans the next piece and confirms what is ready.
    mutating func feed(_ piece: Span<UInt8>, _ scratch: borrowing PatternScratch, _ matches: inout MatchList) {
        var position = 0
        while position < piece.count {
            let count = min(piece.count - position, Self.capacity / 8)
            if textCount + count > Self.capacity { forget() }
            let part = piece.extracting(position..<(position + count))
            let isScanned = stream?.scan(part, scratch, &marks) ?? true
            append(part)
            if !isScanned { markEverything(from: textCount - count) }
            position += count
            settle(isEnded: false, &matches)
        }
    }

    /// Ends the leaf, and confirms what is left.
    mutating func end(_ scratch: borrowing PatternScratch, _ matches: inout MatchList) {
        if stream?.restart(scratch, &marks) == false { markEverything(from: 0) }
        settle(isEnded: true, &matches)
        marks.clear()
    }

    private mutating func append(_ piece: Span<UInt8>) {
        let start = textCount
        textCount += piece.count
        if text.count < textCount {
            // Twice as much each time, so that short leaves stay small.
            let room = min(Self.capacity, max(2 * text.count, textCount, 256)) - text.count
            text.append(contentsOf: repeatElement(0, count: max(room, textCount - text.count)))
        }
        Self.copy(piece, to: &text, at: start)
    }

    private static func copy(_ piece: Span<UInt8>, to text: inout [UInt8], at start: Int) {
        var room = text.mutableSpan
        var rest = room._mutatingExtracting(start..<(start + piece.count))
        for index in piece.indices { rest[index] = piece[index] }
    }

    /// After a failure of Vectorscan RE2 searches what is there: slow, and nothing is missed in silence.
    private mutating func markEverything(from start: Int) {
        guard textCount > 0 else { return }
        for cell in ((base + start) / CellMarks.cellOctets)...((base + textCount - 1) / CellMarks.cellOctets) {
            for rule in set.scanned.indices { marks.set(rule: rule, cell: cell) }
        }
    }

    /// Drops the text that no open cell can reach.
    private mutating func forget() {
        let needed = max(base, cell * CellMarks.cellOctets - Self.maximumReach - 1)
        let surplus = min(needed - base, textCount)
        text.removeSubrange(0..<surplus)
        textCount -= surplus
        base = needed
    }

    /// Confirms in each cell whose surroundings have come.
    private mutating func settle(isEnded: Bool, _ matches: inout MatchList) {
        let end = base + textCount
        while true {
            let start = cell * CellMarks.cellOctets
            let complete = start + CellMarks.cellOctets + Self.lookahead + 1 <= end
            guard complete || (isEnded && start < end) else { return }
            matches.cellBegan()
            if marks.isMarked(cell: cell) {
                for (index, rule) in set.scanned.enumerated() where marks.take(rule: index, cell: cell) {
                    found[rule] = confirm(rule, &matches)
                }
                marks.clear(cell: cell)
            }
            for rule in set.unfiltered { found[rule] = confirm(rule, &matches) }
            cell += 1
        }
    }

    /// Finds a rule's matches that end in the open cell, and tells up to where the rule's matches are found now.
    private func confirm(_ index: Int, _ matches: inout MatchList) -> Int {
        let rule = set.compiled[index]
        var done = found[index]
        guard let expression = rule.expression, applies(rule) else { return done }
        let start = cell * CellMarks.cellOctets
        // What a flood has used up is not asked for later: the text after it would wait for it.
        guard matches.mayConfirm(index) else { return max(done, start + CellMarks.cellOctets) }
        let limit = min(start + CellMarks.cellOctets + Self.lookahead, base + textCount)
        // What allowlists and keywords may look at, and in it what is searched.
        let outer = max(0, start - Self.maximumReach)..<limit
        var from = max(done, start - rule.reach, outer.lowerBound)
        let context = max(from - 1, 0)..<min(limit + 1, base + textCount)
        guard context.lowerBound >= base, from < limit else { return done }
        let searched = text.span.extracting((context.lowerBound - base)..<(context.upperBound - base))
        let surroundings = text.span.extracting((outer.lowerBound - base)..<(outer.upperBound - base))
        if rule.mode == nil, !hasKeyword(rule, surroundings) { return done }
        var hasKeywords: Bool?
        var count = 0
        while from < limit, count < Self.maximumMatchesPerCell {
            let range = (from - context.lowerBound)..<(limit - context.lowerBound)
            guard let hit = expression.find(in: searched, within: range, secretGroup: rule.rule.secretGroup) else {
                return done
            }
            let match = hit.match.shifted(by: context.lowerBound)
            // Its end lies in a later cell, with whose surroundings it will be found again.
            guard match.upperBound <= start + CellMarks.cellOctets else { return done }
            from = max(match.upperBound, match.lowerBound + 1)
            done = from
            guard !match.isEmpty else { continue }
            count += 1
            let mayGoOn = matches.countHit(index)
            hasKeywords = hasKeywords ?? hasKeyword(rule, surroundings)
            guard hasKeywords == true else { return done }
            let secret = hit.secret.shifted(by: context.lowerBound)
            judge(index, match, secret, surroundings, outer.lowerBound, &matches)
            guard mayGoOn else { return max(done, start + CellMarks.cellOctets) }
        }
        return done
    }

    /// Adds a match unless entropy or an allowlist speaks against it.
    private func judge(
        _ index: Int,
        _ match: Range<Int>,
        _ secret: Range<Int>,
        _ surroundings: Span<UInt8>,
        _ origin: Int,
        _ matches: inout MatchList
    ) {
        let rule = set.compiled[index]
        let newline = UInt8(ascii: "\n")
        // Line ends about a match are no part of it: gitleaks takes them off.
        var whole = match.shifted(by: -origin)
        while let first = whole.first, surroundings[first] == newline { whole.removeFirst() }
        while let last = whole.last, surroundings[last] == newline { whole.removeLast() }
        let local = secret == match ? whole : secret.shifted(by: -origin)
        guard !local.isEmpty else { return }
        let text = surroundings.extracting(local)
        if rule.rule.entropy > 0, Entropy.bits(text) <= rule.rule.entropy { return }
        if !rule.allowlists.isEmpty {
            var line = whole
            while line.lowerBound > 0, surroundings[line.lowerBound - 1] != newline { line = line.widened(before: 1) }
            while line.upperBound < surroundings.count, surroundings[line.upperBound] != newline {
                line = line.widened(after: 1)
            }
            let (around, inside) = (surroundings.extracting(line), surroundings.extracting(whole))
            let path = path
            if rule.allowlists.contains(where: { $0.allows(secret: text, match: inside, line: around, path: path) }) {
                return
            }
        }
        matches.add(rule.rule, index, secret: text, offset: local.lowerBound + origin)
    }

    /// Whether one of the rule's keywords stands in the text; true if it has none.
    private func hasKeyword(_ rule: CompiledRule, _ text: Span<UInt8>) -> Bool {
        rule.keywords.isEmpty || rule.keywords.contains { TextSearch.contains(text, $0) }
    }

    /// Whether the rule is for leaves of this name.
    private func applies(_ rule: CompiledRule) -> Bool {
        guard let expression = rule.path else { return true }
        guard let path else { return false }
        return expression.matches(path.span)
    }
}

extension Range<Int> {
    /// The range `distance` further on.
    fileprivate func shifted(by distance: Int) -> Self { (lowerBound + distance)..<(upperBound + distance) }

    /// The range with so much more on either side.
    fileprivate func widened(before: Int = 0, after: Int = 0) -> Self { (lowerBound - before)..<(upperBound + after) }
}

/// Where the state of an open leaf stays while scanners and the worker hand it to and fro.
final class LeafBox {
    var leaf: OpenLeaf

    /// Holds a new state.
    init(_ leaf: consuming OpenLeaf) {
        self.leaf = leaf
    }
}
