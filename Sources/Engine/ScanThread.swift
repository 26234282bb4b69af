internal import Detection
internal import FlowTracking
internal import Incidents
internal import PacketCapture
internal import Sessions
internal import Sinks
internal import Telemetry
internal import Wire

/// What a scan's thread is told to do.
enum ScanOrder: Sendable {
    /// Scan the planned part of a capture; `identity` is nil for what is read once only.
    case capture(path: String, file: Int, plan: ShardPlan, identity: CaptureIdentity?)
}

/// What a scan's thread has to tell, in the order in which it came about.
enum ScanEvent: Sendable {
    /// The thread can take orders.
    case ready
    /// The rules could not be prepared for the thread; it is gone.
    case unready(any Error)
    /// What a packet brought about, or, with the number `UInt64.max`, the end of a shard.
    case reports([Report], packet: UInt64, shard: Int)
    /// Packets up to this one are done; together they had so many octets on the wire.
    case reached(packet: UInt64, octets: UInt64)
    /// The capture is done.
    case ended(ScanEnd)
}

/// How a thread's part of a capture ended.
struct ScanEnd: Sendable {
    /// Why the capture could not be read to its end; nil when it could.
    var failure: CaptureError?
    /// Whether the capture ends within its last packet.
    var isTruncated = false
    /// The latest time of a packet, in this capture and those before.
    var lastTime: Timestamp?
    /// What the thread has counted, in this capture and those before.
    var counters = Counters()
}

/// One thread of a scan: reads captures whole, and scans the flows of its shards.
///
/// Every thread reads the capture for itself. That costs each a pass over the file, which a few per cent of scanning
/// pays for, and spares what sharing would cost: copies of the packets, queues, and an order of events that depends on
/// who was faster.
struct ScanThread: Sendable {
    /// Frames between two signs of life.
    private static let stride = 4_096

    let set: DetectionSet
    let digest: CredentialDigest?
    let limits: FlowLimits
    let keys: KeyAccess?
    let orders = BoundedQueue<ScanOrder>(capacity: 1, policy: .wait)
    let events = BoundedQueue<ScanEvent>(capacity: 1_024, policy: .wait)

    private typealias Worker = CaptureWorker<ScanWorker<ReportBuffer>>

    /// Performs orders until there will be no more, or nobody listens.
    func run() {
        var worker: Worker
        do {
            worker = Worker(
                set: set,
                digest: digest,
                limits: limits,
                plan: .file(worker: 0, of: 1),
                seed: OfflineScan.seed,
                origin: .capture("-"),
                file: 0,
                keys: keys,
                port: try ScanWorker(set: set, output: ReportBuffer())
            )
        } catch {
            _ = events.push(.unready(error))
            return
        }
        guard events.push(.ready) else { return }
        var end = ScanEnd()
        while let batch = orders.popAll(waiting: 1_000) {
            for case .capture(let path, let file, let plan, let identity) in batch {
                worker.beginCapture(origin: .capture(path), file: file, plan: plan)
                end.isTruncated = false
                end.failure = nil
                do throws(CaptureError) {
                    try read(path, identity, &worker, &end)
                } catch {
                    end.failure = error
                }
                worker.finish { shard, port in
                    guard let reports = port.output.take() else { return }
                    _ = events.push(.reports(reports, packet: .max, shard: shard), weight: reports.count)
                }
                end.counters = worker.counters
                guard events.push(.ended(end)) else { return }
            }
        }
    }

    private func read(
        _ path: String,
        _ identity: CaptureIdentity?,
        _ worker: inout Worker,
        _ end: inout ScanEnd
    ) throws(CaptureError) {
        var reader: CaptureReader
        if let identity {
            reader = try CaptureReader(path: path, identity: identity)
        } else {
            reader = try CaptureReader(path: path)
        }
        var octets: UInt64 = 0
        while let frame = try reader.next({ worker.learn($0) }) {
            octets &+= UInt64(frame.originalLength)
            end.lastTime = max(end.lastTime ?? frame.timestamp, frame.timestamp)
            worker.process(frame)
            let number = frame.number
            if let reports = worker.port.output.take() {
                // Of a packet's shard there is only one, so its number alone orders it.
                guard events.push(.reports(reports, packet: number, shard: 0), weight: reports.count) else { return }
            }
            if number % UInt64(Self.stride) == 0 {
                guard events.push(.reached(packet: number, octets: octets)) else { return }
            }
        }
        end.isTruncated = reader.isTruncated
    }
}

/// Keeps what one packet brings about until it is sent on.
struct ReportBuffer: ~Copyable, Reporter {
    private var reports: [Report] = []

    /// What has come since the last time; nil when nothing has.
    mutating func take() -> [Report]? {
        if reports.isEmpty { return nil }
        defer { reports = [] }
        return reports
    }

    mutating func report(_ record: consuming LLMRecord) {
        reports.append(.record(record))
    }

    mutating func report(_ sighting: consuming Sighting) {
        reports.append(.sighting(sighting))
    }
}
