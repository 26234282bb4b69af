package import Detection
package import Incidents
package import Payloads
package import Wire

/// A request that was accepted for scanning, and all that its records will say of it.
package struct OpenRequest: Sendable {
    /// What the scan needs to know.
    package var description: RequestDescription
    /// Which request of the run this is.
    package var number: RequestNumber
    /// The flow, and the request's head as it may be recorded.
    package var envelope: Envelope
    /// The request's first octet.
    package var began: Timestamp
    /// Who receives.
    package var service: ServiceFacts
    /// The host that was asked for.
    package var host: String
    /// What is done there.
    package var operation: String?
    /// Who sends.
    package var client: ClientFacts?
    /// The keyed digest of the credential.
    package var credential: String?
    /// How the request came to be readable.
    package var visibility: LLMRecord.Visibility
}

/// Where accepted requests go to be scanned: straight into a scanner, or through a queue to one on another thread.
///
/// A slot is free again once its request has ended.
package protocol ScanPort: ~Copyable {
    /// A request begins.
    mutating func begin(_ request: consuming OpenRequest, slot: Int)
    /// A message begins on the WebSocket that the request at slot `opening` opened.
    mutating func begin(_ message: consuming SocketMessage, slot: Int, within opening: Int)
    /// Octets of its body, borrowed until the call returns.
    mutating func body(_ octets: Span<UInt8>, slot: Int, at time: Timestamp)
    /// Octets of its body that did not arrive.
    mutating func lost(_ octets: Int, _ reason: OpaqueReason, slot: Int, at time: Timestamp)
    /// The request is open for long: a record of how far it has come is due.
    mutating func review(slot: Int, at time: Timestamp)
    /// The request is over.
    mutating func end(isComplete: Bool, slot: Int, at time: Timestamp)
    /// A record that needs no scanning: of a connection that could not be read.
    mutating func record(_ record: consuming LLMRecord)
}

/// Where records and sightings go: the recorder, or a queue to it.
package protocol Reporter: ~Copyable {
    /// A request or an unread connection is over, or, where the record is partial, open for long.
    mutating func report(_ record: consuming LLMRecord)
    /// Something was found.
    mutating func report(_ sighting: consuming Sighting)
}
