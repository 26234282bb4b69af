package import Wire

/// The head of a request, the same for every version of HTTP (RFC 9110 § 6.2, Control Data).
package struct RequestHead: Sendable {
    /// The version that carries it.
    package let version: HTTPVersion
    /// The method as sent, such as `POST`.
    package let method: String
    /// The request target: of HTTP/1 as sent, of HTTP/2 and HTTP/3 the path with its query, or the authority of a CONNECT.
    package let target: String
    /// The scheme, lower case; nil where none was sent, as in most requests of HTTP/1.
    package let scheme: String?
    /// The host that the request is for; nil where none can be read.
    package let host: Hostname?
    /// The port beside that host; nil when none was named.
    package let port: UInt16?
    /// The host of the `Host` field, also where the target names another.
    package let hostField: Hostname?
    /// The target's path: begins with `/`, or is `*`, or is empty for CONNECT and where it is unknown.
    package let path: String
    /// The target's query without `?`; nil when it has none.
    package let query: String?
    /// The header section, without pseudo-header fields.
    package let fields: HTTPFields
    /// Whether some of the head is missing: it was too large, had a hole or was malformed.
    package let isTruncated: Bool
    /// The protocols that the request would change to, lower case, as one list: of the `Upgrade` field, or of an
    /// extended CONNECT (RFC 8441 § 4, RFC 9220); nil when there is none.
    package let upgrade: String?

    /// What an HTTP/1 head says.
    package init(_ head: borrowing HTTP1RequestHead) {
        version = .http1
        method = head.method
        target = head.target
        scheme = head.scheme
        host = head.host
        port = head.port
        hostField = head.hostField
        path = head.path
        query = head.query
        fields = head.fields
        isTruncated = head.isTruncated
        upgrade = head.upgrade
    }

    /// Reads a decoded header section of HTTP/2 or HTTP/3 (RFC 9113 § 8.3.1, RFC 9114 § 4.3.1); nil when it has no method,
    /// so that it is none of a request.
    ///
    /// - Note: Lenient: the order of the fields, their case and missing pseudo-header fields are not minded.
    package init?(section: consuming HTTPFields, version: HTTPVersion, isTruncated: Bool = false) {
        var fields = section
        guard let method = fields.value(of: ":method"), fields.value(of: ":status") == nil else { return nil }
        self.method = method
        self.version = version
        self.isTruncated = isTruncated
        let authority = fields.value(of: ":authority")
        let path = fields.value(of: ":path")
        let hostText = fields.value(of: "host")
        scheme = fields.value(of: ":scheme")?.lowercased()
        upgrade = fields.value(of: ":protocol")?.lowercased()
        hostField = hostText.flatMap { Hostname($0) }
        let named = authority.flatMap { Hostname($0) }
        host = named ?? hostField
        port = (named == nil ? hostText : authority).flatMap { HTTP1Target.port($0.utf8.span) }
        target = path ?? (method == "CONNECT" ? authority ?? "" : "")
        let parts = (path ?? "").split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.path = parts.first.map(String.init) ?? ""
        query = parts.count > 1 ? String(parts[1]) : nil
        fields.removePseudoFields()
        self.fields = fields
    }

    /// Whether this asks a proxy for a tunnel.
    package var isConnect: Bool { method == "CONNECT" && upgrade == nil }

    /// Whether this opens a WebSocket (RFC 6455 § 4.1, RFC 8441 § 5, RFC 9220).
    package var opensWebSocket: Bool { offers("websocket") }

    /// Whether the stream would go on in HTTP/2 without encryption (RFC 7540 § 3.2).
    package var offersHTTP2: Bool { version == .http1 && offers("h2c") }

    /// The `User-Agent` field, as sent.
    package var userAgent: String? { fields.value(of: "user-agent") }

    /// The header section as strings, in order.
    package var headers: [HTTPField] { fields.all }

    /// The first value of a header field, ASCII case ignored; nil without one.
    package func value(of name: String) -> String? { fields.value(of: name) }

    /// Every value of a header field, ASCII case ignored, in order.
    package func values(of name: String) -> [String] { fields.values(of: name) }

    private func offers(_ name: String) -> Bool {
        guard let upgrade else { return false }
        return upgrade.split(separator: ",").contains { item in
            item.drop { $0 == " " }.prefix { $0 != " " && $0 != "/" } == name
        }
    }
}
