import ArgumentParser
import Engine
import FlowTracking
import Foundation
import Incidents
import PacketCapture
import Settings
import Sinks

/// `weir run`: the daemon.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Watch network interfaces and report incidents as they happen.",
        discussion: """
            Incidents go to incidents.jsonl and the records of requests and counters to events.jsonl in the log folder; \
            with --output what --events names goes there instead, and with --format text incidents are shown as well. \
            SIGTERM and SIGINT drain what was captured and end with 0; SIGHUP opens the logs anew, as after a rotation. An \
            interface that goes away is waited for.
            """
    )

    @Option(
        name: [.customShort("i"), .long],
        help: ArgumentHelp(
            "An interface to watch; repeatable (default: the configuration's, else the default route's).",
            valueName: "iface"
        )
    )
    var interface: [String] = []

    @Option(
        name: [.customShort("r"), .long],
        help: ArgumentHelp("Run from a capture file instead.", valueName: "capture")
    )
    var read: String?

    @Option(name: [.customShort("F"), .long], help: ArgumentHelp("A capture filter (BPF).", valueName: "expr"))
    var bpf: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A TLS key log (SSLKEYLOGFILE's format), followed as it grows; repeatable (default: the configuration's).",
            valueName: "file"
        )
    )
    var keylog: [String] = []

    @Option(name: .long, help: ArgumentHelp("The log folder (default: the configuration's).", valueName: "dir"))
    var logDir: String?

    @OptionGroup var detection: DetectionOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        var settings = try detection.settings()
        if let logDir { settings.output.logFolder = logDir }
        let inputs = try captureInputs(settings)
        let set = try detection.detectionSet(settings)
        let outputs = try OutputPlan(settings: settings, options: output)
        var options = DaemonOptions(inputs: inputs)
        options.limits = settings.flowLimits
        options.captureWorkers = settings.capture.workers
        options.scanWorkers = settings.inspect.workerCount(cores: ProcessInfo.processInfo.activeProcessorCount)
        options.scanQueueOctets = settings.inspect.scanQueueMiB << 20
        options.keyLogs = keylog.isEmpty ? settings.tls.keyLogs : keylog
        options.keySocket = try settings.keySocketAccess()
        options.keyWait = settings.keyWait
        options.statsInterval = settings.output.statsInterval.wholeMilliseconds / 1_000
        let digest = try settings.credentialDigest()
        let daemon: Daemon
        do throws(LocalSocketError) {
            daemon = try Daemon(set: set, digest: digest, options: options) { Terminal.tell($0) }
        } catch {
            throw Failure(error)
        }
        let stop = StopSignal()
        let watch = stop.watch {
            Terminal.tell("SIGHUP: the logs are opened anew; to apply changes of the configuration, restart")
        }
        let notifier = ServiceNotifier()
        let names = interfaces(settings).joined(separator: ", ")
        let incidents: Int
        do throws(CaptureError) {
            incidents = try daemon.run(makeOutputs: { try outputs.open() }, stop: stop, notifier: notifier) {
                notifier.ready(status: read.map { "Reading \($0)" } ?? "Watching \(names)")
                if read == nil { Terminal.tell("watching \(names); incidents go to \(outputs.place)") }
            }
        } catch {
            throw Failure(error)
        }
        notifier.stopping()
        withExtendedLifetime(watch) {}
        if read != nil, incidents > 0 { throw ExitCode(ExitStatus.found.rawValue) }
    }

    /// The interfaces named, else the configuration's, else that of the default route.
    private func interfaces(_ settings: Settings) -> [String] {
        if !interface.isEmpty { return interface }
        if !settings.capture.interfaces.isEmpty { return settings.capture.interfaces }
        return NetworkInterfaces.defaultRoute.map { [$0] } ?? []
    }

    private func captureInputs(_ settings: Settings) throws -> [CaptureInput] {
        if let read {
            guard interface.isEmpty else { throw Failure("-i and -r exclude each other", .usage) }
            return [.file(read)]
        }
        let names = interfaces(settings)
        guard !names.isEmpty else {
            let known = NetworkInterfaces.names.joined(separator: ", ")
            throw Failure(
                "no interface: name one by -i or by capture.interfaces, for there is no default route; this host has "
                    + known,
                .usage
            )
        }
        let filter = bpf ?? (settings.capture.bpf.isEmpty ? nil : settings.capture.bpf)
        return names.map {
            .live(
                LiveCaptureOptions(
                    interface: $0,
                    snapLength: settings.capture.snapLength,
                    isPromiscuous: settings.capture.promiscuous,
                    ringOctets: settings.capture.ringMiB << 20,
                    filter: filter
                )
            )
        }
    }
}
