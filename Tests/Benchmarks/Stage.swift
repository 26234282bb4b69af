import Foundation

/// One part of the pipeline, measured alone in the bench's own process.
struct Stage {
    /// As the table calls it; with what it includes, where it cannot be had alone.
    let name: String
    /// Does what comes before the clock starts, and returns what is measured.
    let prepare: (BenchFolder) throws -> () throws -> StageWork

    /// All of them, in the order of the table.
    static var all: [Stage] { traffic + content + matching }

    /// Runs the stages whose name holds `filter`, and prints a line of JSON for each and a table.
    static func runAll(_ folder: BenchFolder, runs: Int, filter: String) throws {
        var table = Table(["stage", "MB/s", "ns a packet"])
        for stage in all where filter.isEmpty || stage.name.contains(filter) {
            let body = try stage.prepare(folder)
            _ = try body()
            var best = StageWork(octets: 0)
            var times: [Double] = []
            for _ in 0..<runs {
                let start = cpuSeconds
                best = try body()
                times.append(cpuSeconds - start)
            }
            let seconds = max(times.sorted()[times.count / 2], 0.000_001)
            let rate = Double(best.octets) / seconds / 1_000_000
            let perPacket = best.packets > 0 ? seconds * 1_000_000_000 / Double(best.packets) : nil
            print(
                JSONLine([
                    ("mb_per_s", .number(rate)), ("ns_per_packet", perPacket.map { .number($0) }),
                    ("runs", .integer(runs)), ("stage", .text(stage.name)),
                ])
            )
            table.add([stage.name, rounded(rate), perPacket.map { rounded($0) } ?? ""])
        }
        print("\n" + table.text)
    }

    /// CPU seconds that this process has taken so far.
    static var cpuSeconds: Double {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}

/// How much a stage has worked through.
struct StageWork {
    /// Octets in.
    var octets: Int
    /// Packets in; 0 where the stage knows none.
    var packets = 0
}
