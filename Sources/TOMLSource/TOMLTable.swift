/// A table of a TOML file, whose getters throw errors that name file and line.
///
/// A getter gives nil when the key is absent and throws when its value has another type: a setting that is
/// misspelt in its type is never mistaken for one that is not there.
package struct TOMLTable: Sendable {
    /// The file's name, for errors.
    package let name: String

    /// The line of the table's header, of its key if inline; 1 for the file's root.
    package let line: Int

    /// The keys in the order of the file.
    package let keys: [String]

    private let entries: [String: TOMLElement]

    init(name: String, line: Int, keys: [String], entries: [String: TOMLElement]) {
        self.name = name
        self.line = line
        self.keys = keys
        self.entries = entries
    }

    /// The line of a key; the table's own line when the key is absent.
    package func line(of key: String) -> Int { entries[key]?.line ?? line }

    /// The lines on which the elements of an array begin; empty when the key is absent or no array.
    package func elementLines(of key: String) -> [Int] {
        guard case .array(let elements)? = entries[key]?.value else { return [] }
        return elements.map(\.line)
    }

    /// The value of a key, whatever its type.
    package func value(_ key: String) -> TOMLValue? { entries[key]?.value }

    /// The text of a key, nil when absent.
    ///
    /// - Throws: a located error when the value is no string.
    package func string(_ key: String) throws(TOMLError) -> String? {
        guard let value = value(key) else { return nil }
        guard case .string(let text) = value else { throw mismatch(key, "a string", value) }
        return text
    }

    /// The whole number of a key, nil when absent.
    ///
    /// - Throws: a located error when the value is no integer.
    package func integer(_ key: String) throws(TOMLError) -> Int? {
        guard let value = value(key) else { return nil }
        guard case .integer(let number) = value else { throw mismatch(key, "an integer", value) }
        return number
    }

    /// The number of a key, whole or not, nil when absent.
    ///
    /// - Throws: a located error when the value is no number.
    package func double(_ key: String) throws(TOMLError) -> Double? {
        guard let value = value(key) else { return nil }
        switch value {
        case .double(let number): return number
        case .integer(let number): return Double(number)
        default: throw mismatch(key, "a number", value)
        }
    }

    /// The truth value of a key, nil when absent.
    ///
    /// - Throws: a located error when the value is no boolean.
    package func boolean(_ key: String) throws(TOMLError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard case .boolean(let truth) = value else { throw mismatch(key, "true or false", value) }
        return truth
    }

    /// The strings of an array, nil when the key is absent.
    ///
    /// - Throws: a located error when the value is no array, or at the line of an element that is no string.
    package func strings(_ key: String) throws(TOMLError) -> [String]? {
        guard let value = value(key) else { return nil }
        guard case .array(let elements) = value else { throw mismatch(key, "an array of strings", value) }
        var strings: [String] = []
        strings.reserveCapacity(elements.count)
        for element in elements {
            guard case .string(let text) = element.value else {
                throw TOMLError(
                    name: name,
                    line: element.line,
                    message: "\(key) must hold strings only, and this is \(element.value.typeName)"
                )
            }
            strings.append(text)
        }
        return strings
    }

    /// The table of a key, nil when absent.
    ///
    /// - Throws: a located error when the value is no table.
    package func table(_ key: String) throws(TOMLError) -> TOMLTable? {
        guard let value = value(key) else { return nil }
        guard case .table(let table) = value else { throw mismatch(key, "a table", value) }
        return table
    }

    /// The tables of an array (`[[key]]`, or inline tables in an array), empty when the key is absent.
    ///
    /// - Throws: a located error when the value is no array, or at the line of an element that is no table.
    package func tables(_ key: String) throws(TOMLError) -> [TOMLTable] {
        guard let value = value(key) else { return [] }
        guard case .array(let elements) = value else { throw mismatch(key, "an array of tables", value) }
        var tables: [TOMLTable] = []
        tables.reserveCapacity(elements.count)
        for element in elements {
            guard case .table(let table) = element.value else {
                throw TOMLError(
                    name: name,
                    line: element.line,
                    message: "\(key) must hold tables only, and this is \(element.value.typeName)"
                )
            }
            tables.append(table)
        }
        return tables
    }

    /// The text of a key that must be there.
    ///
    /// - Throws: a located error when the key is absent, at the table's line, or its value is no string.
    package func require(string key: String) throws(TOMLError) -> String {
        guard let text = try string(key) else { throw missing(key) }
        return text
    }

    /// The strings of a key that must be there.
    ///
    /// - Throws: a located error when the key is absent, at the table's line, or its value is no array of strings.
    package func require(strings key: String) throws(TOMLError) -> [String] {
        guard let strings = try strings(key) else { throw missing(key) }
        return strings
    }

    /// Refuses every key that is not among `known`.
    ///
    /// - Throws: an error at the first unknown key's line, with the known key that resembles it most.
    package func rejectUnknown(_ known: [String]) throws(TOMLError) {
        for key in keys where !known.contains(key) {
            let advice = Spelling.nearest(to: key, among: known).map { "; did you mean \($0)?" } ?? ""
            throw error("unknown key \(key)\(advice)", at: key)
        }
    }

    /// An error at a key's line, or at the table's when the key is nil or absent.
    package func error(_ message: String, at key: String? = nil) -> TOMLError {
        TOMLError(name: name, line: key.map(line(of:)) ?? line, message: message)
    }

    /// The error for a value of the wrong type.
    package func mismatch(_ key: String, _ expected: String, _ value: TOMLValue) -> TOMLError {
        error("\(key) must be \(expected), and this is \(value.typeName)", at: key)
    }

    private func missing(_ key: String) -> TOMLError { error("\(key) is missing") }
}
