import ArgumentParser
import Detection
import Engine
import Foundation
import Incidents
import PacketCapture
import Patterns

/// `weir scan`: the pipeline over capture files.
struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Scan pcap and pcapng captures.",
        discussion: """
            Prints incidents, and on request a record for each LLM request and the counters. The same captures, index and \
            rules give the same output, octet for octet, on any number of threads. Ends with 0 when nothing was found and 1 when something was.
            """
    )

    @Argument(help: ArgumentHelp("Captures, folders of captures, or - for standard input.", valueName: "capture"))
    var captures: [String]

    @Option(name: .long, help: ArgumentHelp("Threads, 1 to 64 (default: one a processor).", valueName: "n"))
    var workers: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("A TLS key log (SSLKEYLOGFILE's format); repeatable.", valueName: "file")
    )
    var keylog: [String] = []

    @OptionGroup var detection: DetectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard let workers, !(1...OfflineScan.mostWorkers).contains(workers) else { return }
        throw ValidationError("--workers \(workers) is not between 1 and \(OfflineScan.mostWorkers)")
    }

    func run() throws {
        let settings = try detection.settings()
        let set = try detection.detectionSet(settings)
        let keys = try KeyLogs.named(keylog)
        let printer = try output.printer()
        var scan: OfflineScan
        do {
            scan = try OfflineScan(
                set: set,
                digest: try settings.credentialDigest(),
                limits: settings.flowLimits,
                keys: keys,
                workers: workers ?? ProcessInfo.processInfo.activeProcessorCount,
                printer: printer
            )
        } catch let error as RuleError {
            throw Failure(error)
        }
        var worst: ExitStatus?
        var progress = Terminal.Progress(wanted: !output.noProgress)
        func note(_ error: CaptureError) {
            let failure = Failure(error)
            progress.clear()
            failure.tell()
            worst = max(worst ?? failure.status, failure.status)
        }
        for argument in captures {
            var paths: [String] = []
            do throws(CaptureError) {
                paths = try CaptureInputs.expand(argument)
            } catch {
                note(error)
            }
            for path in paths {
                do throws(ScanError) {
                    let isTruncated = try scan.scan(path) { octets in
                        progress.show("\(path): \(octets >> 20) MiB")
                    }
                    progress.clear()
                    if isTruncated { Terminal.tell("\(path): ends within its last packet; what is whole was scanned") }
                } catch {
                    switch error {
                    case .capture(let error): note(error)
                    case .output(let error): throw Failure(error)
                    }
                }
            }
        }
        progress.clear()
        let incidents: [Incident]
        do throws(ScanError) {
            incidents = try scan.finish()
        } catch {
            switch error {
            case .capture(let error): throw Failure(error)
            case .output(let error): throw Failure(error)
            }
        }
        if let damage = set.damage {
            let failure = Failure(damage)
            failure.tell()
            worst = max(worst ?? failure.status, failure.status)
        }
        if let worst { throw ExitCode(worst.rawValue) }
        if !incidents.isEmpty { throw ExitCode(ExitStatus.found.rawValue) }
    }
}

extension ExitStatus: Comparable {
    static func < (lhs: ExitStatus, rhs: ExitStatus) -> Bool { lhs.rawValue < rhs.rawValue }
}
