import Wire

/// The credential with which a request authenticates itself to its service.
///
/// It is who sends, not what leaks: it becomes `actor.credential` (a keyed digest) and is never looked at by rules.
package struct RequestCredential: Hashable, Sendable {
    /// The credential itself, without its scheme.
    ///
    /// Only to be digested; never to be written anywhere.
    package let value: String

    /// Takes a credential as it stands.
    package init(value: String) {
        self.value = value
    }

    /// Headers, in lower case, whose values authenticate a request; the first that a request has names its actor.
    static let headers = [
        "authorization", "x-api-key", "api-key", "x-goog-api-key", "proxy-authorization", "cookie",
    ]

    /// Parameters of the query that do the same.
    static let parameters: Set<String> = ["key", "api-key", "x-api-key", "x-goog-api-key"]

    /// Finds the credential of a request; nil where it has none that stays the same from request to request.
    static func find(_ headers: [RequestHeader], keyParameter: String?) -> RequestCredential? {
        for name in RequestCredential.headers {
            if name == "proxy-authorization", let keyParameter { return RequestCredential(value: keyParameter) }
            for header in headers where header.isNamed(name) {
                let value = name == "cookie" ? sessionCookie(header.value) : withoutScheme(header.value)
                if let value { return RequestCredential(value: value) }
            }
            if name == "x-goog-api-key", let value = subprotocolKey(headers) { return RequestCredential(value: value) }
        }
        return keyParameter.map { RequestCredential(value: $0) }
    }

    /// Whether all or part of a header's value is the request's credential.
    static func isIn(_ header: RequestHeader) -> Bool {
        RequestCredential.headers.contains { header.isNamed($0) } || subprotocolKey([header]) != nil
    }

    /// `Bearer sk-…` becomes `sk-…`; a value without a scheme stands (RFC 9110 § 11.4, Credentials).
    private static func withoutScheme(_ value: String) -> String? {
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard let last = parts.last else { return nil }
        let text = last.drop { $0 == " " }
        return text.isEmpty ? nil : String(text)
    }

    /// Of the cookies only the one that holds a session: the others change from request to request.
    private static func sessionCookie(_ value: String) -> String? {
        for pair in value.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[1].isEmpty else { continue }
            let name = parts[0].lowercased()
            if name.contains("session") && !name.contains("session-id") { return String(parts[1]) }
        }
        return nil
    }

    /// Browsers cannot set headers on a WebSocket; OpenAI's realtime service takes its key as a subprotocol.
    private static func subprotocolKey(_ headers: [RequestHeader]) -> String? {
        for header in headers where header.isNamed("sec-websocket-protocol") {
            for item in header.value.split(separator: ",") {
                let text = item.drop { $0 == " " }
                if text.hasPrefix("openai-insecure-api-key.") { return String(text.dropFirst(24)) }
            }
        }
        return nil
    }
}

extension RequestCredential: CustomStringConvertible, CustomDebugStringConvertible {
    /// Says that there is one, and nothing of it.
    package var description: String { "RequestCredential(…)" }
    /// As `description`.
    package var debugDescription: String { description }
}

/// A field of a request's head.
package struct RequestHeader: Hashable, Sendable {
    /// The field's name as it was sent.
    package let name: String
    /// The field's value.
    package let value: String

    /// Joins a name and a value.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether the field bears that name, given in lower case; ASCII case is ignored.
    package func isNamed(_ lowercaseName: String) -> Bool {
        ASCII.equals(name.utf8.span, ignoringCase: lowercaseName)
    }
}
