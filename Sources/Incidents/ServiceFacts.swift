package import Services

/// What a record says of the service that receives, in the contract's words.
package struct ServiceFacts: Hashable, Sendable {
    /// The catalogue's id.
    package var id: String
    /// Who runs it; nil where the catalogue does not say.
    package var vendor: String?
    /// What it is: `api`, `gateway`, `web` and so on.
    package var kind: String
    /// Whether the configuration allows it.
    package var isSanctioned: Bool
    /// What goes there: `chat`, `coding_agent`, `completion` and so on.
    package var channel: String?
    /// What the service was told by, `sni`, `host`, `path` …, in the contract's order.
    package var evidence: [String]
    /// `low`, `medium` or `high`.
    package var confidence: String

    /// Joins what the catalogue says.
    package init(
        id: String,
        vendor: String? = nil,
        kind: String,
        isSanctioned: Bool,
        channel: String? = nil,
        evidence: [String],
        confidence: String
    ) {
        self.id = id
        self.vendor = vendor
        self.kind = kind
        self.isSanctioned = isSanctioned
        self.channel = channel
        self.evidence = evidence
        self.confidence = confidence
    }
}

extension ServiceFacts {
    /// What the catalogue says of a match, in the words of a record.
    ///
    /// `evidence` is all that told the service, in any order and with what the caller knows beyond the match; what a coding
    /// agent sends to a chat is a coding agent's work. `host_mismatch` is evidence like any other.
    package init(
        _ match: ServiceMatch,
        evidence: [Evidence],
        confidence: Confidence,
        isSanctioned: Bool,
        client: ClientTool?
    ) {
        let isAgentWork = match.channel == .chat && client?.isCodingAgent == true
        self.init(
            id: match.service.id,
            vendor: match.service.vendor.isEmpty ? nil : match.service.vendor,
            kind: match.service.kind.rawValue,
            isSanctioned: isSanctioned,
            channel: (isAgentWork ? Channel.codingAgent : match.channel).rawValue,
            evidence: Evidence.allCases.filter { evidence.contains($0) }.map(\.rawValue),
            confidence: confidence.rawValue
        )
    }
}
