package import Detection
package import Wire

/// A finding with all that an incident needs to know about the request it was made in.
package struct Sighting: Sendable {
    /// Which request.
    package var request: RequestNumber
    /// When: packet time of the octets that made the finding.
    package var timestamp: Timestamp
    /// The request's flow.
    package var envelope: Envelope
    /// The id of the service that receives.
    package var service: String
    /// Whether the configuration allows that service.
    package var isSanctioned: Bool
    /// The program that sends.
    package var tool: String?
    /// The digest of the credential that it used; never the credential.
    package var credential: String?
    /// What was found in the request so far.
    package var finding: Finding
    /// The rules and indexes that looked.
    package var generation: String
    /// Whether nothing more will come of this request.
    package var isLast: Bool

    /// Joins a finding and its request.
    package init(
        request: RequestNumber,
        timestamp: Timestamp,
        envelope: Envelope,
        service: String,
        isSanctioned: Bool,
        tool: String? = nil,
        credential: String? = nil,
        finding: Finding,
        generation: String,
        isLast: Bool
    ) {
        self.request = request
        self.timestamp = timestamp
        self.envelope = envelope
        self.service = service
        self.isSanctioned = isSanctioned
        self.tool = tool
        self.credential = credential
        self.finding = finding
        self.generation = generation
        self.isLast = isLast
    }
}
