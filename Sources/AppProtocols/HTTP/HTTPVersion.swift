/// The version of HTTP that carries a request.
package enum HTTPVersion: Sendable, Hashable {
    /// HTTP/1.0 or HTTP/1.1.
    case http1
    /// HTTP/2.
    case http2
    /// HTTP/3.
    case http3
}
