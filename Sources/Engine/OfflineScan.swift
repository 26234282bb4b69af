package import Detection
package import FlowTracking
package import Incidents
package import PacketCapture
package import Sinks
internal import Telemetry
internal import Wire

/// Runs the pipeline over capture files: the same packets give the same records, octet for octet.
package struct OfflineScan: ~Copyable {
    private var worker: CaptureWorker<ScanWorker<ScanReporter>>
    private var lastTime: Timestamp?
    private var fileCount = 0

    /// The seed of the flow table's hash in scans: fixed, so that caps fall on the same flows each time.
    static let seed: UInt64 = 0x5EED_0F_5CA2_5CA2

    /// A scan that prints to `printer`.
    ///
    /// - Throws: what preparing the rules for a thread throws.
    package init(
        set: DetectionSet,
        digest: CredentialDigest?,
        limits: FlowLimits,
        printer: consuming RecordPrinter
    ) throws {
        let port = try ScanWorker(set: set, output: ScanReporter(printer: printer))
        worker = CaptureWorker(
            set: set,
            digest: digest,
            limits: limits,
            seed: OfflineScan.seed,
            origin: .capture("-"),
            file: 0,
            port: port
        )
    }

    /// Scans one capture.
    ///
    /// - Parameters:
    ///   - path: The file, `-` for standard input.
    ///   - progress: Called now and then with the octets of packets read so far.
    /// - Returns: Whether the capture ends within its last packet.
    /// - Throws: `.capture` when the file cannot be read as a capture; what came before the damage has been scanned.
    ///   `.output` when records cannot be written any more.
    package mutating func scan(_ path: String, progress: (UInt64) -> Void) throws(ScanError) -> Bool {
        worker.beginCapture(origin: .capture(path), file: fileCount)
        fileCount += 1
        var isTruncated = false
        var failure: CaptureError?
        do throws(CaptureError) {
            var reader = try CaptureReader(path: path)
            var octets: UInt64 = 0
            var untilCheck = 0
            while let frame = try reader.next() {
                octets &+= UInt64(frame.originalLength)
                lastTime = max(lastTime ?? frame.timestamp, frame.timestamp)
                worker.process(frame)
                untilCheck += 1
                if untilCheck == 4_096 {
                    untilCheck = 0
                    progress(octets)
                    if worker.port.output.failure != nil { break }
                }
            }
            isTruncated = reader.isTruncated
        } catch {
            failure = error
        }
        worker.finish()
        if let error = worker.port.output.failure { throw .output(error) }
        if let failure { throw .capture(failure) }
        return isTruncated
    }

    /// Prints incidents and counters; returns the incidents.
    package mutating func finish() throws(ScanError) -> [Incident] {
        let counters = worker.counters
        worker.port.output.finish(counters, at: lastTime)
        if let error = worker.port.output.failure { throw .output(error) }
        return worker.port.output.incidents
    }
}

/// Why a scan, or one file of it, failed.
package enum ScanError: Error {
    /// A capture cannot be read.
    case capture(CaptureError)
    /// Records cannot be written.
    case output(SinkError)
}
