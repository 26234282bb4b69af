import ArgumentParser
import Foundation
import Services
import Sinks
import Wire

/// `weir services`: the catalogue of LLM services.
struct ServicesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "services",
        abstract: "The catalogue of LLM services.",
        subcommands: [List.self, Match.self]
    )

    /// `weir services list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the services.")

        @OptionGroup var options: ServiceOptions

        func run() throws {
            let catalogue = try options.load()
            let asText = try options.asText()
            for service in catalogue.services {
                if asText {
                    let columns = [(service.id, 28), (service.kind.rawValue, 13), (service.vendor, 22)]
                    let start = columns.map { $0 + String(repeating: " ", count: max(1, $1 - $0.count)) }.joined()
                    let line = start + (service.isAnyHost ? "any host" : "\(service.hosts.count) hosts") + "\n"
                    try printLine(Array(line.utf8))
                } else {
                    var object = JSONObject()
                    object.set("any_host", service.isAnyHost)
                    object.set("hosts", service.hosts.map(\.pattern.description))
                    object.set("id", service.id)
                    object.set("kind", service.kind.rawValue)
                    object.set("name", service.name)
                    object.set("vendor", service.vendor)
                    try print(object)
                }
            }
        }
    }

    /// `weir services match`.
    struct Match: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "match",
            abstract: "Say which service a host, or a host and path, belongs to.",
            discussion: "Ends with 0 when there is one, with 1 when there is none."
        )

        @Argument(help: ArgumentHelp("A host name, with a path or without.", valueName: "host[/path]"))
        var place: String

        @OptionGroup var options: ServiceOptions

        func run() throws {
            let catalogue = try options.load()
            let asText = try options.asText()
            let bare = place.firstRange(of: "://").map { place[$0.upperBound...] } ?? place[...]
            let slash = bare.firstIndex(of: "/")
            guard let host = Hostname(slash.map { bare[..<$0] } ?? bare) else {
                throw Failure("\(place): no host name; expected HOST or HOST/PATH", .usage)
            }
            var found: [(method: String?, match: ServiceMatch)] = []
            if let slash {
                found = catalogue.matches(host: host, path: String(bare[slash...]))
            } else if let match = catalogue.match(host: host) {
                found = [(nil, match)]
            }
            for (method, match) in found {
                if asText {
                    let what = [method, match.operation].compactMap { $0 }.joined(separator: " ")
                    let line =
                        "\(match.service.id)  \(match.service.kind.rawValue)  \(match.channel.rawValue)"
                        + (what.isEmpty ? "" : "  \(what)") + "  (\(match.confidence.rawValue) confidence)\n"
                    try printLine(Array(line.utf8))
                } else {
                    var object = JSONObject()
                    object.set("channel", match.channel.rawValue)
                    object.set("confidence", match.confidence.rawValue)
                    object.set("evidence", match.evidence.map(\.rawValue))
                    object.set("host", host.description)
                    object.set("kind", match.service.kind.rawValue)
                    object.set("method", method)
                    object.set("operation", match.operation)
                    object.set("service", match.service.id)
                    object.set("vendor", match.service.vendor)
                    try print(object)
                }
            }
            if found.isEmpty {
                Terminal.tell("\(host): no LLM service")
                throw ExitCode(ExitStatus.found.rawValue)
            }
        }
    }
}

/// The options of all service commands.
struct ServiceOptions: ParsableArguments {
    @OptionGroup var detection: DetectionOptions

    @Option(
        name: .long,
        help: ArgumentHelp("text or jsonl (default: text on a terminal, else jsonl).", valueName: "fmt")
    )
    var format: String?

    func load() throws -> ServiceCatalogue {
        try detection.catalogue(detection.settings())
    }

    func asText() throws -> Bool {
        guard let format else { return isatty(STDOUT_FILENO) == 1 }
        guard format == "text" || format == "jsonl" else {
            throw Failure("--format \(format) is none of text, jsonl", .usage)
        }
        return format == "text"
    }
}
