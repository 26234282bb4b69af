import Foundation

/// CPU seconds and peak memory of a whole process, by the operating system's own account of it.
struct Measurement {
    let cpuSeconds: Double
    let peakMegabytes: Double
    let status: Int32

    /// Runs a command on one processor, its output thrown away, and waits for it.
    static func run(_ command: [String]) throws -> Measurement {
        var arguments = ["taskset", "-c", "0"] + command
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        var child = pid_t()
        // The C strings live until the spawn has returned, when the child has its own copy.
        var pointers = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        let started = unsafe posix_spawnp(&child, "taskset", &actions, nil, &pointers, environ)
        guard started == 0 else { throw POSIXError(POSIXErrorCode(rawValue: started) ?? .ENOENT) }
        var status: Int32 = 0
        var usage = rusage()
        while unsafe wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
        arguments.removeAll()
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
        return Measurement(
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
            peakMegabytes: Double(usage.ru_maxrss) / 1_024,
            status: status >> 8 & 255
        )
    }

    /// The run in the middle by CPU seconds.
    static func median(_ runs: [Measurement]) -> Measurement? {
        runs.sorted { $0.cpuSeconds < $1.cpuSeconds }.dropFirst(runs.count / 2).first
    }
}
