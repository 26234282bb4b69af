import ArgumentParser
import Fingerprints
import Sinks

extension IndexCommand {
    /// `weir index merge`.
    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "merge",
            abstract: "Join indexes of one key into one.",
            discussion: """
                Collections of the same name become one; of files of the same path in one, that of the index named last \
                stands. The result answers as an index would that was built of all the files at once. Where it is keyed, so \
                are all: put the same key beside each, or name it.
                """
        )

        @Argument(help: ArgumentHelp("The indexes.", valueName: "file"))
        var indexes: [String]

        @Option(name: [.short, .long], help: ArgumentHelp("The index to write.", valueName: "file"))
        var output: String

        @Option(name: .long, help: ArgumentHelp("The key (default: FILE.key beside each).", valueName: "file"))
        var indexKey: String?

        @Option(name: .long, help: ArgumentHelp("jsonl prints one summary object.", valueName: "fmt"))
        var format: String?

        func run() throws {
            guard format == nil || format == "jsonl" || format == "text" else {
                throw Failure("--format \(format ?? "") is none of text, jsonl", .usage)
            }
            let summary: IndexMerger.Summary
            do throws(IndexError) {
                var opened: [FingerprintIndex] = []
                for path in indexes {
                    opened.append(
                        try FingerprintIndex.open(path: path, key: IndexKeys.key(for: path, named: indexKey))
                    )
                }
                summary = try IndexMerger().merge(opened, to: output)
                if indexKey == nil, let first = opened.first { try first.writeKey(beside: output) }
            } catch {
                throw Failure(error)
            }
            Terminal.tell(
                "merged \(indexes.count) indexes: \(summary.files) files, \(summary.lines) lines as "
                    + "\(summary.collections.joined(separator: ", ")), \(summary.fingerprints) fingerprints; "
                    + "\(summary.replaced) files replaced by later ones, \(summary.duplicates) the same as others"
            )
            guard format == "jsonl" else { return }
            var object = JSONObject()
            object["collections"] = .strings(summary.collections)
            object.set("duplicates", summary.duplicates)
            object.set("files", summary.files)
            object.set("fingerprints", summary.fingerprints)
            object.set("lines", summary.lines)
            object.set("octets", summary.octets)
            object.set("replaced", summary.replaced)
            try print(object)
        }
    }
}
