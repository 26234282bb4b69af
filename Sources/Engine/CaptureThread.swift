internal import Detection
internal import FlowTracking
internal import Incidents
internal import Foundation
package import PacketCapture
internal import Sessions
internal import Telemetry
internal import Wire

/// Where a capture thread takes its frames.
package enum CaptureInput: Sendable {
    /// A network interface.
    case live(LiveCaptureOptions)
    /// A capture file, as if it came from an interface.
    case file(String)

    /// The origin that records name.
    var origin: Envelope.Origin {
        switch self {
        case .live(let options): .interface(options.interface)
        case .file(let path): .capture(path)
        }
    }

    /// The interface or file.
    var name: String {
        switch self {
        case .live(let options): options.interface
        case .file(let path): path
        }
    }
}

/// One of the queues that an input is read by.
struct CaptureQueue: Sendable {
    let input: CaptureInput
    /// Its number among those of the input, from 0.
    var number = 0
    /// The group of an interface's queues; nil where there is one.
    var fanout: FanoutGroup?
}

/// The loop of one capture thread: frames in, accepted requests out, counters published each tick.
struct CaptureThread: Sendable {
    let queue: CaptureQueue
    let set: DetectionSet
    let digest: CredentialDigest?
    let limits: FlowLimits
    let seed: UInt64
    let scanQueues: [BoundedQueue<ScanBatch>]
    let policy: ScanQueuePolicy
    let status: CaptureStatus
    /// Where this worker, by its number among all, and the others tell what DNS tells them.
    let names: NameExchange
    let worker: Int
    let keys: KeyAccess?

    private typealias Worker = CaptureWorker<QueuedScanPort>

    /// Runs until stopped, or until the input ends.
    func run() {
        var worker = Worker(
            set: set,
            digest: digest,
            limits: limits,
            plan: .whole,
            seed: seed,
            origin: queue.input.origin,
            file: 0,
            keys: keys,
            port: QueuedScanPort(scanQueues, policy: policy)
        )
        do throws(CaptureError) {
            switch queue.input {
            case .live(let options): try watch(options, &worker)
            case .file(let path): try read(path, &worker)
            }
            status.finished(.ended)
        } catch {
            status.finished(.failed(error))
        }
    }

    /// Captures until stopped; an interface that goes away is waited for, its flows being kept.
    ///
    /// - Throws: why the interface could not be opened at first.
    private func watch(_ options: LiveCaptureOptions, _ worker: inout Worker) throws(CaptureError) {
        var before = KernelTally()
        var failure: CaptureError?
        var pause = CaptureThread.firstPause
        defer {
            worker.finish()
            worker.port.flush()
            publish(worker, before)
        }
        repeat {
            do throws(CaptureError) {
                var capture = try LiveCapture(
                    options,
                    fanout: queue.fanout,
                    numberingFrom: before.frames,
                    stop: status.stop
                )
                if failure != nil { before.returns += 1 }
                failure = nil
                pause = CaptureThread.firstPause
                status.started()
                failure = take(&capture, &worker, &before)
                before.add(capture.statistics, frames: capture.frameCount)
            } catch {
                // A first time that fails is an error of whoever named the interface.
                guard failure != nil else { throw error }
                failure = error
            }
            guard let failure, !status.stopRequested else { return }
            status.waits(failure)
            sleep(pause, &worker, before)
            pause = min(pause * 2, CaptureThread.longestPause)
        } while !status.stopRequested
    }

    /// Takes frames until stopped, and what the ring still holds then; returns why the interface went away, if it did.
    private func take(
        _ capture: inout LiveCapture,
        _ worker: inout Worker,
        _ before: inout KernelTally
    ) -> CaptureError? {
        var failure: CaptureError?
        var isUp = true
        do throws(CaptureError) {
            var lastTick = ContinuousClock.now
            while !capture.stop.isStopped {
                let count = try capture.dispatch(timeoutMilliseconds: 100) { worker.process($0) }
                if names.isNeeded { exchangeNames(&worker, &before) }
                worker.port.flush()
                status.pulse.beat()
                let now = ContinuousClock.now
                guard count == 0 || now - lastTick > .milliseconds(250) else { continue }
                lastTick = now
                // Idle, packet time stands still; the clock moves timers on so that flows end and records appear.
                if count == 0 {
                    worker.advance(to: CaptureThread.wallClock)
                    worker.port.flush()
                    if capture.isUp != isUp {
                        isUp.toggle()
                        note(isUp: isUp, &before)
                    }
                }
                publish(worker, before.with(capture.statistics))
            }
        } catch {
            failure = error
            // That it was down has been counted, and that it is gone is no second loss.
            if isUp { before.losses += 1 }
        }
        // Of an interface that is gone the ring is still there.
        do throws(CaptureError) {
            _ = try capture.drain { worker.process($0) }
        } catch {
            failure = failure ?? error
        }
        worker.port.flush()
        publish(worker, before.with(capture.statistics))
        return failure
    }

    private func exchangeNames(_ worker: inout Worker, _ before: inout KernelTally) {
        for answer in worker.takeNews() {
            before.namesRefused += UInt64(names.tell(answer, from: self.worker))
        }
        for answer in names.take(self.worker) { worker.learn(answer) }
    }

    /// Shows that the interface went down, or is up again; the capture itself goes on.
    private func note(isUp: Bool, _ before: inout KernelTally) {
        if isUp {
            before.returns += 1
            status.started()
        } else {
            before.losses += 1
            status.waits(CaptureError(.interface, source: queue.input.name, reason: "the interface is down"))
        }
    }

    /// Lets time pass for what is open, until it is time to try again or to stop.
    private func sleep(_ duration: Duration, _ worker: inout Worker, _ before: KernelTally) {
        let end = ContinuousClock.now + duration
        while !status.stopRequested, ContinuousClock.now < end {
            Thread.sleep(forTimeInterval: 0.1)
            worker.advance(to: CaptureThread.wallClock)
            worker.port.flush()
            publish(worker, before)
        }
    }

    private func read(_ path: String, _ worker: inout Worker) throws(CaptureError) {
        var reader = try CaptureReader(path: path)
        status.started()
        var failure: CaptureError?
        do throws(CaptureError) {
            var untilTick = 0
            while let frame = try reader.next({ worker.learn($0) }) {
                worker.process(frame)
                untilTick += 1
                if untilTick == 1_024 {
                    untilTick = 0
                    worker.port.flush()
                    publish(worker, KernelTally())
                    if status.stopRequested { break }
                }
            }
        } catch {
            failure = error
        }
        worker.finish()
        worker.port.flush()
        publish(worker, KernelTally())
        if let failure { throw failure }
    }

    private func publish(_ worker: borrowing Worker, _ kernel: KernelTally) {
        var counters = worker.counters
        counters.received = kernel.statistics.received
        counters.drops.add(kernel.statistics.droppedByKernel, to: "kernel")
        if queue.number == 0 {
            // Of these there is one for the interface, whatever the number of its queues.
            counters.drops.add(kernel.statistics.droppedByInterface, to: "interface")
            if kernel.losses > 0 {
                counters.interfaces.add(kernel.losses, to: "lost")
                counters.interfaces.add(kernel.returns, to: "returned")
            }
        }
        if worker.port.refusedOctets > 0 { counters.limits.add(worker.port.refusedOctets, to: "scan_queue_bytes") }
        if worker.port.unrecorded > 0 {
            counters.limits.add(worker.port.unrecorded, to: "scan_queue_requests")
            counters.skippedBytes.add(worker.port.unrecordedOctets, to: "scan_queue")
        }
        if kernel.namesRefused > 0 { counters.limits.add(kernel.namesRefused, to: "names_queue") }
        var work = WorkerCounters()
        work.input = queue.input.name
        work.queue = queue.number
        work.packets = counters.packets
        work.dropped = kernel.statistics.droppedByKernel
        work.flows = counters.flows
        work.oneWayFlows = worker.oneWayFlows
        status.publish(counters, work)
    }

    /// The time of day, by which an idle capture's timers run.
    static var wallClock: Timestamp {
        Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1_000_000) * 1_000)
    }

    /// How long an interface that went away is given before it is looked for, and at most after further looks.
    private static let firstPause = Duration.milliseconds(500)
    private static let longestPause = Duration.seconds(5)
}

/// What the kernel counted of the captures of an interface that came and went.
private struct KernelTally {
    var statistics = CaptureStatistics()
    var frames: UInt64 = 0
    var losses: UInt64 = 0
    var returns: UInt64 = 0
    /// Names that other workers had no room for.
    var namesRefused: UInt64 = 0

    mutating func add(_ other: CaptureStatistics, frames count: UInt64) {
        statistics.received += other.received
        statistics.droppedByKernel += other.droppedByKernel
        statistics.droppedByInterface += other.droppedByInterface
        frames += count
    }

    func with(_ other: CaptureStatistics) -> KernelTally {
        var sum = self
        sum.add(other, frames: 0)
        return sum
    }
}
