import Foundation

/// CPU seconds and peak memory of a whole process, by the operating system's own account of it.
struct Measurement {
    let cpuSeconds: Double
    let peakMegabytes: Double
    let status: Int32
    let wallSeconds: Double

    /// Runs a command, its output thrown away unless it is to be passed on, and waits for it; on the processors named, nil
    /// standing for all.
    static func run(
        _ command: [String],
        passesOutput: Bool = false,
        processors: String? = "0"
    ) throws -> Measurement {
        var arguments = (processors.map { ["taskset", "-c", $0] } ?? ["env"]) + command
        let program = arguments[0]
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if !passesOutput { unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) }
        var child = pid_t()
        let start = ContinuousClock.now
        // The C strings live until the spawn has returned, when the child has its own copy.
        var pointers = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        let started = unsafe posix_spawnp(&child, program, &actions, nil, &pointers, environ)
        guard started == 0 else { throw POSIXError(POSIXErrorCode(rawValue: started) ?? .ENOENT) }
        var status: Int32 = 0
        var usage = rusage()
        while unsafe wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
        arguments.removeAll()
        let taken = (ContinuousClock.now - start).components
        return Measurement(
            cpuSeconds: seconds(of: usage),
            peakMegabytes: Double(usage.ru_maxrss) / 1_024,
            status: status >> 8 & 255,
            wallSeconds: Double(taken.seconds) + Double(taken.attoseconds) / 1e18
        )
    }

    /// CPU seconds that this process has taken so far.
    static var cpuSeconds: Double {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return seconds(of: usage)
    }

    private static func seconds(of usage: rusage) -> Double {
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// Runs a command whose output is this program's, and throws when it fails.
    static func runOn(_ command: [String], processors: String? = "0") throws {
        fflush(nil)
        let measurement = try run(command, passesOutput: true, processors: processors)
        guard measurement.status == 0 else {
            throw CocoaError(.executableRuntimeMismatch, userInfo: [command.joined(separator: " "): measurement.status])
        }
    }

    /// What a command prints, its last line end left off.
    static func output(of command: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let octets = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: octets, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// The figure in the middle; 0 of none.
    static func median(_ figures: [Double]) -> Double {
        figures.isEmpty ? 0 : figures.sorted()[figures.count / 2]
    }

    /// How many times the CPU seconds of the other run of the same round each run took.
    static func ratios(_ runs: [Measurement], _ others: [Measurement]) -> [Double] {
        zip(runs, others).map { $0.cpuSeconds / max($1.cpuSeconds, 0.000_1) }
    }
}
