/// How text for people is dressed: plainly, or with a terminal's colours.
package enum TextStyle: Sendable {
    /// Characters only.
    case plain
    /// ANSI escape sequences (ECMA-48 § 8.3.117, SGR).
    case coloured

    /// Colours on a terminal, unless `NO_COLOR` is set to something or the terminal is `dumb`.
    package static func chosen(isTerminal: Bool, environment: [String: String]) -> TextStyle {
        guard isTerminal, environment["NO_COLOR"]?.isEmpty ?? true, environment["TERM"] != "dumb" else { return .plain }
        return .coloured
    }

    func bold(_ text: String) -> String { dress(text, "1") }
    func dim(_ text: String) -> String { dress(text, "2") }
    func red(_ text: String) -> String { dress(text, "31") }
    func yellow(_ text: String) -> String { dress(text, "33") }
    func cyan(_ text: String) -> String { dress(text, "36") }
    func alarm(_ text: String) -> String { dress(text, "1;37;41") }

    private func dress(_ text: String, _ code: String) -> String {
        self == .plain || text.isEmpty ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}
