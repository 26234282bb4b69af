import TOMLSource

/// Reads a rule file: gitleaks' schema unchanged, with `severity`, `class`, `reveal`, `prefilter`, `positives`
/// and `negatives` of our own beside theirs.
struct RuleParser {
    /// The rules in the order of the file.
    private(set) var rules: [CompiledRule] = []

    /// What was remarkable.
    private(set) var notes: [RuleNote] = []

    /// Lists of the file that name the rules they are for, wherever those stand.
    private(set) var targeted: [(rule: String, place: Rule.Place, list: Allowlist)] = []

    /// Reads one file.
    ///
    /// - Throws: an error at the line of the first key whose value cannot be used.
    init(_ source: TOMLSource) throws(RuleError) {
        let root = RuleTable(source.root)
        var global: [Allowlist] = []
        for table in try Self.either(root, "allowlist", "allowlists") {
            let list = try allowlist(table, rule: nil)
            let targets = try table.strings("targetRules")
            for target in targets {
                targeted.append((target.text, Rule.Place(name: source.name, line: target.line), list))
            }
            if targets.isEmpty { global.append(list) }
        }
        for table in try root.tables("rules") {
            var rule = try rule(table)
            rule.allowlists += global
            rules.append(rule)
        }
        try remark(on: root)
    }

    private mutating func rule(_ table: RuleTable) throws(RuleError) -> CompiledRule {
        guard let id = try table.string("id"), !id.isEmpty else {
            throw table.error("a rule has no id; give it one, such as id = \"acme-token\"")
        }
        let regex = try table.string("regex").flatMap { $0.isEmpty ? nil : $0 }
        let path = try table.string("path").flatMap { $0.isEmpty ? nil : $0 }
        guard regex != nil || path != nil else { throw table.error("rule \(id) has neither regex nor path", at: "id") }
        let expression = try regex.map { pattern throws(RuleError) in try compile(pattern, "regex", table) }
        let group = try table.integer("secretGroup") ?? 0
        if group < 0 || group > (expression?.groupCount ?? 0) {
            let groups = expression?.groupCount ?? 0
            throw table.error("secretGroup \(group) is not among the regex's \(groups) groups", at: "secretGroup")
        }
        let category = try table.choice("class", Rule.Category.self) ?? Self.category(of: id)
        let reveal = try table.choice("reveal", Rule.Reveal.self) ?? .ends
        let rule = Rule(
            id: id,
            description: try table.string("description") ?? "",
            severity: try table.choice("severity", Rule.Severity.self) ?? Self.severity(of: category),
            category: category,
            // The contract: of private keys and markings nothing but the rule's id.
            reveal: category == .privateKey || category == .markedDocument ? .nothing : reveal,
            tags: try table.strings("tags").map(\.text),
            regex: regex,
            keywords: try table.strings("keywords").map { $0.text.lowercased() },
            prefilter: try table.choice("prefilter", Rule.Prefilter.self) ?? .regex,
            entropy: try table.double("entropy") ?? 0,
            secretGroup: group,
            positives: try table.strings("positives"),
            negatives: try table.strings("negatives"),
            place: table.place()
        )
        if rule.prefilter == .keywords, rule.keywords.isEmpty || expression == nil {
            throw table.error("prefilter = \"keywords\" needs keywords and a regex", at: "prefilter")
        }
        var lists: [Allowlist] = []
        for list in try Self.either(table, "allowlist", "allowlists") { lists.append(try allowlist(list, rule: id)) }
        try remark(on: rule, table, expression)
        return CompiledRule(
            rule: rule,
            expression: expression,
            path: try path.map { pattern throws(RuleError) in try compile(pattern, "path", table) },
            allowlists: lists,
            keywords: rule.keywords.map { Array($0.utf8) }
        )
    }

    private mutating func allowlist(_ table: RuleTable, rule: String?) throws(RuleError) -> Allowlist {
        let condition: Allowlist.Condition
        switch try table.string("condition")?.uppercased() {
        case nil, "", "OR", "||": condition = .any
        case "AND", "&&": condition = .all
        default: throw table.error("condition must be \"OR\" or \"AND\"", at: "condition")
        }
        let target = try table.string("regexTarget") == "" ? nil : table.choice("regexTarget", Allowlist.Target.self)
        let list = Allowlist(
            condition: condition,
            target: target ?? .secret,
            expressions: try expressions(table, "regexes"),
            paths: try expressions(table, "paths"),
            stopwords: try table.strings("stopwords").map { Array($0.text.lowercased().utf8) },
            hasCommits: !(try table.strings("commits").isEmpty)
        )
        if list.expressions.isEmpty, list.paths.isEmpty, list.stopwords.isEmpty, !list.hasCommits {
            throw table.error("an allowlist needs regexes, stopwords, paths or commits")
        }
        if list.hasCommits {
            note(table.place(of: "commits"), rule, "what is sent has no commits: this check never holds")
        }
        if list.expressions.contains(where: \.matchesEmpty) {
            note(
                table.place(of: "regexes"),
                rule,
                "an expression matches every text and so allows everything",
                .warning
            )
        }
        let known = ["description", "condition", "regexTarget", "regexes", "paths", "stopwords", "commits"]
        for key in table.unknown(rule == nil ? known + ["targetRules"] : known) {
            note(table.place(of: key), rule, "the key \(key) of an allowlist is not known and has no effect", .warning)
        }
        return list
    }

    private func expressions(_ table: RuleTable, _ key: String) throws(RuleError) -> [RE2Expression] {
        var made: [RE2Expression] = []
        for pattern in try table.strings(key) {
            do throws(RE2Expression.Failure) {
                made.append(try RE2Expression(pattern.text))
            } catch {
                throw RuleError(
                    name: table.table.name,
                    line: pattern.line,
                    message: "\(key) holds no valid expression (RE2): \(error.reason)"
                )
            }
        }
        return made
    }

    private func compile(_ pattern: String, _ key: String, _ table: RuleTable) throws(RuleError) -> RE2Expression {
        do throws(RE2Expression.Failure) {
            return try RE2Expression(pattern)
        } catch {
            throw table.error("\(key) is no valid expression (RE2): \(error.reason)", at: key)
        }
    }

    private mutating func remark(on root: RuleTable) throws(RuleError) {
        if root.has("extend") {
            note(
                root.place(of: "extend"),
                nil,
                "[extend] is not followed: give the other file with --rules as well",
                .warning
            )
        }
        let known = ["title", "description", "minVersion", "extend", "rules", "allowlist", "allowlists"]
        for key in root.unknown(known) {
            note(root.place(of: key), nil, "the key \(key) is not known and has no effect", .warning)
        }
        if rules.isEmpty, targeted.isEmpty { note(root.place(), nil, "the file holds no rule", .warning) }
    }

    private mutating func remark(on rule: Rule, _ table: RuleTable, _ expression: RE2Expression?) throws(RuleError) {
        if expression == nil {
            note(rule.place, rule.id, "without a regex it applies only to names of files that are sent")
        } else if rule.positives.isEmpty {
            note(rule.place, rule.id, "no positives: `weir rules test` cannot tell whether it finds anything", .warning)
        }
        if expression?.matchesEmpty == true {
            note(table.place(of: "regex"), rule.id, "it matches the empty text; such matches are passed over", .warning)
        }
        if expression != nil, rule.keywords.isEmpty { note(rule.place, rule.id, "no keywords") }
        if table.has("required") {
            note(
                table.place(of: "required"),
                rule.id,
                "[[rules.required]] is not supported: the rule reports without what it requires",
                .warning
            )
        }
        if try table.boolean("skipReport") == true {
            note(table.place(of: "skipReport"), rule.id, "skipReport is not supported: the rule reports", .warning)
        }
        let known = [
            "id", "description", "regex", "path", "secretGroup", "entropy", "keywords", "tags", "allowlist",
            "allowlists", "required", "skipReport", "severity", "class", "reveal", "prefilter",
            "positives", "negatives",
        ]
        for key in table.unknown(known) {
            note(table.place(of: key), rule.id, "the key \(key) is not known and has no effect", .warning)
        }
    }

    private mutating func note(
        _ place: Rule.Place,
        _ rule: String?,
        _ message: String,
        _ kind: RuleNote.Kind = .note
    ) {
        notes.append(RuleNote(place: place, rule: rule, message: message, kind: kind))
    }

    /// The tables of the older singular key or of the newer plural one, which exclude each other.
    private static func either(_ table: RuleTable, _ old: String, _ new: String) throws(RuleError) -> [RuleTable] {
        guard table.has(old) else { return try table.tables(new) }
        guard !table.has(new) else {
            throw table.error("\(old) and \(new) exclude each other; use [[\(new)]]", at: old)
        }
        return try table.tables(old)
    }

    /// The class of a rule that names none, as files of gitleaks do.
    private static func category(of id: String) -> Rule.Category {
        id.contains("private-key") ? .privateKey : .credential
    }

    /// The severity of a rule that names none.
    private static func severity(of category: Rule.Category) -> Rule.Severity {
        switch category {
        case .privateKey, .canary: .critical
        case .credential: .high
        case .markedDocument: .medium
        }
    }
}
