package import Incidents
package import Payloads
package import Telemetry
package import Wire

/// What crosses from a capture thread to a scan thread, in order.
package enum ScanMessage: Sendable {
    /// A request begins.
    case begin(OpenRequest, slot: Int)
    /// Octets of its body, copied out of the capture ring.
    case body([UInt8], slot: Int, at: Timestamp)
    /// Octets of its body that did not arrive.
    case lost(Int, OpaqueReason, slot: Int, at: Timestamp)
    /// The request is open for long.
    case review(slot: Int, at: Timestamp)
    /// The request is over.
    case end(isComplete: Bool, slot: Int, at: Timestamp)
    /// A connection that could not be read is over.
    case record(LLMRecord)
}

/// Sends requests through a queue to the thread that scans them.
///
/// What a full queue refuses is charged to its request as `overload`; heads and ends always pass, so that no request is
/// without its record.
package struct QueuedScanPort: ~Copyable, ScanPort {
    private let queue: BoundedQueue<ScanMessage>
    /// Body octets that the queue refused.
    package private(set) var refusedOctets: UInt64 = 0
    private var refused: [Int: Int] = [:]

    /// Sends into `queue`, whose weight is octets.
    package init(_ queue: BoundedQueue<ScanMessage>) {
        self.queue = queue
    }

    /// Sends a request's head.
    package mutating func begin(_ request: consuming OpenRequest, slot: Int) {
        _ = queue.push(.begin(request, slot: slot), weight: 1_024, mandatory: true)
    }

    /// Copies octets of a body and sends them.
    package mutating func body(_ octets: Span<UInt8>, slot: Int, at time: Timestamp) {
        chargeRefused(slot: slot, at: time)
        var copied: [UInt8] = []
        copied.reserveCapacity(octets.count)
        for index in octets.indices { copied.append(octets[index]) }
        guard !queue.push(.body(copied, slot: slot, at: time), weight: octets.count + 64) else { return }
        refused[slot, default: 0] += octets.count
        refusedOctets += UInt64(octets.count)
    }

    /// Sends that octets are missing.
    package mutating func lost(_ octets: Int, _ reason: OpaqueReason, slot: Int, at time: Timestamp) {
        chargeRefused(slot: slot, at: time)
        _ = queue.push(.lost(octets, reason, slot: slot, at: time), weight: 64, mandatory: true)
    }

    /// Sends that a request is open for long.
    package mutating func review(slot: Int, at time: Timestamp) {
        chargeRefused(slot: slot, at: time)
        _ = queue.push(.review(slot: slot, at: time), weight: 64, mandatory: true)
    }

    /// Sends a request's end.
    package mutating func end(isComplete: Bool, slot: Int, at time: Timestamp) {
        chargeRefused(slot: slot, at: time)
        _ = queue.push(.end(isComplete: isComplete, slot: slot, at: time), weight: 64, mandatory: true)
    }

    /// Sends a record.
    package mutating func record(_ record: consuming LLMRecord) {
        _ = queue.push(.record(record), weight: 512, mandatory: true)
    }

    /// Tells the scanner of octets that were refused, before anything that follows them.
    private mutating func chargeRefused(slot: Int, at time: Timestamp) {
        guard !refused.isEmpty, let octets = refused.removeValue(forKey: slot) else { return }
        _ = queue.push(.lost(octets, .overload, slot: slot, at: time), weight: 64, mandatory: true)
    }
}

/// What crosses from a scan thread to the recorder.
package enum Report: Sendable {
    /// A request or an unread connection is over.
    case record(LLMRecord)
    /// Something was found.
    case sighting(Sighting)
    /// The counters as they stand.
    case stats(StatsRecord)
    /// Everything has been reported: incidents are closed, then these counters written.
    case last(StatsRecord)
}

/// Sends records and sightings through a queue to the recorder; what a full one refuses, the queue counts.
package struct QueuedReporter: ~Copyable, Reporter {
    private let queue: BoundedQueue<Report>

    /// Sends into `queue`.
    package init(_ queue: BoundedQueue<Report>) {
        self.queue = queue
    }

    /// Sends a record.
    package mutating func report(_ record: consuming LLMRecord) {
        _ = queue.push(.record(record))
    }

    /// Sends a sighting.
    package mutating func report(_ sighting: consuming Sighting) {
        _ = queue.push(.sighting(sighting))
    }
}
