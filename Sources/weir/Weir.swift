import ArgumentParser
import Foundation

/// The command `weir`.
@main
struct Weir: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "Catches your source code on its way to somebody else's AI.",
        discussion: """
            Weir reads network traffic, recognises requests to LLM services, compares what is sent with fingerprints of \
            your code and with pattern rules, and reports who sent which lines of which file, where, with what tool.
            """,
        version: Version.text,
        subcommands: [
            RunCommand.self, ScanCommand.self, CheckCommand.self, ExplainCommand.self, IndexCommand.self,
            RulesCommand.self, ServicesCommand.self, KeysCommand.self, ConfigCommand.self, SelfTestCommand.self,
        ]
    )

    static func main() {
        // A closed pipe is an error of a write, told by its status, not a reason to die of a signal.
        signal(SIGPIPE, SIG_IGN)
        StandardDescriptors.hold()
        MappedFileFault.watch()
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch {
            Foundation.exit(status(of: error, arguments: arguments))
        }
    }

    /// Says what went wrong, in one line, and gives the exit status for it.
    private static func status(of error: any Error, arguments: [String]) -> Int32 {
        switch error {
        case let failure as Failure:
            failure.tell()
            return failure.status.rawValue
        case let code as ExitCode: return code.rawValue
        default: break
        }
        let code = exitCode(for: error)
        guard code != .success else {
            let example = Examples.text(for: arguments).map { "\nEXAMPLE:\n\($0)\n" } ?? ""
            do {
                try Weir().printLine(Array((message(for: error) + "\n" + example).utf8))
                return 0
            } catch {
                return status(of: error, arguments: arguments)
            }
        }
        let lines = message(for: error).split(separator: "\n").map(String.init)
        let command = Examples.commandName(arguments)
        Terminal.tell("\(lines.first ?? "bad arguments"); see '\(command) --help'")
        return ExitStatus.usage.rawValue
    }
}
