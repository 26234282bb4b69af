import TOMLSource

/// A key of `weir.toml`: its place in ``Settings``, what it may be, and what it means.
struct Setting: Sendable {
    let section: String
    let key: String
    let value: Value
    let meaning: String

    /// Where in the settings a value goes.
    typealias Path<Part> = any WritableKeyPath<Settings, Part> & Sendable

    /// The key with its section, `capture.snap_length`.
    var name: String { "\(section).\(key)" }

    /// What a value may be, and where it goes.
    enum Value: Sendable {
        case flag(Path<Bool>)
        /// A flag for what this version cannot do: only false is taken.
        case reserved(Path<Bool>)
        case number(Path<Int>, ClosedRange<Int>)
        case duration(Path<Duration>, ClosedRange<Duration>)
        /// Text, which may be empty or not.
        case text(Path<String>, mayBeEmpty: Bool)
        /// One text of a fixed choice.
        case choice(Path<String>, [String])
        /// Texts, none of them empty; of a fixed choice or, where it is empty, any.
        case texts(Path<[String]>, choice: [String])
    }

    /// Takes the key's value from its table, where it must be present.
    ///
    /// - Throws: a located error that says what would be right.
    func read(_ table: TOMLTable, into settings: inout Settings) throws(TOMLError) {
        switch value {
        case .flag(let path):
            settings[keyPath: path] = try table.boolean(key) ?? false
        case .reserved(let path):
            guard try table.boolean(key) == false else {
                throw error(table, "is not possible in this version, which makes no policy incidents; use false")
            }
            settings[keyPath: path] = false
        case .number(let path, let range):
            let number = try table.integer(key) ?? 0
            try check(number, in: range, text: "\(number)", table)
            settings[keyPath: path] = number
        case .duration(let path, let range):
            let text = try table.string(key) ?? ""
            guard let duration = DurationText.parse(text) else {
                throw error(table, "\"\(text)\" is no duration; use a number with ms, s, m or h, such as \(advice)")
            }
            try check(duration, in: range, text: text, table)
            settings[keyPath: path] = duration
        case .text(let path, let mayBeEmpty):
            let text = try table.string(key) ?? ""
            guard mayBeEmpty || !text.isEmpty else { throw error(table, "is empty; use \(advice)") }
            settings[keyPath: path] = text
        case .choice(let path, let choice):
            let text = try table.string(key) ?? ""
            guard choice.contains(text) else {
                throw error(table, "\"\(text)\" is none of \(choice.joined(separator: ", ")); use \(advice)")
            }
            settings[keyPath: path] = text
        case .texts(let path, let choice):
            settings[keyPath: path] = try texts(table, choice)
        }
    }

    /// The value in the syntax of TOML.
    func text(of settings: Settings) -> String {
        switch value {
        case .flag(let path), .reserved(let path): "\(settings[keyPath: path])"
        case .number(let path, _): "\(settings[keyPath: path])"
        case .duration(let path, _): Self.quoted(DurationText.text(settings[keyPath: path]))
        case .text(let path, _), .choice(let path, _): Self.quoted(settings[keyPath: path])
        case .texts(let path, _): "[" + settings[keyPath: path].map(Self.quoted).joined(separator: ", ") + "]"
        }
    }

    /// What the value may be, for people.
    var range: String {
        switch value {
        case .flag: "true, false"
        case .reserved: "false"
        case .number(_, let range): "\(range.lowerBound) to \(range.upperBound)"
        case .duration(_, let range):
            "\(DurationText.text(range.lowerBound)) to \(DurationText.text(range.upperBound))"
        case .text: "text"
        case .choice(_, let choice): choice.joined(separator: ", ")
        case .texts(_, let choice): choice.isEmpty ? "list of texts" : "any of " + choice.joined(separator: ", ")
        }
    }

    /// The default, which errors advise.
    private var advice: String { text(of: Settings()) }

    private func check<Bound: Comparable>(
        _ value: Bound,
        in range: ClosedRange<Bound>,
        text: String,
        _ table: TOMLTable
    ) throws(TOMLError) {
        guard !range.contains(value) else { return }
        let isBelow = value < range.lowerBound
        let bound = isBelow ? range.lowerBound : range.upperBound
        let limit = (bound as? Duration).map(DurationText.text) ?? "\(bound)"
        throw error(table, "\(text) is \(isBelow ? "below" : "above") \(limit); use \(advice)")
    }

    private func texts(_ table: TOMLTable, _ choice: [String]) throws(TOMLError) -> [String] {
        let texts = try table.strings(key) ?? []
        let lines = table.elementLines(of: key)
        for (index, text) in texts.enumerated() where text.isEmpty || !(choice.isEmpty || choice.contains(text)) {
            let wanted = choice.isEmpty ? "" : "; use any of " + choice.joined(separator: ", ")
            let problem = text.isEmpty ? "holds an empty text" : "holds \"\(text)\""
            throw TOMLError(
                name: table.name,
                line: index < lines.count ? lines[index] : table.line(of: key),
                message: "\(name) \(problem)\(wanted)"
            )
        }
        return texts
    }

    private func error(_ table: TOMLTable, _ message: String) -> TOMLError {
        table.error("\(name) \(message)", at: key)
    }

    /// The text as a basic string of TOML.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(scalar)
            case "\u{0}"..<"\u{20}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
