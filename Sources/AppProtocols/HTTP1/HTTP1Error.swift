/// Why an HTTP/1 stream could not be read on from where it was.
package enum HTTP1Error: Error, Equatable, Sendable {
    /// A head exceeded `HTTP1Limits.headOctets`.
    case headTooLarge
    /// What should have been a request line or status line is none.
    case malformedStartLine
    /// A chunk-size line or the end of a chunk is wrong.
    case malformedChunk
    /// A chunk's size does not fit into 63 bits.
    case chunkTooLarge
    /// A trailer section exceeded `HTTP1Limits.trailerOctets`.
    case trailersTooLarge
    /// Octets are missing where the framing depends on them.
    case gapInFraming
}

extension HTTP1Error: CustomStringConvertible {
    /// One phrase for a counter or a log line.
    package var description: String {
        switch self {
        case .headTooLarge: "header section too large"
        case .malformedStartLine: "malformed start line"
        case .malformedChunk: "malformed chunk"
        case .chunkTooLarge: "chunk size too large"
        case .trailersTooLarge: "trailer section too large"
        case .gapInFraming: "octets missing in the framing"
        }
    }
}

/// Why octets of an HTTP/1 stream belong to no readable body.
package enum HTTP1Loss: Equatable, Sendable {
    /// Octets are missing, and with them where the next unit begins.
    case gap
    /// A header or trailer section was too large to be read.
    case headers
    /// The octets are not what HTTP/1 expects there.
    case malformed
    /// The stream ended within a head.
    case cutOff
}
