internal import Detection
internal import Dispatch
internal import Payloads
internal import Synchronization
internal import Telemetry

/// The threads that scan what capture threads send; each owns its queue, its scratch and its open messages.
///
/// There is a pool so that one large or slow body does not make a capture ring overflow.
struct ScanPool: Sendable {
    /// A queue for each thread, in which octets may wait.
    let queues: [BoundedQueue<ScanBatch>]
    /// The threads' signs of life.
    let pulses: [WorkerPulse]
    private let tallies: [ScanTally]

    /// Octets that a thread takes from its queue at once.
    private static let batchOctets = 1 << 20

    /// Starts `workers` threads, in whose queues `octets` of bodies may wait in all.
    init(
        workers: Int,
        octets: Int,
        policy: QueuePolicy,
        set: DetectionSet,
        reports: BoundedQueue<Report>,
        complain: @escaping @Sendable (String) -> Void
    ) {
        let count = max(1, workers)
        queues = (0..<count).map { _ in
            BoundedQueue(capacity: octets / count - ScanPool.reserve(octets, count), policy: policy)
        }
        pulses = (0..<count).map { WorkerPulse("scan thread \($0 + 1)") }
        tallies = (0..<count).map { _ in ScanTally() }
        let pool = DecoderPool(octets: set.limits.decoderTotalOctets)
        for index in 0..<count {
            let (queue, pulse, tally) = (queues[index], pulses[index], tallies[index])
            EngineThread.start("weir-scan") {
                do {
                    try ScanPool.scan(queue, reports, set, pool, pulse, tally)
                } catch {
                    complain("the rules could not be prepared for scanning: \(error)")
                    while queue.popAll(waiting: 1_000) != nil { pulse.beat() }
                }
                pulse.end()
                tally.done.signal()
            }
        }
    }

    /// The part of a queue's octets that is for heads, losses and ends.
    static func reserve(_ octets: Int, _ workers: Int) -> Int { octets / max(1, workers) / 8 }

    /// What the requests that are over held, over all threads.
    var octets: Counters {
        var sum = Counters()
        for tally in tallies { sum += tally.octets.withLock { $0 } }
        return sum
    }

    /// Has the threads end once they have scanned what waits; returns when they have.
    func finish() {
        for queue in queues { queue.close() }
        for tally in tallies { tally.done.wait() }
    }

    private static func scan(
        _ queue: BoundedQueue<ScanBatch>,
        _ reports: BoundedQueue<Report>,
        _ set: DetectionSet,
        _ pool: DecoderPool,
        _ pulse: WorkerPulse,
        _ tally: ScanTally
    ) throws {
        var worker = try ScanWorker(set: set, pool: pool, output: QueuedReporter(reports))
        while let batches = queue.popAll(waiting: 500, upTo: batchOctets) {
            for batch in batches {
                for message in batch.messages {
                    worker.perform(message)
                    pulse.beat()
                }
            }
            pulse.beat()
            var octets = worker.output.octets
            octets.resentBytes = worker.resentOctets
            tally.octets.withLock { [octets] in $0 = octets }
        }
    }
}

/// What one scan thread shows to the others.
private final class ScanTally: Sendable {
    let octets = Mutex(Counters())
    let done = DispatchSemaphore(value: 0)
}

extension ScanWorker where Output: ~Copyable {
    /// Performs what came through a queue.
    package mutating func perform(_ message: ScanMessage) {
        switch message {
        case .begin(let request, let slot): begin(request, slot: slot)
        case .beginMessage(let message, let slot, let opening): begin(message, slot: slot, within: opening)
        case .body(let chunk, let slot, let time): chunk.lend { body($0, slot: slot, at: time) }
        case .lost(let octets, let reason, let slot, let time): lost(octets, reason, slot: slot, at: time)
        case .review(let slot, let time): review(slot: slot, at: time)
        case .end(let isComplete, let slot, let time): end(isComplete: isComplete, slot: slot, at: time)
        case .record(let record): self.record(record)
        }
    }
}
