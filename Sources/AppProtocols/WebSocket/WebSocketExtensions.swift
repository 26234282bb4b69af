/// What the `Sec-WebSocket-Extensions` fields of a request or an answer say (RFC 6455 § 9.1).
package struct WebSocketExtensions: Equatable, Sendable {
    /// Whether permessage-deflate (RFC 7692) is named, or the draft it came from.
    package private(set) var hasDeflate = false
    /// Whether the client begins each message without what it sent before (RFC 7692 § 7.1.1.2).
    package private(set) var clientTakesNoContext = false
    /// Whether another extension is named, of which nothing is known here.
    package private(set) var hasUnknown = false

    /// Reads the values of the fields; none of them is no extension.
    ///
    /// The size of the compression window is not needed: the largest serves for all.
    package init(_ values: [String]) {
        for item in values.flatMap({ $0.split(separator: ",") }) {
            let words = item.split(separator: ";").map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
            switch words.first {
            case "permessage-deflate", "x-webkit-deflate-frame":
                hasDeflate = true
                if words.dropFirst().contains("client_no_context_takeover") { clientTakesNoContext = true }
            case nil, "": break
            default: hasUnknown = true
            }
        }
    }
}
