import ArgumentParser
import Engine
import Fingerprints
import Foundation
import Sinks

extension IndexCommand {
    /// `weir index sketch`.
    struct Sketch: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sketch",
            abstract: "Make a sketch of public code, for `index build --public`.",
            discussion: """
                Reads files and folders of code that everybody has, licences too, and writes hashes by which it is known \
                again: no code, and no key, since there is nothing to hide. Make it in one folder for all builds. \
                Example: weir index sketch ~/src/zlib-1.3 ~/src/sqlite-3.47 --name c -o c.sketch
                """
        )

        @Argument(help: ArgumentHelp("Files and folders of public code; each is told as a source.", valueName: "path"))
        var paths: [String]

        @Option(name: [.short, .long], help: ArgumentHelp("The sketch to write.", valueName: "file"))
        var output: String

        @Option(
            name: .long,
            help: ArgumentHelp("By what name it is told (default: the file's, without suffix).", valueName: "name")
        )
        var name: String?

        @Option(
            name: .long,
            help: ArgumentHelp("What is to be known of its code, such as origin and licences.", valueName: "text")
        )
        var note = ""

        @Option(name: .long, help: ArgumentHelp("jsonl prints one summary object.", valueName: "fmt"))
        var format: String?

        @Flag(name: .long, help: "Show no progress line.")
        var noProgress = false

        func validate() throws {
            guard !paths.isEmpty else { throw ValidationError("Missing expected argument '<path> ...'") }
        }

        func run() throws {
            guard format == nil || format == "jsonl" || format == "text" else {
                throw Failure("--format \(format ?? "") is none of text, jsonl", .usage)
            }
            let stem = URL(filePath: output).deletingPathExtension().lastPathComponent
            let name = name ?? stem
            guard !name.isEmpty, name.utf8.count <= 128, !name.unicodeScalars.contains(where: { $0.value < 32 }),
                note.utf8.count <= 4_096
            else { throw Failure("--name needs 1 to 128 printable octets, --note at most 4,096", .usage) }
            var line = Terminal.Progress(wanted: !noProgress)
            let info: SketchInfo
            do throws(IndexError) {
                info = try PublicSketchBuilder.write(name: name, note: note, paths: paths, output: output) {
                    files,
                    octets in line.show("\(files) files, \(octets >> 20) MiB")
                }
            } catch {
                line.clear()
                throw Failure(error)
            }
            line.clear()
            let files = info.sources.reduce(0) { $0 + $1.files }
            let lines = info.sources.reduce(0) { $0 + $1.lines }
            Terminal.tell(
                "sketched \(files) files, \(lines) lines of \(info.sources.count) sources as \(name): "
                    + "\(info.grams) grams, \(info.parts) parts, \(info.octets) octets"
            )
            if format == "jsonl" { try print(IndexCommand.object(info)) }
        }
    }

    /// What `info` prints of a sketch.
    static func object(_ info: SketchInfo) -> JSONObject {
        var object = JSONObject()
        object.set("grams", info.grams)
        object.set("name", info.name)
        if !info.note.isEmpty { object.set("note", info.note) }
        object.set("octets", info.octets)
        object.set("parts", info.parts)
        object.set("path", info.path)
        let sources = info.sources.map { source -> JSONValue in
            var entry = JSONObject()
            entry.set("files", source.files)
            entry.set("lines", source.lines)
            entry.set("name", source.name)
            return .object(entry)
        }
        object["sources"] = .array(sources)
        object.set("version", info.version)
        return object
    }

    /// What `info` tells a person of a sketch.
    static func rows(_ info: SketchInfo) -> [(String, String)] {
        var rows = [
            ("sketch", info.path), ("format", "v\(info.version), no promise that later versions read it"),
            ("name", info.name), ("note", info.note), ("grams", "\(info.grams)"), ("parts", "\(info.parts)"),
            ("size", "\(info.octets) octets"),
        ]
        for (index, source) in info.sources.enumerated() {
            rows.append((index == 0 ? "sources" : "", "\(source.name): \(source.files) files, \(source.lines) lines"))
        }
        return rows
    }
}

/// The sketches of public code that are used without being named.
enum ShippedSketches {
    /// Those that this program can use, by name; what is wrong with others is told.
    static func paths() -> [String] {
        guard let folder = ShippedData.path(of: "public") else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".sketch") }.sorted().map { folder + "/" + $0 }.filter { path in
            do throws(IndexError) {
                _ = try PublicSketch.open(path: path)
                return true
            } catch {
                Terminal.tell("left out: \(error)")
                return false
            }
        }
    }
}
