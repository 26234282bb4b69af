internal import BasicContainers
package import Incidents
package import Payloads
package import Telemetry
package import Wire

/// What crosses from a capture thread to a scan thread, in order.
package enum ScanMessage: Sendable {
    /// A request begins.
    case begin(OpenRequest, slot: Int)
    /// A message begins on the WebSocket that the request at slot `within` opened.
    case beginMessage(SocketMessage, slot: Int, within: Int)
    /// Octets of its body, copied out of the capture ring.
    case body(BodyChunk, slot: Int, at: Timestamp)
    /// Octets of its body that did not arrive.
    case lost(Int, OpaqueReason, slot: Int, at: Timestamp)
    /// The request is open for long.
    case review(slot: Int, at: Timestamp)
    /// The request is over.
    case end(isComplete: Bool, slot: Int, at: Timestamp)
    /// A connection that could not be read is over.
    case record(LLMRecord)
}

/// Octets of one body on their way to be scanned, those of several segments together; never changed once it is made.
package final class BodyChunk: Sendable {
    private let octets: UniqueArray<UInt8>

    /// Takes the octets over.
    init(_ octets: consuming UniqueArray<UInt8>) {
        self.octets = octets
    }

    /// How many octets there are.
    package var count: Int { octets.count }

    /// Lends the octets to `body`.
    package func lend(_ body: (Span<UInt8>) -> Void) { octets.lend(body) }
}

extension UniqueArray<UInt8> {
    /// Lends the octets to `body`: of a property of a class, a span cannot be had but by borrowing it for a call.
    fileprivate func lend(_ body: (Span<UInt8>) -> Void) { body(span) }
}

/// What crosses from a scan thread to the recorder.
package enum Report: Sendable {
    /// A request or an unread connection is over.
    case record(LLMRecord)
    /// Something was found.
    case sighting(Sighting)
    /// The counters as they stand.
    case stats(StatsRecord)
    /// The logs were renamed: the places of records are to be opened anew.
    case reopen
    /// Everything has been reported: incidents are closed, then these counters written.
    case last(StatsRecord)
}

/// Sends records and sightings through a queue to the recorder; what a full one refuses, the queue counts.
package struct QueuedReporter: ~Copyable, Reporter {
    private let queue: BoundedQueue<Report>
    /// The octets of the requests that are over, counted here lest a full queue make them vanish.
    package private(set) var octets = Counters()

    /// Sends into `queue`.
    package init(_ queue: BoundedQueue<Report>) {
        self.queue = queue
    }

    /// Sends a record.
    package mutating func report(_ record: consuming LLMRecord) {
        octets.add(record)
        _ = queue.push(.record(record))
    }

    /// Sends a sighting.
    package mutating func report(_ sighting: consuming Sighting) {
        _ = queue.push(.sighting(sighting))
    }
}
