import Foundation

/// `weir scan` as a whole process on each capture, beside the floor of the same run.
struct WholeRuns {
    let folder: BenchFolder
    let weir: String
    let runs: Int
    let lines: Int
    let captures: [BenchCapture]

    /// Runs all and prints a line of JSON for each capture and a table.
    func run() throws {
        let index = try folder.index(lines: lines, weir: weir)
        var paths: [BenchCapture: String] = [:]
        for capture in captures { paths[capture] = try folder.capture(capture) }
        var floors: [BenchCapture: [Measurement]] = [:]
        var scans: [BenchCapture: [Measurement]] = [:]
        // In turn, so that a change of the machine's speed meets all alike.
        for _ in 0..<runs {
            for capture in captures {
                guard let path = paths[capture] else { continue }
                let floor = try Measurement.run([folder.program, "touch", path])
                let keys = capture.keyLog(of: path).map { ["--keylog", $0] } ?? []
                let options = ["--workers", "1", "--no-progress", "--index", index, "--format", "jsonl"]
                let scan = try Measurement.run([weir, "scan"] + options + keys + [path])
                guard floor.status == 0, scan.status <= 1 else {
                    throw CocoaError(
                        .executableRuntimeMismatch,
                        userInfo: ["status": "\(capture.rawValue): \(floor.status), \(scan.status)"]
                    )
                }
                floors[capture, default: []].append(floor)
                scans[capture, default: []].append(scan)
            }
        }
        var table = Table(["capture", "floor s", "scan s", "ratio", "pairwise", "of its twin", "peak MB"])
        for capture in captures {
            guard let floor = floors[capture], let scan = scans[capture] else { continue }
            let floorSeconds = Measurement.median(floor.map(\.cpuSeconds))
            let scanSeconds = Measurement.median(scan.map(\.cpuSeconds))
            let peak = scan.map(\.peakMegabytes).max() ?? 0
            let ratio = scanSeconds / max(floorSeconds, 0.000_1)
            let pairwise = Measurement.median(Measurement.ratios(scan, floor))
            let twin = capture.cleanTwin.flatMap { scans[$0] }.map { Measurement.median(Measurement.ratios(scan, $0)) }
            print(
                JSONLine([
                    ("capture", .text(capture.rawValue)), ("floor_cpu_s", .number(floorSeconds)),
                    ("index_lines", .integer(lines)), ("pairwise_ratio", .number(pairwise)), ("ratio", .number(ratio)),
                    ("ratio_to_clean_twin", twin.map { .number($0) }), ("runs", .integer(runs)),
                    ("scan_cpu_s", .number(scanSeconds)), ("scan_peak_mb", .number(peak)),
                ])
            )
            table.add(
                [
                    capture.rawValue, rounded(floorSeconds), rounded(scanSeconds), rounded(ratio), rounded(pairwise),
                    twin.map { rounded($0) } ?? "", rounded(peak),
                ]
            )
        }
        print("\n" + table.text)
    }

    /// The floor: reads a file in blocks of 1 MiB and touches each octet, as any scan of it must.
    static func touch(path: String) throws {
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
}
