/// The service that a request or a connection goes to, and how that is known.
package struct ServiceMatch: Sendable {
    /// Who receives.
    package let service: Service

    /// What the request does, such as `messages` or `chat/completions`; nil when the host alone is known.
    package let operation: String?

    /// What sort of content goes there.
    package let channel: Channel

    /// The body's shape, by the research's name (`openai-chat`, `anthropic-messages`, `ollama` …); nil when unknown.
    package let format: String?

    /// What told the service: `host`, `path` or both; the caller adds how it learnt the host.
    package let evidence: [Evidence]

    /// How sure that is; a caller that has the host from a DNS answer only must lower it to `low`.
    package let confidence: Confidence
}

/// What sort of content a request carries; the raw values are those of records.
package enum Channel: String, CaseIterable, Sendable {
    /// Conversation.
    case chat
    /// The work of a coding agent.
    case codingAgent = "coding_agent"
    /// Text or code to be continued.
    case completion
    /// Text to be turned into vectors.
    case embedding
    /// Files.
    case fileUpload = "file_upload"
    /// Many requests at once.
    case batch
    /// Speech, or events in both directions.
    case realtime
    /// Source code to be indexed.
    case index
    /// Usage figures, logs, crash reports.
    case telemetry
    /// Anything else.
    case other
}

/// What told that traffic goes to a service; in the order of records.
package enum Evidence: String, CaseIterable, Sendable {
    /// The server name of a TLS or QUIC ClientHello.
    case sni
    /// A DNS answer.
    case dns
    /// The address itself.
    case address
    /// The authority of a request, or the target of a CONNECT or SOCKS request.
    case host
    /// Method and path.
    case path
    /// Header fields.
    case headers
    /// The body's shape.
    case shape
    /// A text in the body by which a client names itself.
    case marker
    /// The names that were seen disagree.
    case hostMismatch = "host_mismatch"
}

/// How sure a match is.
package enum Confidence: String, CaseIterable, Comparable, Sendable {
    /// A hint.
    case low
    /// Probable.
    case medium
    /// As good as certain.
    case high

    /// Orders from `low` to `high`.
    package static func < (left: Confidence, right: Confidence) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        }
    }
}
