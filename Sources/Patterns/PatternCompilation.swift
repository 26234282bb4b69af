import TOMLSource

/// Makes one Vectorscan database of a set's expressions, each in the most exact mode that Vectorscan takes.
struct PatternCompilation: ~Copyable {
    /// The rule of each expression of the database.
    let scanned: [Int]

    /// Rules whose expression Vectorscan takes in no mode.
    let unfiltered: [Int]

    private var database: PatternDatabase?

    /// Compiles, and writes each rule's mode and reach; what is not exact becomes a note.
    ///
    /// - Throws: an error when Vectorscan cannot run here at all.
    init(_ rules: inout [CompiledRule], _ notes: inout [RuleNote]) throws(RuleError) {
        for index in rules.indices {
            guard let regex = rules[index].rule.regex else { continue }
            let isSimple = ExpressionSyntax.matchesSingleOctets(regex)
            rules[index].mode = rules[index].rule.prefilter == .keywords ? .word : isSimple ? .octets : .scalars
            // Those that may be too large are tried alone, for a failure among all costs all once more.
            if rules[index].mode == .scalars { Self.relax(&rules[index]) }
        }
        var made: PatternDatabase?
        while made == nil {
            var expressions: [PatternDatabase.Expression] = []
            var owners: [Int] = []
            for (slot, index) in rules.indices.filter({ rules[$0].mode != nil }).enumerated() {
                expressions += Self.expressions(rules[index], slot: slot)
                owners += Array(repeating: index, count: expressions.count - owners.count)
            }
            guard !expressions.isEmpty else { break }
            do throws(PatternDatabase.Failure) {
                made = try PatternDatabase(expressions)
            } catch {
                guard let index = error.index, index < owners.count else {
                    let reason = "Vectorscan cannot compile the rules: \(error.reason)"
                    throw RuleError(name: "rules", line: 0, message: reason, kind: .unreadable)
                }
                rules[owners[index]].mode = rules[owners[index]].mode?.next
                Self.relax(&rules[owners[index]])
            }
        }
        for index in rules.indices where rules[index].rule.regex != nil { Self.settle(&rules[index], &notes) }
        scanned = rules.indices.filter { rules[$0].mode != nil }
        unfiltered = rules.indices.filter { rules[$0].mode == nil && rules[$0].expression != nil }
        database = made
    }

    /// Hands the database over.
    consuming func takeDatabase() -> PatternDatabase? { database }

    /// What the database looks for on a rule's behalf, whose marks are those of `slot`.
    private static func expressions(_ rule: CompiledRule, slot: Int) -> [PatternDatabase.Expression] {
        guard let pattern = rule.rule.regex, let mode = rule.mode else { return [] }
        if mode == .word { return rule.keywords.map { .word($0, rule: slot) } }
        return [PatternDatabase.Expression(pattern: pattern, mode: mode, rule: slot)]
    }

    /// Steps down to the first mode in which Vectorscan takes the expression by itself.
    private static func relax(_ rule: inout CompiledRule) {
        while true {
            let expressions = expressions(rule, slot: 0)
            if expressions.isEmpty || (try? PatternDatabase(expressions)) != nil { return }
            rule.mode = rule.mode?.next
        }
    }

    private static func settle(_ rule: inout CompiledRule, _ notes: inout [RuleNote]) {
        func note(_ message: String, _ kind: RuleNote.Kind) {
            notes.append(RuleNote(place: rule.rule.place, rule: rule.rule.id, message: message, kind: kind))
        }
        guard rule.mode != .word else {
            rule.reach = CellMarks.cellOctets
            return
        }
        guard let expression = expressions(rule, slot: 0).first else {
            note("Vectorscan does not take the regex; RE2 searches all text for it, which is slow", .warning)
            return
        }
        if rule.mode == .octetsPrefiltered || rule.mode == .scalarsPrefiltered {
            note("Vectorscan only prefilters the regex; RE2 confirms each match", .note)
        }
        // An octet on either side is context for `\b`; the few more cost nothing.
        let width = PatternDatabase.maximumWidth(expression) ?? .max
        rule.reach = min(width, OpenLeaf.maximumReach - 16) + 16
    }
}
