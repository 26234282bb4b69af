import ArgumentParser
import Foundation
import Patterns
import Sinks

/// `weir rules`: looks after pattern rules.
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "List, check and test pattern rules.",
        subcommands: [List.self, Lint.self, Test.self]
    )

    /// `weir rules list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the rules.")

        @OptionGroup var options: RuleOptions

        func run() throws {
            let rules = try options.load()
            let asText = try options.asText()
            for rule in rules.rules {
                if asText {
                    let columns = [(rule.id, 26), (rule.severity.rawValue, 10), (rule.category.rawValue, 22)]
                    let start = columns.map { $0 + String(repeating: " ", count: max(1, $1 - $0.count)) }.joined()
                    try printLine(Array((start + PlainText.neutralised(rule.description, limit: 200) + "\n").utf8))
                } else {
                    var object = JSONObject()
                    object.set("class", rule.category.rawValue)
                    object.set("description", rule.description)
                    object.set("file", rule.place.name)
                    object.set("id", rule.id)
                    object.set("line", rule.place.line)
                    object.set("severity", rule.severity.rawValue)
                    try print(object)
                }
            }
        }
    }

    /// `weir rules lint`.
    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lint",
            abstract: "Check rule files, and say what in them is weak or not followed.",
            discussion: "Notes alone end with 0; a file that cannot be loaded ends with its error."
        )

        @OptionGroup var options: RuleOptions

        func run() throws {
            let rules = try options.load()
            let asText = try options.asText()
            for note in rules.notes {
                if asText {
                    try printLine(Array((PlainText.neutralised(note.description, limit: 400) + "\n").utf8))
                } else {
                    var object = JSONObject()
                    object.set("file", note.place.name)
                    object.set("id", note.rule)
                    object.set("kind", note.kind.rawValue)
                    object.set("line", note.place.line)
                    object.set("message", note.message)
                    try print(object)
                }
            }
            Terminal.tell("\(rules.rules.count) rules, \(rules.notes.count) notes")
        }
    }

    /// `weir rules test`.
    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test",
            abstract: "Run each rule over the positives and negatives beside it.",
            discussion: "Ends with 1 when a case failed. The cases' text is never printed: it may be a secret."
        )

        @OptionGroup var options: RuleOptions

        func run() throws {
            let rules = try options.load()
            let asText = try options.asText()
            let report: RuleTestReport
            do throws(RuleError) { report = try rules.test() } catch { throw Failure(error) }
            for failure in report.failures {
                if asText {
                    try printLine(Array((failure.description + "\n").utf8))
                } else {
                    var object = JSONObject()
                    object.set("file", failure.place.name)
                    object.set("id", failure.rule)
                    object.set("index", failure.index)
                    object.set("kind", failure.kind.rawValue)
                    object.set("line", failure.place.line)
                    try print(object)
                }
            }
            let passed = report.cases - report.failures.count
            if asText {
                try printLine(Array("rules: \(passed) passed, \(report.failures.count) failed\n".utf8))
            } else {
                var object = JSONObject()
                object.set("failed", report.failures.count)
                object.set("passed", passed)
                try print(object)
            }
            if !report.failures.isEmpty { throw ExitCode(ExitStatus.found.rawValue) }
        }
    }
}

/// The options of all rule commands.
struct RuleOptions: ParsableArguments {
    @OptionGroup var detection: DetectionOptions

    @Option(
        name: .long,
        help: ArgumentHelp("text or jsonl (default: text on a terminal, else jsonl).", valueName: "fmt")
    )
    var format: String?

    @Argument(help: ArgumentHelp("Rule files or folders, as by --rules.", valueName: "path"))
    var paths: [String] = []

    func load() throws -> RuleSet {
        guard paths.isEmpty else {
            do throws(RuleError) { return try RuleSet.load(paths: paths) } catch { throw Failure(error) }
        }
        return try detection.ruleSet(detection.settings())
    }

    func asText() throws -> Bool {
        guard let format else { return isatty(STDOUT_FILENO) == 1 }
        guard format == "text" || format == "jsonl" else {
            throw Failure("--format \(format) is none of text, jsonl", .usage)
        }
        return format == "text"
    }
}
