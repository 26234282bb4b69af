import Foundation

/// Other programs on the same captures, beside the floor and `weir scan` in the same rounds.
struct Comparison {
    let folder: BenchFolder
    let weir: String
    let runs: Int
    let lines: Int
    /// The programs that are there, by name.
    let peers: [String]

    /// Runs all and prints a line of JSON for each capture and program, and a table.
    func run() throws {
        let index = try folder.index(lines: lines, weir: weir)
        let logs = "\(folder.path)/peer-logs"
        var table = Table(["capture", "program", "CPU s", "ratio", "pairwise", "peak MB"])
        for capture in [BenchCapture.httpUpload, .nasty, .tlsMix, .manyFlows] {
            let path = try folder.capture(capture)
            var programs = [
                ("floor", [folder.program, "touch", path]),
                (
                    "weir",
                    [weir, "scan", "--workers", "1", "--no-progress", "--index", index, "--format", "jsonl", path]
                ),
            ]
            programs += peers.compactMap { peer in command(peer, path, logs: logs).map { (peer, $0) } }
            var measured = programs.map { _ in [Measurement]() }
            for _ in 0..<runs {
                for (place, program) in programs.enumerated() {
                    try? FileManager.default.removeItem(atPath: logs)
                    try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
                    measured[place].append(try Measurement.run(program.1))
                }
            }
            for (place, program) in programs.enumerated() {
                let seconds = Measurement.median(measured[place].map(\.cpuSeconds))
                let ratio = seconds / max(Measurement.median(measured[0].map(\.cpuSeconds)), 0.000_1)
                let pairwise = Measurement.median(Measurement.ratios(measured[place], measured[0]))
                let peak = measured[place].map(\.peakMegabytes).max() ?? 0
                let failed = measured[place].contains { $0.status > 1 }
                print(
                    JSONLine([
                        ("capture", .text(capture.rawValue)), ("cpu_s", .number(seconds)),
                        ("failed", failed ? .text("true") : nil), ("pairwise_ratio", .number(pairwise)),
                        ("peak_mb", .number(peak)), ("program", .text(program.0)), ("ratio", .number(ratio)),
                        ("runs", .integer(runs)),
                    ])
                )
                table.add(
                    [
                        capture.rawValue, program.0 + (failed ? " (failed)" : ""), rounded(seconds), rounded(ratio),
                        rounded(pairwise), rounded(peak),
                    ]
                )
            }
        }
        try? FileManager.default.removeItem(atPath: logs)
        print("\n" + table.text)
    }

    /// How a program reads a capture, as its makers ship it: Suricata without rules, nDPI without output.
    ///
    /// Both are unpacked below the bench's folder, each with its libraries.
    private func command(_ peer: String, _ capture: String, logs: String) -> [String]? {
        let root = "\(folder.path)/peers/\(peer)"
        let library = (try? FileManager.default.contentsOfDirectory(atPath: root + "/usr/lib"))?
            .first { $0.hasSuffix("-linux-gnu") }
        guard let library else { return nil }
        let start = [
            "env", "LD_LIBRARY_PATH=\(root)/usr/lib/\(library):\(root)/lib/\(library)", "\(root)/usr/bin/\(peer)",
        ]
        let settings = "\(root)/etc/suricata"
        switch peer {
        case "suricata":
            return start + [
                "-c", "\(settings)/suricata.yaml",
                "--set", "classification-file=\(settings)/classification.config",
                "--set", "reference-config-file=\(settings)/reference.config",
                "--runmode", "single", "-k", "none", "-S", "/dev/null", "-l", logs, "-r", capture,
            ]
        case "ndpiReader": return start + ["-q", "-i", capture]
        default: return nil
        }
    }
}
