internal import Compression

/// What the compressed messages of one WebSocket share (RFC 7692, permessage-deflate): the last 32 KiB before each.
///
/// A message that could not be decoded to its end takes the context from those behind it. They are tried nevertheless: what
/// they hold without referring to it is read, and the rest has the reason for which the context was lost.
package final class MessageInflater {
    private var decoder = GzipDecoder(.messages)
    private var isWhole = true

    /// Why what messages refer to may be missing; nil while all of it is here.
    private(set) var loss: OpaqueReason?

    /// A WebSocket's beginning.
    package init() {}

    /// Octets of memory in use.
    package var memoryOctets: Int { decoder.memoryOctets }

    /// Forgets the context, for `reason`, and frees its memory.
    package func forget(_ reason: OpaqueReason) {
        decoder = GzipDecoder(.messages)
        if loss == nil { loss = reason }
        isWhole = true
    }

    /// Begins a message, which does not need the ones before it unless `takesContext`.
    func begin(takesContext: Bool) {
        if !isWhole || !takesContext { decoder = GzipDecoder(.messages) }
        isWhole = false
        if !takesContext { loss = nil }
    }

    /// Ends a message that was decoded as a whole.
    ///
    /// The four octets are those that its sender left out (RFC 7692 § 7.2.1).
    func end(_ output: (Span<UInt8>) -> Bool) {
        let tail: [4 of UInt8] = [0x00, 0x00, 0xFF, 0xFF]
        decoder.consume(tail.span, output)
        isWhole = decoder.status == .needMore
    }

    /// Octets taken in, over all messages since the context began.
    var consumed: Int { decoder.consumed }

    /// Takes the next octets of the message.
    func consume(_ octets: Span<UInt8>, _ output: (Span<UInt8>) -> Bool) -> DecodeStatus {
        decoder.consume(octets, output)
    }
}
