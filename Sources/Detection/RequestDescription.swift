package import Payloads
package import Services

/// A request's head as far as detection needs it: what its body is, what to scan of the head itself, and what not.
package struct RequestDescription: Sendable {
    /// The method as it was sent.
    package let method: String
    /// What the body is.
    package let messageHead: MessageHead
    /// The credential with which the request authenticates itself; nil where it has none that is told.
    package let credential: RequestCredential?

    /// The model, where the path names it.
    let pathModel: String?

    let target: RequestTarget
    let headers: [RequestHeader]

    /// Reads a request's head.
    ///
    /// - Parameters:
    ///   - method: the method as it was sent.
    ///   - target: the request target as it was sent, in any of its forms.
    ///   - headers: the fields in the order they were sent, trailers not among them.
    ///   - service: what the catalogue says of it: the body's format, and whether a body without structure is a file.
    ///   - hasTransferCodings: whether `Transfer-Encoding` means anything: not in HTTP/2 (RFC 9113 § 8.2.2).
    package init(
        method: String,
        target: String,
        headers: [RequestHeader],
        service: ServiceMatch? = nil,
        hasTransferCodings: Bool = true
    ) {
        self.method = method
        self.headers = headers
        self.target = RequestTarget(target)
        pathModel = self.target.model
        credential = RequestCredential.find(headers, keyParameter: self.target.keyParameter)
        let transfer = hasTransferCodings ? RequestDescription.list("transfer-encoding", in: headers) : []
        var head = MessageHead(
            contentType: headers.first { $0.isNamed("content-type") }?.value,
            // Transfer codings were applied after the content's own (RFC 9112 § 7), so they come off first.
            contentEncoding: RequestDescription.list("content-encoding", in: headers)
                + transfer.filter { $0 != "chunked" },
            chunked: transfer.contains("chunked"),
            format: service?.format.flatMap(BodyFormat.init(rawValue:)) ?? BodyFormat(path: target),
            segment: service?.channel == .fileUpload ? .file : .body
        )
        head.messageEncoding =
            headers.first { $0.isNamed("grpc-encoding") || $0.isNamed("connect-content-encoding") }?.value
        messageHead = head
    }

    /// What a message is of the WebSocket that the request opened: no field of the request speaks of it.
    package var messageOfWebSocket: MessageHead {
        var head = MessageHead(format: messageHead.format)
        head.isWebSocket = true
        return head
    }

    /// The elements of a list field over all its occurrences, lower case, `identity` left out.
    private static func list(_ name: String, in headers: [RequestHeader]) -> [String] {
        headers.filter { $0.isNamed(name) }
            .flatMap { $0.value.split(separator: ",") }
            .map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
            .filter { !$0.isEmpty && $0 != "identity" }
    }

    /// The head's fields as text, a line each, without those that hold the request's own credential.
    var scannedHeaders: [UInt8] {
        var text: [UInt8] = []
        for header in headers where !RequestCredential.isIn(header) {
            text += Array(header.name.utf8) + Array(": ".utf8) + Array(header.value.utf8) + [UInt8(ascii: "\n")]
        }
        return text
    }

    /// The value of the first field of that name, given in lower case.
    func value(of name: String) -> String? { headers.first { $0.isNamed(name) }?.value }
}
