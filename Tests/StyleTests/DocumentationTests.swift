import Foundation
import Testing

@Suite("The manual says what the program does")
struct DocumentationTests {
    private let manual: ManualText

    init() throws {
        manual = try ManualText()
    }

    // MARK: Settings

    @Test("every setting stands in README with its default, and no other does")
    func settings() throws {
        let known = try DocumentationTests.settings()
        #expect(known.count > 20)
        for (key, preset) in known {
            let row = manual.row(key)
            #expect(row != nil, "README.md has no row for \(key)")
            if let row, row.count > 1 {
                #expect(row[1] == "`\(preset)`", "README.md: \(key) has the default \(preset)")
            }
        }
        let sections = Set(known.keys.compactMap { $0.split(separator: ".").first.map(String.init) })
        for row in manual.rows {
            guard let name = row.first, name.hasPrefix("`"), name.hasSuffix("`") else { continue }
            let key = String(name.dropFirst().dropLast())
            let parts = key.split(separator: ".").map(String.init)
            guard parts.count == 2, sections.contains(parts[0]), row.count == 4 else { continue }
            #expect(known[key] != nil, "README.md explains \(key), which is no setting")
        }
    }

    @Test("the range of every number in README is the program's")
    func ranges() throws {
        let source = try DocumentationTests.text("Sources/Settings/Setting+All.swift")
        let pattern = try NSRegularExpression(
            pattern: #"section: "(\w+)",\s+key: "(\w+)",\s+value: \.number\([^,]+, ([0-9_]+)\.\.\.([0-9_]+)\)"#
        )
        let found = DocumentationTests.groups(pattern, source)
        #expect(found.count > 8)
        for group in found {
            let bounds = group[2...].map { $0.replacingOccurrences(of: "_", with: "") }
            let row = try #require(manual.row("\(group[0]).\(group[1])"))
            #expect(row.count > 2 && row[2] == "\(bounds[0]) to \(bounds[1])", "README.md: the range of \(row)")
        }
    }

    // MARK: Commands

    @Test("every command named in README exists, and every one that exists is named")
    func commands() throws {
        let known = try DocumentationTests.commands()
        #expect(known.contains("weir index build"))
        let groups = known.filter { name in known.contains { $0.hasPrefix(name + " ") } }
        var named = Set<String>()
        for code in manual.code {
            for words in DocumentationTests.invocations(code) {
                var name = "weir"
                for word in words {
                    guard groups.contains(name), word.allSatisfy({ $0.isLetter || $0 == "-" }), !word.hasPrefix("-")
                    else {
                        break
                    }
                    let isPlaceholder = word.allSatisfy(\.isUppercase)
                    guard !isPlaceholder else { break }
                    name += " " + word
                    #expect(known.contains(name), "README.md names \(name), which is no command")
                }
                named.insert(name)
            }
        }
        for name in known.subtracting(groups) { #expect(named.contains(name), "README.md does not name \(name)") }
    }

    @Test("every option is explained in README, and every one explained or used exists")
    func options() throws {
        let known = try DocumentationTests.options()
        #expect(known.contains("index-key") && known.contains("public"))
        let explained = Set(
            manual.rows.compactMap(\.first).filter { $0.hasPrefix("`-") }.flatMap(DocumentationTests.longOptions)
        )
        for name in known { #expect(explained.contains(name), "README.md does not explain --\(name)") }
        for name in explained { #expect(known.contains(name), "README.md explains --\(name), which is no option") }
        for code in manual.code where !DocumentationTests.invocations(code).isEmpty {
            let builtIn: Set<String> = ["help", "version"]
            for name in DocumentationTests.longOptions(code) where !builtIn.contains(name) {
                #expect(known.contains(name), "README.md uses --\(name), which is no option: \(code)")
            }
        }
    }

    @Test("every exit status stands in README")
    func statuses() throws {
        let source = try DocumentationTests.text("Sources/weir/ExitStatus.swift")
        let pattern = try NSRegularExpression(pattern: #"case \w+ = ([0-9]+)"#)
        let values = DocumentationTests.groups(pattern, source).map { $0[0] }
        #expect(values.count > 5)
        for value in ["0"] + values {
            #expect(
                manual.rows.contains { $0.first == value && $0.count == 2 },
                "README.md does not explain status \(value)"
            )
        }
    }

    // MARK: Records, rules, make

    @Test("every reason of the ledger stands in README, and no other does")
    func reasons() throws {
        let source = try DocumentationTests.text("Sources/Payloads/OpaqueReason.swift")
        let body = try #require(source.components(separatedBy: "\n}").first)
        var reasons = Set<String>()
        for line in body.components(separatedBy: "\n") {
            let code = line.trimmingCharacters(in: .whitespaces)
            guard code.hasPrefix("case ") else { continue }
            for item in code.dropFirst(5).split(separator: ",") {
                let parts = item.split(separator: "=").map { $0.trimmingCharacters(in: .whitespaces) }
                reasons.insert(parts.count == 2 ? parts[1].filter { $0 != "\"" } : parts[0])
            }
        }
        #expect(reasons.count >= 16)
        let start = try #require(manual.rows.firstIndex { $0.first == "reason" })
        let explained = manual.rows[(start + 1)...].prefix { $0.first?.hasPrefix("`") == true && $0.count == 2 }
        #expect(Set(explained.map { $0[0].filter { $0 != "`" } }) == reasons)
        #expect(explained.count == reasons.count)
    }

    @Test("the words that README promises are the matcher's")
    func guarantee() throws {
        let winnower = try DocumentationTests.text("Sources/Fingerprints/Sources/Winnower.swift")
        let score = try DocumentationTests.text("Sources/Fingerprints/Matching/MatchScore.swift")
        func number(_ name: String) throws -> Int {
            let pattern = try NSRegularExpression(pattern: "static let \(name) = ([0-9]+)")
            return try #require(DocumentationTests.groups(pattern, winnower).first.flatMap { Int($0[0]) })
        }
        let (gram, window) = (try number("gramLength"), try number("window"))
        #expect(manual.text.contains("**\(gram + window - 1) words**"))
        #expect(score.contains("guaranteedWords = 3 * Winnower.window + Winnower.gramLength - 1"))
        #expect(manual.text.contains("**\(3 * window + gram - 1) words**"))
    }

    @Test("every shipped rule is named in README")
    func rules() throws {
        let folder = SourceTree.root.appending(path: "config/rules")
        let pattern = try NSRegularExpression(pattern: #"(?m)^id = "([^"]+)""#)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".toml") {
            for group in DocumentationTests.groups(pattern, try DocumentationTests.text("config/rules/\(name)")) {
                #expect(manual.text.contains("`\(group[0])`"), "README.md does not name the rule \(group[0])")
            }
        }
    }

    @Test("the targets and files that README names are there")
    func references() throws {
        let makefile = try DocumentationTests.text("Makefile")
        let target = try NSRegularExpression(pattern: #"(?m)\bmake ([a-z-]+)"#)
        for code in manual.code {
            for group in DocumentationTests.groups(target, code) {
                #expect(makefile.contains("\n\(group[0]):"), "README.md names make \(group[0])")
            }
        }
        let link = try NSRegularExpression(pattern: #"\]\(([^)#]+)\)"#)
        for group in DocumentationTests.groups(link, manual.prose.joined(separator: "\n"))
        where !group[0].contains("://") {
            let path = SourceTree.root.appending(path: group[0]).path
            #expect(FileManager.default.fileExists(atPath: path), "README.md links to \(group[0])")
        }
    }

    @Test("the changelog begins with what is unreleased, under the house's headings in their order")
    func changelog() throws {
        let lines = try DocumentationTests.text("CHANGELOG.md").components(separatedBy: "\n")
        let releases = lines.filter { $0.hasPrefix("## ") }
        #expect(releases.first == "## *Unreleased*")
        let order = ["Security", "Added", "Changed", "Fixed", "Performance"]
        var last = -1
        for line in lines {
            if line.hasPrefix("## ") { last = -1 }
            guard line.hasPrefix("### ") else { continue }
            let place = try #require(order.firstIndex(of: String(line.dropFirst(4))), "CHANGELOG.md: \(line)")
            #expect(place > last, "CHANGELOG.md: \(line) is out of order")
            last = place
        }
    }

    @Test("no line of the manual is wider than a terminal allows, tables and commands apart")
    func width() {
        for (index, line) in manual.lines.enumerated() {
            let isExempt =
                line.hasPrefix("|") || line.hasPrefix(".build/") || line.hasPrefix("sed ") || line.hasPrefix("  ")
            #expect(isExempt || line.count <= 125, "README.md:\(index + 1) has \(line.count) characters")
        }
    }
}

// MARK: - What the sources say

extension DocumentationTests {
    static func text(_ path: String) throws -> String {
        try String(contentsOf: SourceTree.root.appending(path: path), encoding: .utf8)
    }

    /// The groups of every match.
    static func groups(_ pattern: NSRegularExpression, _ text: String) -> [[String]] {
        pattern.matches(in: text, range: NSRange(text.startIndex..., in: text)).map { match in
            (1..<match.numberOfRanges).map { group in
                Range(match.range(at: group), in: text).map { String(text[$0]) } ?? ""
            }
        }
    }

    /// The keys of `config/weir.toml` with their defaults, which another test holds to be the program's.
    private static func settings() throws -> [String: String] {
        let setting = try NSRegularExpression(pattern: "^# ([a-z_]+) = (.+)$")
        var section = ""
        var found: [String: String] = [:]
        for line in try text("config/weir.toml").components(separatedBy: "\n") {
            if line.hasPrefix("["), line.hasSuffix("]") { section = String(line.dropFirst().dropLast()) }
            if let group = groups(setting, line).first { found["\(section).\(group[0])"] = group[1] }
        }
        return found
    }

    /// The commands that have an example of their own; that every command has one, the end-to-end tests hold.
    private static func commands() throws -> Set<String> {
        let name = try NSRegularExpression(pattern: #""(weir[a-z ]*)":"#)
        return Set(groups(name, try text("Sources/weir/Examples.swift")).map { $0[0] })
    }

    /// The long names of all options and flags.
    private static func options() throws -> Set<String> {
        let custom = try NSRegularExpression(pattern: #"customLong\("([a-z-]+)"\)"#)
        let variable = try NSRegularExpression(pattern: #"^\s*var (\w+)"#)
        var found = Set<String>()
        let folder = SourceTree.root.appending(path: "Sources/weir")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".swift") {
            var declaration: String?
            for line in try text("Sources/weir/\(name)").components(separatedBy: "\n") {
                let code = line.drop { $0 == " " }
                if code.hasPrefix("@Option(") || code.hasPrefix("@Flag(") { declaration = "" }
                guard declaration != nil else { continue }
                if let name = groups(variable, line).first?[0] {
                    let named = groups(custom, declaration ?? "").map { $0[0] }
                    found.formUnion(named.isEmpty ? [kebab(name)] : named)
                    declaration = nil
                } else {
                    declaration? += line + "\n"
                }
            }
        }
        return found
    }

    private static func kebab(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
    }

    private static func longOptions(_ text: String) -> [String] {
        text.split { !$0.isLetter && $0 != "-" }.filter { $0.hasPrefix("--") && $0.count > 2 }
            .map { String($0.dropFirst(2)) }
    }

    /// The words that follow `weir` wherever it is called in `code`: in a pipe, by a path, by itself.
    private static func invocations(_ code: String) -> [[String]] {
        code.split(separator: "|").compactMap { part in
            var words = part.split(separator: " ").map(String.init)
            guard let first = words.first, first == "weir" || first.hasSuffix("/weir") else { return nil }
            words.removeFirst()
            // `install … /usr/bin/weir` and the like do not begin with it, so they are none.
            return words
        }
    }
}
