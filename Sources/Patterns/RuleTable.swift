import TOMLSource

/// A table of a rule file whose keys are found whatever their case, as gitleaks finds them.
struct RuleTable {
    /// The table as the file has it.
    let table: TOMLTable

    private let spellings: [String: String]

    init(_ table: TOMLTable) {
        self.table = table
        spellings = Dictionary(table.keys.map { ($0.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The key as the file spells it.
    func spelling(_ key: String) -> String { spellings[key.lowercased()] ?? key }

    /// Whether a key is there.
    func has(_ key: String) -> Bool { spellings[key.lowercased()] != nil }

    /// The table's place, or that of a key.
    func place(of key: String? = nil) -> Rule.Place {
        Rule.Place(name: table.name, line: key.map { table.line(of: spelling($0)) } ?? table.line)
    }

    /// An error at a key's line, or at the table's.
    func error(_ message: String, at key: String? = nil) -> RuleError {
        let place = place(of: key)
        return RuleError(name: place.name, line: place.line, message: message)
    }

    func string(_ key: String) throws(RuleError) -> String? {
        do throws(TOMLError) { return try table.string(spelling(key)) } catch { throw RuleError(error) }
    }

    func integer(_ key: String) throws(RuleError) -> Int? {
        do throws(TOMLError) { return try table.integer(spelling(key)) } catch { throw RuleError(error) }
    }

    func double(_ key: String) throws(RuleError) -> Double? {
        do throws(TOMLError) { return try table.double(spelling(key)) } catch { throw RuleError(error) }
    }

    func boolean(_ key: String) throws(RuleError) -> Bool? {
        do throws(TOMLError) { return try table.boolean(spelling(key)) } catch { throw RuleError(error) }
    }

    /// The strings of an array, or a single string as gitleaks takes it, with their lines.
    func strings(_ key: String) throws(RuleError) -> [Rule.Example] {
        let key = spelling(key)
        do throws(TOMLError) {
            if case .string(let text)? = table.value(key) {
                return [Rule.Example(text: text, line: table.line(of: key))]
            }
            let texts = try table.strings(key) ?? []
            let lines = table.elementLines(of: key)
            return texts.indices.map { index in
                Rule.Example(text: texts[index], line: index < lines.count ? lines[index] : table.line(of: key))
            }
        } catch { throw RuleError(error) }
    }

    /// The tables of an array, or a single table, as older files have it.
    func tables(_ key: String) throws(RuleError) -> [RuleTable] {
        let key = spelling(key)
        do throws(TOMLError) {
            if case .table(let table)? = table.value(key) { return [RuleTable(table)] }
            return try table.tables(key).map(RuleTable.init)
        } catch { throw RuleError(error) }
    }

    /// The value of a key that must be one of a few words.
    func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ key: String,
        _: Choice.Type
    ) throws(RuleError) -> Choice? {
        guard let word = try string(key) else { return nil }
        if let choice = Choice(rawValue: word) { return choice }
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw error("\(key) \"\(word)\" is unknown; use one of \(known)", at: key)
    }

    /// Keys that are not among `known`, in the order of the file.
    func unknown(_ known: [String]) -> [String] {
        let known = Set(known.map { $0.lowercased() })
        return table.keys.filter { !known.contains($0.lowercased()) }
    }
}
