import ArgumentParser
import Fingerprints

/// The options that say what is to be known of a collection, and what belongs to it.
struct CollectionOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Whose the collection is; shown with its leaks.", valueName: "text"))
    var owner: String?

    @Option(name: .long, help: ArgumentHelp("How secret it is; shown with its leaks.", valueName: "text"))
    var classification: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Take only files whose path this gitignore pattern matches; repeatable.", valueName: "glob")
    )
    var include: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Leave out files whose path this gitignore pattern matches; repeatable.", valueName: "glob")
    )
    var exclude: [String] = []

    /// The collection with what the options say; what they leave out stays as it was.
    func applied(to known: CollectionInfo) throws -> CollectionInfo {
        var info = known
        if let owner { info.owner = try Self.line(owner, "--owner") }
        if let classification { info.classification = try Self.line(classification, "--classification") }
        if !include.isEmpty { info.included = try include.map { try Self.line($0, "--include") } }
        if !exclude.isEmpty { info.excluded = try exclude.map { try Self.line($0, "--exclude") } }
        return info
    }

    /// A collection's name, if it is one.
    static func name(_ name: String) throws -> String {
        guard !name.isEmpty, name.utf8.count <= 128, !name.unicodeScalars.contains(where: { $0.value < 32 }) else {
            throw Failure("--collection needs a name of 1 to 128 printable octets", .usage)
        }
        return name
    }

    private static func line(_ text: String, _ option: String) throws -> String {
        guard text.utf8.count <= 1_024, !text.unicodeScalars.contains(where: { $0.value < 32 }) else {
            throw Failure("\(option) takes one line of at most 1,024 octets", .usage)
        }
        return text
    }
}
