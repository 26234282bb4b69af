/// The program that sends a request.
package struct ClientTool: Hashable, Sendable {
    /// The catalogue's id (`claude-code`), else the User-Agent's product name in lower case (`curl`).
    package let id: String

    /// Its version as it states it; nil when it states none.
    package let version: String?

    /// What the catalogue knows it to be; nil for programs that it does not know.
    package let kind: ClientKind?

    /// Whether it writes or reads code for somebody: its conversations are the channel `coding_agent`.
    package var isCodingAgent: Bool {
        switch kind {
        case .agent?, .assistant?: true
        case .sdk?, .browser?, nil: false
        }
    }
}

/// What a client program is.
package enum ClientKind: String, CaseIterable, Sendable {
    /// Works on the command line by itself.
    case agent
    /// Lives in an editor.
    case assistant
    /// A library that other programs use.
    case sdk
    /// A web browser.
    case browser

    /// Whether the program itself is known, not only the library through which it speaks.
    var isProduct: Bool { self == .agent || self == .assistant }
}

/// How the catalogue recognises a client.
struct ClientSignature: Sendable {
    let id: String
    let name: String
    let kind: ClientKind

    /// Beginnings of its User-Agent, in lower case.
    let userAgents: [GlobPattern]

    /// Beginnings of the User-Agent of a library that it shares with others; they count towards `services` only.
    let libraries: [GlobPattern]

    /// The services that these libraries give away.
    let services: [String]

    /// Header fields that only it sends.
    let headers: [HeaderSignature]

    /// Texts in the request body by which it names itself; kept for the detectors of bodies.
    let bodyMarkers: [String]
}

/// A header field that tells a client: by its presence, or by the beginning of its value.
struct HeaderSignature: Sendable {
    /// The field's name in lower case.
    let name: String

    /// The beginning of the value, in lower case; nil when the field's presence tells.
    let value: GlobPattern?

    /// `name`, or `name: value` with the wildcards of User-Agents; nil when the name is empty or no token.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard let first = parts.first, !first.isEmpty else { return nil }
        guard first.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        name = first.lowercased()
        value = parts.count < 2 ? nil : GlobPattern(Self.trimmed(parts[1]).lowercased(), separator: 0x20)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        text.drop { $0 == " " }
    }
}
