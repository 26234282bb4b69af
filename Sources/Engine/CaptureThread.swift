internal import Detection
internal import FlowTracking
internal import Incidents
internal import Foundation
package import PacketCapture
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
}

/// The loop of one capture thread: frames in, accepted requests out, counters published each tick.
struct CaptureThread: Sendable {
    let input: CaptureInput
    let set: DetectionSet
    let digest: CredentialDigest?
    let limits: FlowLimits
    let seed: UInt64
    let queue: BoundedQueue<ScanMessage>
    let status: CaptureStatus

    private typealias Worker = CaptureWorker<QueuedScanPort>

    /// Runs until stopped, or until the input ends.
    func run() {
        var worker = Worker(
            set: set,
            digest: digest,
            limits: limits,
            plan: .whole,
            seed: seed,
            origin: input.origin,
            file: 0,
            port: QueuedScanPort(queue)
        )
        do throws(CaptureError) {
            switch input {
            case .live(let options): try capture(options, &worker)
            case .file(let path): try read(path, &worker)
            }
            status.finished(.ended)
        } catch {
            status.finished(.failed(error))
        }
        queue.close()
    }

    private func capture(_ options: LiveCaptureOptions, _ worker: inout Worker) throws(CaptureError) {
        var capture = try LiveCapture(options)
        status.started(stop: capture.stop)
        do throws(CaptureError) {
            var lastTick = ContinuousClock.now
            while !capture.stop.isStopped {
                let count = try capture.dispatch(timeoutMilliseconds: 100) { worker.process($0) }
                let now = ContinuousClock.now
                guard count == 0 || now - lastTick > .milliseconds(250) else { continue }
                lastTick = now
                // Idle, packet time stands still; the clock moves timers on so that flows end and records appear.
                if count == 0 { worker.advance(to: CaptureThread.wallClock) }
                publish(worker, capture.statistics)
            }
            _ = try capture.drain { worker.process($0) }
        } catch {
            // The interface is gone; what it brought, and what the kernel dropped, still counts.
            worker.finish()
            publish(worker, capture.statistics)
            throw error
        }
        worker.finish()
        publish(worker, capture.statistics)
    }

    private func read(_ path: String, _ worker: inout Worker) throws(CaptureError) {
        var reader = try CaptureReader(path: path)
        status.started(stop: nil)
        var failure: CaptureError?
        do throws(CaptureError) {
            var untilTick = 0
            while let frame = try reader.next() {
                worker.process(frame)
                untilTick += 1
                if untilTick == 4_096 {
                    untilTick = 0
                    publish(worker, CaptureStatistics())
                    if status.stopRequested { break }
                }
            }
        } catch {
            failure = error
        }
        worker.finish()
        publish(worker, CaptureStatistics())
        if let failure { throw failure }
    }

    private func publish(_ worker: borrowing Worker, _ kernel: CaptureStatistics) {
        var counters = worker.counters
        counters.received = kernel.received
        counters.drops.add(kernel.droppedByKernel, to: "kernel")
        counters.drops.add(kernel.droppedByInterface, to: "interface")
        if worker.port.refusedOctets > 0 { counters.limits.add(worker.port.refusedOctets, to: "scan_queue_bytes") }
        status.publish(counters)
    }

    /// The time of day, by which an idle capture's timers run.
    static var wallClock: Timestamp {
        Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1_000_000) * 1_000)
    }
}
