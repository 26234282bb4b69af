/// Why an HTTP/2 stream could not be read on from where it was, or a header block not to its end.
package enum HTTP2Error: Error, Equatable, Sendable {
    /// The connection does not begin with the preface (RFC 9113 § 3.4).
    case malformedPreface
    /// A header block exceeded `HTTP2Limits.headerBlockOctets`, or its fields the decoder's bound.
    case headerBlockTooLarge
    /// A header block is malformed.
    case headerBlock(HPACKError)
    /// Another frame stands where a header block should have gone on, or a block goes on that never began.
    case continuationExpected
    /// Octets are missing where the framing or a header block depends on them.
    case gapInFraming
    /// Streams were opened while `HTTP2Limits.openStreams` were open.
    case tooManyStreams
}

extension HTTP2Error: CustomStringConvertible {
    /// One phrase for a counter or a log line.
    package var description: String {
        switch self {
        case .malformedPreface: "malformed connection preface"
        case .headerBlockTooLarge: "header block too large"
        case .headerBlock(let error): error.description
        case .continuationExpected: "header block not continued"
        case .gapInFraming: "octets missing in the framing"
        case .tooManyStreams: "too many open streams"
        }
    }
}
