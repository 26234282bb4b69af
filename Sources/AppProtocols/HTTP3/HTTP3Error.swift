/// Why an HTTP/3 stream could not be read on from where it was, or a field section not to its end.
package enum HTTP3Error: Error, Equatable, Sendable {
    /// A field section exceeded `HTTP3Limits.fieldSectionOctets`, or its fields the decoder's bound.
    case fieldSectionTooLarge
    /// A field section is malformed.
    case fieldSection(QPACKError)
    /// The encoder's instructions are malformed.
    case instructions(QPACKError)
    /// Octets are missing where the framing or a field section depends on them.
    case gapInFraming
    /// Streams were opened while `HTTP3Limits.openStreams` were open.
    case tooManyStreams
    /// A field section refers to fields that did not come while it could wait.
    case fieldsMissing
}

extension HTTP3Error: CustomStringConvertible {
    /// One phrase for a counter or a log line.
    package var description: String {
        switch self {
        case .fieldSectionTooLarge: "field section too large"
        case .fieldSection(let error): error.description
        case .instructions(let error): "\(error.description), in the encoder's instructions"
        case .gapInFraming: "octets missing in the framing"
        case .tooManyStreams: "too many open streams"
        case .fieldsMissing: "field section refers to fields that did not come"
        }
    }
}
