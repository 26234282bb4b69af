package import Wire

/// A service that receives prompts, files or telemetry of LLM clients, as the catalogue describes it.
package struct Service: Sendable {
    /// The name by which records and settings know it: `anthropic-api`.
    package let id: String

    /// Its name for people.
    package let name: String

    /// Who runs it; of an entry for any host, whose interface it speaks.
    package let vendor: String

    /// What it is.
    package let kind: ServiceKind

    /// Whether it is known by method and path on whatever host: self-hosted servers and gateways.
    package let isAnyHost: Bool

    /// The hosts it answers on; empty for any host.
    package let hosts: [HostRule]

    /// Ranges of addresses at which nobody else answers, as its vendor publishes them.
    package let addresses: [IPPrefix]

    /// What is sent to it, and where.
    package let endpoints: [Endpoint]
}

/// What a service is; the raw values are those of records.
package enum ServiceKind: String, CaseIterable, Sendable {
    /// An interface for programs.
    case api
    /// An interface that passes requests on to other services.
    case gateway
    /// A chat for people.
    case web
    /// The service behind an assistant in an editor.
    case assistant
    /// The service behind an agent on the command line.
    case agent
    /// Receives usage figures, logs and crash reports of clients.
    case telemetry
    /// Stores files that chats refer to.
    case upload
    /// Runs models that others publish.
    case hub
    /// A server known by its paths, wherever it stands.
    case selfHosted = "self_hosted"
}

/// What a host of a service is for.
package enum HostRole: String, CaseIterable, Sendable {
    /// Takes prompts.
    case prompt
    /// Takes files.
    case upload
    /// Takes source code to index.
    case index
    /// Signs people in.
    case auth
    /// Talks in both directions over one connection.
    case realtime
    /// Speaks the Model Context Protocol.
    case mcp
    /// Shows pages.
    case web
    /// Holds scripts, pictures and fonts.
    case cdn
    /// Hands out new versions.
    case update
    /// Holds documentation.
    case docs
    /// Takes settings and administration.
    case control
    /// Takes usage figures, logs and crash reports.
    case telemetry
    /// Runs agents.
    case agent
    /// Hands out files.
    case file
    /// Fetches addresses for a model.
    case url

    /// Whether traffic to such a host is worth a record: to sign-in, assets, updates and documents it is not.
    package var givesRecord: Bool {
        switch self {
        case .auth, .cdn, .update, .docs: false
        case .prompt, .upload, .index, .realtime, .mcp, .web, .control, .telemetry, .agent, .file, .url: true
        }
    }

    /// The channel of a request whose path says nothing.
    var channel: Channel {
        switch self {
        case .upload, .file: .fileUpload
        case .index: .index
        case .realtime: .realtime
        case .telemetry: .telemetry
        case .prompt, .auth, .mcp, .web, .cdn, .update, .docs, .control, .agent, .url: .other
        }
    }

    /// How sure the host alone makes us: of a site's pages less than of a host that takes prompts or files only.
    var confidence: Confidence {
        switch self {
        case .web, .control, .url: .medium
        case .prompt, .upload, .index, .auth, .realtime, .mcp, .cdn, .update, .docs, .telemetry, .agent, .file: .high
        }
    }
}

/// A host of a service, or a family of them.
package struct HostRule: Sendable {
    /// Which names are meant.
    package let pattern: HostPattern

    /// What the host is for.
    package let role: HostRole

    /// Whether many programs use the host, so that only a telling path gives a record.
    package let isShared: Bool

    /// Whether requests whose path tells nothing belong to this service.
    package let isOwner: Bool
}

/// A method and path of a service, and what goes there.
package struct Endpoint: Sendable {
    /// The request method; `WS` is a WebSocket upgrade, `ANY` every method.
    package let method: EndpointMethod

    /// Which paths are meant.
    package let path: PathPattern

    /// What the request does; nil when the path has no words, so that the request's own path must say.
    package let operation: String?

    /// What sort of content goes there.
    package let channel: Channel

    /// The body's shape, by the research's name (`openai-chat`); nil when it is unknown or of no interest.
    package let format: String?

    /// The hosts of the service to which the endpoint is confined; nil when it is on all of them.
    package let hosts: [HostPattern]?
}

/// A method as endpoints name it.
package enum EndpointMethod: String, CaseIterable, Sendable {
    /// Creates or asks; what prompts come by.
    case post = "POST"
    /// Stores under a name.
    case put = "PUT"
    /// Reads.
    case get = "GET"
    /// Changes.
    case patch = "PATCH"
    /// Removes.
    case delete = "DELETE"
    /// A WebSocket: a GET with Upgrade, or CONNECT with `:protocol` (RFC 8441).
    case webSocket = "WS"
    /// Every method.
    case any = "ANY"

    /// Whether a request with this method is meant; `WS` may be written for a request known to be an upgrade.
    func matches(_ method: String) -> Bool {
        switch self {
        case .any: true
        case .webSocket: method == "WS" || method == "GET" || method == "CONNECT"
        case .get: method == "GET" || method == "HEAD"
        case .post, .put, .patch, .delete: method == rawValue
        }
    }
}
