import Testing

extension Weir {
    /// Runs `weir` to its end; besides the outcome, the most memory that it had, in KiB.
    static func measured(_ arguments: [String], seconds: Double = 120) throws -> (Program.Outcome, kibibytes: Int) {
        let script = """
            import resource, subprocess, sys
            status = subprocess.run(sys.argv[1:]).returncode
            print("peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
            sys.exit(status)
            """
        let command = ["-c", script, try binary()] + arguments
        let outcome = try Program("/usr/bin/python3", command).wait(seconds: seconds)
        let last = try #require(outcome.diagnosticLines.last { $0.hasPrefix("peak ") }, "\(outcome.diagnostics)")
        return (outcome, try #require(Int(last.dropFirst(5))))
    }
}
