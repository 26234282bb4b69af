package import Payloads
package import Wire

/// One request to an LLM service, or one connection to it whose requests cannot be read: an `llm` record.
///
/// `request_bytes = inspected_bytes + Σ opaque.bytes` holds because a record has no such figures of its own: all three are
/// read off one `OctetLedger`, whose total is a sum.
package struct LLMRecord: Sendable {
    /// The moment of the request's first octet, or of the connection's first packet.
    package var timestamp: Timestamp
    /// The flow.
    package var envelope: Envelope
    /// Who receives.
    package var service: ServiceFacts
    /// The host that was asked for, as the contract ranks its sources.
    package var host: String
    /// What is done there, the last literal words of the path unless the catalogue says otherwise; nil where unread.
    package var operation: String?
    /// The model that the body names; nil where it names none.
    package var model: String?
    /// Who sends.
    package var client: ClientFacts?
    /// How far the request could be read.
    package var visibility: Visibility
    /// What became of each octet of the body, or of an unread connection's client payload.
    package var ledger: OctetLedger
    /// Limits of detection that bit in the body, by name; octets that no one could read are in the ledger instead.
    package var limitsReached: [String] = []
    /// Whether the request or connection is still open and a later record will hold the totals.
    package var isPartial = false

    /// Joins what is known of a request.
    package init(
        timestamp: Timestamp,
        envelope: Envelope,
        service: ServiceFacts,
        host: String,
        operation: String? = nil,
        model: String? = nil,
        client: ClientFacts? = nil,
        visibility: Visibility,
        ledger: OctetLedger,
        isPartial: Bool = false
    ) {
        self.timestamp = timestamp
        self.envelope = envelope
        self.service = service
        self.host = host
        self.operation = operation
        self.model = model
        self.client = client
        self.visibility = visibility
        self.ledger = ledger
        self.isPartial = isPartial
    }

    /// How far a request could be read.
    package enum Visibility: String, Sendable {
        /// It was sent in the clear.
        case plaintext
        /// It was encrypted, and the keys were there.
        case decrypted
        /// Only its envelope is known; nothing of it was inspected.
        case metadataOnly = "metadata_only"
    }
}
