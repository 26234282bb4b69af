import ArgumentParser
import Fingerprints
import Foundation
import Sinks

/// `weir index`: makes and looks after fingerprint indexes.
struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Make and look after fingerprint indexes of your code.",
        subcommands: [Build.self, Update.self, Merge.self, Sketch.self, Info.self, Verify.self]
    )

    /// `weir index build`.
    struct Build: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "build",
            abstract: "Index source code.",
            discussion: """
                Reads files and folders, .gitignore honoured, and writes their fingerprints: no code, only hashes with \
                paths and line numbers. What is skipped is said by reason. The file appears whole or not at all.
                """
        )

        @Argument(help: ArgumentHelp("Files and folders to protect.", valueName: "path"))
        var paths: [String]

        @Option(name: .long, help: ArgumentHelp("The name under which matches are reported.", valueName: "name"))
        var collection: String

        @Option(name: [.short, .long], help: ArgumentHelp("The index to write.", valueName: "file"))
        var output: String

        @OptionGroup var publicCode: PublicCodeOptions

        @OptionGroup var about: CollectionOptions

        @Option(
            name: .long,
            help: ArgumentHelp(
                "A key file of mode 0600 (default: FILE.key beside the index, made if absent).",
                valueName: "file"
            )
        )
        var indexKey: String?

        @Option(name: .long, help: ArgumentHelp("jsonl prints one summary object.", valueName: "fmt"))
        var format: String?

        @Flag(name: .long, help: "Show no progress line.")
        var noProgress = false

        func run() throws {
            guard format == nil || format == "jsonl" || format == "text" else {
                throw Failure("--format \(format ?? "") is none of text, jsonl", .usage)
            }
            let collection = try about.applied(to: CollectionInfo(name: CollectionOptions.name(collection)))
            let publicPaths = publicCode.paths()
            var line = Terminal.Progress(wanted: !noProgress)
            let summary: IndexSummary
            do throws(IndexError) {
                var builder = IndexBuilder(includingVendored: publicCode.includeVendored) { progress in
                    line.show("\(progress.files) files, \(progress.octets >> 20) MiB")
                }
                builder.takesOutIdioms = true
                let (key, isMade) = try IndexKeys.forBuilding(output, named: indexKey)
                do throws(IndexError) {
                    summary = try builder.build(
                        collection: collection,
                        paths: paths,
                        publicPaths: publicPaths,
                        output: output,
                        key: key
                    )
                } catch {
                    if isMade { IndexKeys.remove(beside: output) }
                    throw error
                }
            } catch {
                line.clear()
                throw Failure(error)
            }
            line.clear()
            tell(summary)
            if format == "jsonl" { try print(object(summary)) }
        }

        private func tell(_ summary: IndexSummary) {
            IndexCommand.tell(summary.skipped)
            let taken = summary.subtracted.map { "\($0.fingerprints) by \($0.source)" }
            Terminal.tell(
                "indexed \(summary.files) files, \(summary.lines) lines as \(summary.collection): "
                    + "\(summary.fingerprints) fingerprints, taken out as common \(summary.common)"
                    + (taken.isEmpty ? "" : ", " + taken.joined(separator: ", "))
            )
        }

        private func object(_ summary: IndexSummary) -> JSONObject {
            var object = JSONObject()
            object.set("collection", summary.collection)
            object.set("files", summary.files)
            object.set("fingerprints", summary.fingerprints)
            object.set("lines", summary.lines)
            object.set("octets", summary.indexOctets)
            object["skipped"] = IndexCommand.object(summary.skipped)
            // What was taken for others' code is named, so that a mistake does not go unseen.
            var names = JSONObject()
            for reason in [SkipReason.vendored, .publicCode] {
                guard let paths = summary.skipped.names[reason] else { continue }
                names[reason.rawValue] = .array(paths.map { .string($0) })
            }
            if !names.fields.isEmpty { object["skipped_names"] = .object(names) }
            object["subtracted"] = IndexCommand.subtractions(summary.subtracted, common: summary.common)
            return object
        }
    }

    /// `weir index info`.
    struct Info: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "info",
            abstract: "Show what an index or a sketch holds."
        )

        @Argument(help: ArgumentHelp("The index, or a sketch of public code.", valueName: "file"))
        var index: String

        @Option(name: .long, help: ArgumentHelp("The key (default: FILE.key beside the index).", valueName: "file"))
        var indexKey: String?

        @Option(
            name: .long,
            help: ArgumentHelp("text or jsonl (default: text on a terminal, else jsonl).", valueName: "fmt")
        )
        var format: String?

        private var isText: Bool { format.map { $0 == "text" } ?? (isatty(STDOUT_FILENO) == 1) }

        func run() throws {
            if PublicSketch.isSketch(path: index) { return try runSketch() }
            let info: IndexInfo
            do throws(IndexError) {
                info = try FingerprintIndex.open(path: index, key: IndexKeys.key(for: index, named: indexKey)).info
            } catch {
                throw Failure(error)
            }
            if isText { try printText(info) } else { try print(object(info)) }
        }

        private func runSketch() throws {
            let info: SketchInfo
            do throws(IndexError) { info = try PublicSketch.open(path: index).info } catch { throw Failure(error) }
            if isText { try printRows(IndexCommand.rows(info)) } else { try print(IndexCommand.object(info)) }
        }

        private func printText(_ info: IndexInfo) throws {
            var rows = [
                ("index", info.path), ("format", "v\(info.version), no promise that later versions read it"),
                ("generation", info.generation), ("keyed", info.isKeyed ? "yes" : "no"),
                ("collections", info.collections.joined(separator: ", ")),
            ]
            for about in info.about {
                let facts = [
                    ("owner", about.owner), ("classification", about.classification),
                    ("included", about.included.joined(separator: " ")),
                    ("excluded", about.excluded.joined(separator: " ")), ("revision", about.revision),
                ].filter { !$0.1.isEmpty }
                let of = info.about.count > 1 ? "\(about.name): " : ""
                rows += facts.map { ($0.0, of + $0.1) }
            }
            rows += [
                ("files", "\(info.files)"),
                ("lines", "\(info.lines)"), ("fingerprints", "\(info.fingerprints)"), ("size", "\(info.octets) octets"),
                ("guarantee", "\(info.gramLength + info.window - 1) words in a row give a hit"),
                ("taken out", "\(info.common) as common to too many files"),
                ("", "\(info.madePublic) of files made public"),
            ]
            for subtraction in info.subtracted {
                rows.append(("", "\(subtraction.fingerprints) by \(subtraction.source)"))
            }
            try printRows(rows)
        }

        private func printRows(_ rows: [(String, String)]) throws {
            let text = rows.map { name, value in
                name + String(repeating: " ", count: 16 - name.count) + PlainText.neutralised(value, limit: 400) + "\n"
            }
            try printLine(Array(text.joined().utf8))
        }

        private func object(_ info: IndexInfo) -> JSONObject {
            var object = JSONObject()
            object["collections"] = .array(info.collections.map { .string($0) })
            let facts = info.about.map { about -> JSONValue in
                var entry = JSONObject()
                entry.set("name", about.name)
                entry.set("owner", about.owner.isEmpty ? nil : about.owner)
                entry.set("classification", about.classification.isEmpty ? nil : about.classification)
                entry.set("include", about.included)
                entry.set("exclude", about.excluded)
                entry.set("revision", about.revision.isEmpty ? nil : about.revision)
                return .object(entry)
            }
            object["about"] = .array(facts)
            object.set("files", info.files)
            object.set("fingerprints", info.fingerprints)
            object.set("made_public", info.madePublic)
            object.set("generation", info.generation)
            object["keyed"] = .boolean(info.isKeyed)
            object.set("lines", info.lines)
            object.set("octets", info.octets)
            object.set("path", info.path)
            object["subtracted"] = IndexCommand.subtractions(info.subtracted, common: info.common)
            object.set("version", info.version)
            return object
        }
    }

    /// Says what was skipped, by reason.
    static func tell(_ skipped: SkippedFiles) {
        let reasons = SkipReason.allCases.compactMap { reason -> String? in
            guard let count = skipped.counts[reason], count > 0 else { return nil }
            let names = (skipped.names[reason] ?? []).prefix(3).joined(separator: ", ")
            return "\(count) \(reason.rawValue) (\(names)\(count > 3 ? ", …" : ""))"
        }
        if !reasons.isEmpty { Terminal.tell("skipped \(reasons.joined(separator: "; "))") }
    }

    /// How many were skipped, by reason.
    static func object(_ skipped: SkippedFiles) -> JSONValue {
        var object = JSONObject()
        for reason in SkipReason.allCases {
            if let count = skipped.counts[reason], count > 0 { object.set(reason.rawValue, count) }
        }
        return .object(object)
    }

    private static func subtractions(_ subtracted: [IndexInfo.Subtraction], common: Int) -> JSONValue {
        var list: [JSONValue] = []
        for subtraction in subtracted {
            var entry = JSONObject()
            entry.set("fingerprints", subtraction.fingerprints)
            entry.set("source", subtraction.source)
            list.append(.object(entry))
        }
        var entry = JSONObject()
        entry.set("fingerprints", common)
        entry.set("source", "common")
        return .array(list + [.object(entry)])
    }
}

extension ParsableCommand {
    /// Prints one object as a line.
    func print(_ object: JSONObject) throws {
        try printLine(JSONWriter.line(object))
    }

    /// Prints octets that end with a line feed.
    func printLine(_ octets: [UInt8]) throws {
        var sink = JSONLinesSink(standardOutput: false)
        do throws(SinkError) { try sink.write(line: octets) } catch { throw Failure(error) }
    }
}
