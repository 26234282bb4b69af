package import Wire

/// The head of an HTTP/1 request: its request line, its header section, and what they mean.
package struct HTTP1RequestHead: Sendable {
    /// Which request of its stream this is, from 0.
    package let index: Int
    /// The method as sent, such as `POST`.
    package let method: String
    /// The request target as sent.
    package let target: String
    /// The minor version: 0 for HTTP/1.0, 1 for HTTP/1.1.
    package let minorVersion: UInt8
    /// The header section.
    package let fields: HTTPFields
    /// Octets of the head, request line and blank line included.
    package let headOctets: Int
    /// Whether the head was too large or had a hole, so that only its first lines are here and its framing is unknown.
    package let isTruncated: Bool

    /// The scheme of an absolute-form target, lower case; nil for other forms.
    package let scheme: String?
    /// The host that the request is for: of the absolute-form or authority-form target, else of `Host`.
    package let host: Hostname?
    /// The port beside that host; nil when none was named.
    package let port: UInt16?
    /// The host of the `Host` field, also where the target names another.
    package let hostField: Hostname?
    /// The target's path: begins with `/`, or is `*`, or is empty for CONNECT.
    package let path: String
    /// The target's query without `?`; nil when it has none.
    package let query: String?

    /// How the body is delimited.
    package let framing: HTTP1Framing
    /// The declared length of the body in octets; nil when none was declared or it was no number.
    package let contentLength: UInt64?
    /// Whether the body is chunked.
    package let isChunked: Bool
    /// Transfer codings other than `chunked`, in the order applied, lower case.
    package let transferCodings: [String]
    /// The content codings in the order applied, lower case, without `identity`.
    package let contentEncodings: [String]
    /// Whether two recipients may disagree about where the body ends (RFC 9112 § 11.2, Request Smuggling).
    package let ambiguousFraming: Bool

    /// Whether the client waits for `100 Continue` before it sends the body.
    package let expectsContinue: Bool
    /// The protocols of the `Upgrade` field, lower case, as one list; nil when there is none.
    package let upgrade: String?

    /// Reads a head; nil when its first line is no HTTP/1 request line.
    ///
    /// `octets` holds the head from its request line on, line ends included; its header section is copied. A truncated
    /// head may end within a line, which is then dropped.
    package init?(_ octets: Span<UInt8>, index: Int = 0, isTruncated: Bool = false, limits: HTTP1Limits = HTTP1Limits())
    {
        var lineEnd = 0
        while lineEnd < octets.count, octets[lineEnd] != UInt8(ascii: "\n") { lineEnd += 1 }
        guard lineEnd < octets.count,
            let line = HTTP1RequestLine(octets.extracting(0..<lineEnd), limits: limits)
        else { return nil }
        var end = octets.count
        if isTruncated { while end > lineEnd + 1, octets[end - 1] != UInt8(ascii: "\n") { end -= 1 } }
        let fields = HTTPFields(octets.extracting((lineEnd + 1)..<end))

        self.index = index
        self.isTruncated = isTruncated
        headOctets = octets.count
        method = HTTP1RequestHead.text(octets, line.method)
        target = HTTP1RequestHead.text(octets, line.target)
        minorVersion = line.minorVersion

        let targetOctets = octets.extracting(line.target)
        let parts = HTTP1Target(targetOctets, isConnect: method == "CONNECT")
        scheme = parts.scheme.map { HTTP1RequestHead.text(targetOctets, $0).lowercased() }
        path = parts.path.isEmpty && method != "CONNECT" ? "/" : HTTP1RequestHead.text(targetOctets, parts.path)
        query = parts.query.map { HTTP1RequestHead.text(targetOctets, $0) }
        let hostText = fields.value(of: "host")
        hostField = hostText.flatMap { Hostname($0) }
        if let authority = parts.authority {
            host = Hostname(authority: targetOctets.extracting(authority)) ?? hostField
            port = HTTP1Target.port(targetOctets.extracting(authority))
        } else {
            host = hostField
            port = hostText.flatMap { HTTP1Target.port($0.utf8.span) }
        }

        let declared = HTTP1DeclaredFraming(fields, minorVersion: line.minorVersion)
        framing = isTruncated ? .untilClose : declared.request
        contentLength = declared.contentLength
        isChunked = declared.isChunked
        transferCodings = declared.transferCodings
        ambiguousFraming = declared.isAmbiguous
        contentEncodings = fields.list(of: "content-encoding").filter { $0 != "identity" }
        expectsContinue = fields.list(of: "expect").contains("100-continue")
        let protocols = fields.list(of: "upgrade")
        upgrade = protocols.isEmpty ? nil : protocols.joined(separator: ", ")
        self.fields = fields
    }

    /// Whether this asks a proxy for a tunnel.
    package var isConnect: Bool { method == "CONNECT" }

    /// Whether the stream may speak another protocol once the server has agreed.
    package var maySwitchProtocols: Bool { isConnect || upgrade != nil }

    /// The media type with its parameters, as sent.
    package var contentType: String? { fields.value(of: "content-type") }

    /// The `User-Agent` field, as sent.
    package var userAgent: String? { fields.value(of: "user-agent") }

    /// The header section as strings, in order.
    package var headers: [HTTPField] { fields.all }

    /// The first value of a header field, ASCII case ignored; nil without one.
    package func value(of name: String) -> String? { fields.value(of: name) }

    /// Every value of a header field, ASCII case ignored, in order.
    package func values(of name: String) -> [String] { fields.values(of: name) }

    private static func text(_ octets: Span<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: Array(copying: octets.extracting(range)), as: UTF8.self)
    }
}
