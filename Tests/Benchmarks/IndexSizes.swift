import Fingerprints
import Foundation

/// What indexes of some sizes cost: to build, on disk, to open, and to ask.
///
/// Needs room in the bench's folder: of a hundred million lines, 4 GB of code, 4 GB while building and 1.6 GB of index; tree and
/// index of over ten million lines are deleted when they have been measured.
struct IndexSizes {
    let folder: BenchFolder
    let weir: String
    let sizes: [Int]
    let sources: [String]

    private static let seed: UInt64 = 2_026
    private static let keptLines = 10_000_000
    private static let textOctets = 48 << 20

    /// Measures each size, and prints a line of JSON for each and a table.
    func run() throws {
        var table = Table([
            "lines", "files", "code MB", "build s", "lines/s", "peak MB", "octets a line", "first answer ms",
            "after eviction ms", "MB/s", "times slower",
        ])
        var base: Double?
        for lines in sizes {
            let figures = try measure(lines)
            base = base ?? figures.rate
            let slower = (base ?? figures.rate) / max(figures.rate, 0.001)
            print(
                JSONLine([
                    ("build_s", .number(figures.seconds)), ("code_mb", .number(figures.codeMegabytes)),
                    ("files", .integer(figures.files)), ("first_answer_evicted_ms", .number(figures.evicted)),
                    ("first_answer_ms", .number(figures.first)), ("index_lines", .integer(figures.lines)),
                    ("lines_per_s", .number(figures.linesPerSecond)), ("lookup_mb_per_s", .number(figures.rate)),
                    ("lookup_slowdown", .number(slower)), ("octets_per_line", .number(figures.octetsPerLine)),
                    ("peak_mb", .number(figures.peak)),
                ])
            )
            table.add([
                "\(figures.lines)", "\(figures.files)", rounded(figures.codeMegabytes), rounded(figures.seconds),
                rounded(figures.linesPerSecond), rounded(figures.peak), rounded(figures.octetsPerLine),
                rounded(figures.first), rounded(figures.evicted), rounded(figures.rate), rounded(slower),
            ])
        }
        print("\n" + table.text)
    }

    private struct Figures {
        var files = 0
        var lines = 0
        var codeMegabytes = 0.0
        var seconds = 0.0
        var peak = 0.0
        var octetsPerLine = 0.0
        var first = 0.0
        var evicted = 0.0
        var rate = 0.0
        var linesPerSecond: Double { Double(lines) / max(seconds, 0.001) }
    }

    private func measure(_ lines: Int) throws -> Figures {
        let tree = "\(folder.path)/mutated-\(lines)"
        let index = "\(folder.path)/mutated-\(lines).widx"
        defer {
            if lines > Self.keptLines {
                for path in [tree, index, index + ".key"] { try? FileManager.default.removeItem(atPath: path) }
            }
        }
        try? FileManager.default.removeItem(atPath: tree)
        try Measurement.runOn([folder.program, "make-tree", tree, "\(lines)"] + sources, processors: nil)
        let build = try Measurement.run(
            [
                weir, "index", "build", "--no-default-public", "--no-progress", "--collection", "bench", tree, "-o",
                index,
            ],
            processors: nil
        )
        guard build.status == 0 else {
            throw CocoaError(.executableRuntimeMismatch, userInfo: ["index build": build.status])
        }
        var figures = Figures()
        figures.seconds = build.wallSeconds
        figures.peak = build.peakMegabytes
        let info = try FingerprintIndex.open(path: index).info
        figures.files = info.files
        figures.lines = info.lines
        figures.octetsPerLine = Double(info.octets) / Double(max(info.lines, 1))
        let code = try String(contentsOfFile: tree + ".octets", encoding: .utf8)
        figures.codeMegabytes = (Double(code) ?? 0) / 1_000_000
        // In processes of their own, which begin with nothing of the index in their memory.
        _ = try Measurement.output(of: [folder.program, "index-first", index, tree])
        figures.first = Double(try Measurement.output(of: [folder.program, "index-first", index, tree])) ?? -1
        figures.evicted =
            Double(try Measurement.output(of: [folder.program, "index-first", index, tree, "evict"])) ?? -1
        figures.rate = Double(try Measurement.output(of: [folder.program, "index-rate", index] + sources)) ?? 0
        if lines <= Self.keptLines { try? FileManager.default.removeItem(atPath: tree) }
        return figures
    }

    /// Writes a tree, and beside it the number of its octets.
    static func makeTree(_ tree: String, lines: Int, from sources: [String]) throws {
        let mutator = try TreeMutator(from: sources.isEmpty ? TreeMutator.defaultFolders : sources)
        let octets = try mutator.write(tree, lines: lines, seed: seed)
        try Data("\(octets)".utf8).write(to: URL(filePath: tree + ".octets"))
    }

    /// Milliseconds from opening an index to its right answer to forty lines of a file of the tree.
    static func firstAnswer(_ path: String, tree: String, evicting: Bool) throws -> Double {
        let folders = try FileManager.default.contentsOfDirectory(atPath: tree).sorted()
        let folder = folders[folders.count / 2]
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(tree)/\(folder)").sorted()
        guard let name = names.first(where: { (try? size("\(tree)/\(folder)/\($0)")) ?? 0 > 8_000 }) else {
            throw CocoaError(.fileReadNoSuchFile)
        }
        let lines = try Data(contentsOf: URL(filePath: "\(tree)/\(folder)/\(name)")).split(separator: 0x0A)
        let text = Array(lines.dropFirst(lines.count / 2).prefix(40).joined(separator: [0x0A]))
        if evicting { evict(path) }
        let start = ContinuousClock.now
        let index = try FingerprintIndex.open(path: path)
        var matcher = CodeMatcher([index])
        matcher.leafBegan(tag: 0)
        matcher.leafText(text.span)
        matcher.textEnded()
        let found = matcher.matches().first?.path
        let taken = ContinuousClock.now - start
        guard found == "\(folder)/\(name)", index.damage == nil else {
            throw CocoaError(
                .featureUnsupported,
                userInfo: ["expected": "\(folder)/\(name)", "found": found ?? "nothing"]
            )
        }
        return Double(taken.components.attoseconds) / 1e15 + Double(taken.components.seconds) * 1_000
    }

    /// Megabytes a second of text without leaks through the matcher, once the index is warm.
    static func lookUpRate(_ path: String, from sources: [String]) throws -> Double {
        let mutator = try TreeMutator(from: sources.isEmpty ? TreeMutator.defaultFolders : sources)
        let text = mutator.text(octets: textOctets, seed: 0xFACE_0000_0000)
        let worker = CodeWorker([try FingerprintIndex.open(path: path)])
        var times: [Double] = []
        var found = 0
        for _ in 0..<4 {
            let start = Measurement.cpuSeconds
            var place = 0
            while place < text.count {
                let end = min(place + 256 << 10, text.count)
                var matcher = CodeMatcher(worker)
                matcher.leafBegan(tag: 0)
                matcher.leafText(text.span.extracting(place..<end))
                matcher.textEnded()
                found += matcher.matches().count
                place = end
            }
            times.append(Measurement.cpuSeconds - start)
        }
        if found > 0 { FileHandle.standardError.write(Data("\(found) matches in text that should have none\n".utf8)) }
        return Double(text.count) / 1_000_000 / Measurement.median(Array(times.dropFirst()))
    }

    private static func size(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }

    /// Asks the kernel to forget what it holds of a file.
    private static func evict(_ path: String) {
        guard let file = FileHandle(forReadingAtPath: path) else { return }
        fsync(file.fileDescriptor)
        posix_fadvise(file.fileDescriptor, 0, 0, POSIX_FADV_DONTNEED)
    }
}
