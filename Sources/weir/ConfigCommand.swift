import ArgumentParser
import Detection
import Engine
import Foundation
import PacketCapture
import Patterns
import Services
import Settings
import TOMLSource

/// `weir config`: the configuration.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check the configuration.",
        subcommands: [Check.self]
    )

    /// `weir config check`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Validate the configuration and all it names.",
            discussion: """
                Reads the configuration with conf.d beside it, the services, rules and indexes it names, and compiles the \
                capture filter. Prints the memory that MemoryMax= of the unit must exceed.
                """
        )

        @OptionGroup var detection: DetectionOptions

        @Argument(help: ArgumentHelp("The configuration, as by --config.", valueName: "file"))
        var file: String?

        func run() throws {
            var options = detection
            if let file { options.config = file }
            let settings = try options.settings()
            let set = try options.detectionSet(settings, warnWithoutIndex: false)
            if !settings.capture.bpf.isEmpty {
                do throws(CaptureError) {
                    try LiveCapture.check(filter: settings.capture.bpf)
                } catch {
                    throw Failure(configuration: settings.error(error.reason, at: "capture.bpf"))
                }
            }
            _ = try settings.credentialDigest()
            _ = try settings.keySocketAccess()
            var lines = [
                "configuration: \(options.configurationPath ?? "built-in defaults")",
                "services: \(set.catalogue.services.count)", "rules: \(set.rules.rules.count)",
                "indexes: \(set.indexes.count)", "generation: \(set.generation)", "memory, at most:",
            ]
            let ceiling = settings.memoryCeiling(interfaces: max(1, settings.capture.interfaces.count))
            let width = ceiling.shares.map(\.name.count).max() ?? 0
            for share in ceiling.shares {
                let gap = String(repeating: " ", count: width - share.name.count + 2)
                lines.append("  \(share.name)\(gap)\(share.octets >> 20) MiB")
            }
            lines.append(
                "  in all\(String(repeating: " ", count: max(0, width - 6) + 2))\(ceiling.octets >> 20) MiB; MemoryMax= must exceed it"
            )
            try printLine(Array((lines.joined(separator: "\n") + "\n").utf8))
        }
    }
}
