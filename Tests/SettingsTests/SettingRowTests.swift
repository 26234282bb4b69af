import Foundation
import Settings
import TOMLSource
import Testing

@Suite("The explained settings")
struct SettingRowTests {
    private static let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("config/weir.toml").path

    @Test("config/weir.toml as shipped changes nothing")
    func shipped() throws {
        let settings = try Settings(files: [Self.shipped])
        #expect(settings.effective == Settings().effective)
    }

    @Test("config/weir.toml has every setting with its default, in order, and no other")
    func complete() throws {
        let text = try String(contentsOfFile: Self.shipped, encoding: .utf8)
        var section = ""
        var found: [String] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("[") {
                section = String(line.dropFirst().dropLast())
            } else if let match = line.wholeMatch(of: /# ([a-z_]+) = (.*)/) {
                found.append("\(section).\(match.1) = \(match.2)")
            }
        }
        #expect(found == Settings.describe().map { "\($0.key) = \($0.defaultValue)" })
    }

    @Test("every row says what it does, within a line of a table")
    func rows() {
        for row in Settings.describe() {
            #expect(!row.meaning.isEmpty && !row.meaning.hasSuffix("."), "\(row.key)")
            #expect(!row.range.isEmpty, "\(row.key)")
            #expect(row.meaning.utf8.count < 110, "\(row.key)")
        }
        #expect(Set(Settings.describe().map(\.key)).count == Settings.describe().count)
    }
}
