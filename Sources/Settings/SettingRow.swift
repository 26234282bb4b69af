/// A setting explained: what a reader of the manual sees.
package struct SettingRow: Hashable, Sendable {
    /// The key with its section, `capture.snap_length`.
    package let key: String

    /// The default in the syntax of TOML.
    package let defaultValue: String

    /// What the value may be.
    package let range: String

    /// What it does, in one sentence without its full stop.
    package let meaning: String
}

extension Settings {
    /// Every setting, in the order in which it is explained.
    package static func describe() -> [SettingRow] {
        let defaults = Settings()
        return Setting.all.map {
            SettingRow(key: $0.name, defaultValue: $0.text(of: defaults), range: $0.range, meaning: $0.meaning)
        }
    }

    /// Every setting with the value that holds, as a TOML file that says where each came from.
    package var effective: String {
        var text = ""
        var section = ""
        for setting in Setting.all {
            if setting.section != section {
                text += (section.isEmpty ? "" : "\n") + "[\(setting.section)]\n"
                section = setting.section
            }
            let origin = place(of: setting.name).map { "  # \($0.file):\($0.line)" } ?? ""
            text += "\(setting.key) = \(setting.text(of: self))\(origin)\n"
        }
        return text
    }
}
