import Foundation
import TestSupport

/// `make bench`: CPU seconds of `weir scan` on generated captures, each beside the floor of the same run.
@main
struct Benchmarks {
    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "--touch" { return try touch(path: arguments[2]) }
        if arguments.count == 5, arguments[1] == "--make", let scale = Double(arguments[4]) {
            return try makeCapture(arguments[3], named: arguments[2], scale: scale)
        }
        if arguments.count == 4, arguments[1] == "--make-code", let lines = Int(arguments[3]) {
            return try makeCode(arguments[2], lines: lines)
        }
        func option(_ name: String, _ fallback: String) -> String {
            guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return fallback }
            return arguments[index + 1]
        }
        let weir = option("--weir", ".build/release/weir")
        let scale = Double(option("--scale", "1")) ?? 1
        let runs = max(1, Int(option("--runs", "5")) ?? 5)
        let lines = max(1_000, Int(option("--index-lines", "1000000")) ?? 1_000_000)
        let folder = option("--folder", ".build/bench")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)

        let index = try makeIndex(arguments[0], weir: weir, folder: folder, lines: lines)
        let suffix = scale == 1 ? "" : "-\(scale)"
        let uploads = "\(folder)/http-upload\(suffix).pcap"
        let mix = "\(folder)/tls-mix\(suffix).pcap"
        // Made by processes of their own: a child's peak memory counts its parent's at the time of the fork.
        for (name, path) in [("http-upload", uploads), ("tls-mix", mix)]
        where !FileManager.default.fileExists(atPath: path) {
            try expectSuccess(Measurement.run([arguments[0], "--make", name, path, "\(scale)"]), of: path)
        }

        var table: [String] = []
        for (name, path) in [("http-upload", uploads), ("tls-mix", mix)] {
            var floors: [Measurement] = []
            var scans: [Measurement] = []
            // In turn, so that a change of the machine's speed meets both alike.
            for _ in 0..<runs {
                floors.append(try Measurement.run([arguments[0], "--touch", path]))
                scans.append(
                    try Measurement.run([weir, "scan", "--no-progress", "--index", index, "--format", "jsonl", path])
                )
            }
            guard let floor = Measurement.median(floors), let scan = Measurement.median(scans) else { continue }
            guard floor.status == 0, scan.status <= 1 else {
                throw CocoaError(
                    .executableRuntimeMismatch,
                    userInfo: ["status": "\(name): \(floor.status), \(scan.status)"]
                )
            }
            let ratio = scan.cpuSeconds / max(floor.cpuSeconds, 0.000_1)
            print(
                "{\"capture\":\"\(name)\",\"floor_cpu_s\":\(rounded(floor.cpuSeconds)),\"index_lines\":\(lines),"
                    + "\"ratio\":\(rounded(ratio)),\"runs\":\(runs),\"scan_cpu_s\":\(rounded(scan.cpuSeconds)),"
                    + "\"scan_peak_mb\":\(rounded(scan.peakMegabytes))}"
            )
            table.append(
                pad(name, 14) + pad(rounded(floor.cpuSeconds), 12) + pad(rounded(scan.cpuSeconds), 12)
                    + pad(rounded(ratio), 10) + rounded(scan.peakMegabytes)
            )
        }
        print("\n" + pad("capture", 14) + pad("floor s", 12) + pad("scan s", 12) + pad("ratio", 10) + "peak MB")
        print(table.joined(separator: "\n"))
    }

    /// The floor: reads a file in blocks of 1 MiB and touches each octet, as any scan of it must.
    private static func touch(path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path) else { throw CocoaError(.fileNoSuchFile) }
        var sum: UInt64 = 0
        var block = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = unsafe block.withUnsafeMutableBytes {
                unsafe read(file.fileDescriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 else { break }
            let view = block.span
            for index in 0..<count { sum &+= UInt64(view[index]) }
        }
        print(sum)
    }

    private static func makeCapture(_ path: String, named name: String, scale: Double) throws {
        var generator = try CaptureGenerator(path: path + ".part", seed: 20_261_122)
        if name == "tls-mix" { try generator.tlsMix(scale: scale) } else { try generator.httpUpload(scale: scale) }
        try generator.close()
        try FileManager.default.moveItem(atPath: path + ".part", toPath: path)
        FileHandle.standardError.write(
            Data("made \(path): \(generator.packets) packets, \(generator.octets) octets\n".utf8)
        )
    }

    private static func makeCode(_ tree: String, lines: Int) throws {
        try FileManager.default.createDirectory(atPath: tree, withIntermediateDirectories: true)
        var text = TextGenerator(seed: 7)
        for file in 0..<(lines / 500) {
            var code: [UInt8] = []
            for _ in 0..<500 { text.line(into: &code) }
            try Data(code).write(to: URL(filePath: "\(tree)/file\(file).c"))
        }
    }

    private static func makeIndex(_ program: String, weir: String, folder: String, lines: Int) throws -> String {
        let index = "\(folder)/code-\(lines).widx"
        guard !FileManager.default.fileExists(atPath: index) else { return index }
        let tree = "\(folder)/code-\(lines)"
        try expectSuccess(Measurement.run([program, "--make-code", tree, "\(lines)"]), of: tree)
        let build = [weir, "index", "build", "--no-default-public", "--no-progress", "--collection", "bench", tree]
        try expectSuccess(Measurement.run(build + ["-o", index]), of: index)
        return index
    }

    private static func expectSuccess(_ measurement: Measurement, of what: String) throws {
        guard measurement.status == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [what: "status \(measurement.status)"])
        }
    }

    private static func rounded(_ value: Double) -> String { String(format: "%.2f", value) }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
