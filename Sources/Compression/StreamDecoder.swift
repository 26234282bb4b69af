/// Decodes one coded stream as its octets come.
///
/// There are two ways to take the output, not to be mixed on one decoder: `consume`, which pushes it in pieces, for who
/// must look at all of it; and `decode`, which fills a buffer, for who reads at their own pace.
package protocol StreamDecoder: ~Copyable {
    /// Octets that were taken in, up to the end of the stream or the octet that proved it wrong.
    var consumed: Int { get }

    /// Octets that came out.
    var produced: Int { get }

    /// Of the octets taken in, the last ones that have determined no output yet.
    ///
    /// Should the stream break off or fail here, nobody has seen what they stand for.
    var withheld: Int { get }

    /// Of the octets taken in, those that the format lets a sender put beside the coded data: no output stands for them.
    var skipped: Int { get }

    /// How far the stream has come.
    var status: DecodeStatus { get }

    /// The octets of memory that the decoder has used so far, at the most; never falls.
    ///
    /// A window counts as far as it has been filled, because the system gives memory when it is written.
    var memoryOctets: Int { get }

    /// Takes the next octets of the coded stream and emits what they determine, in pieces of at most 32 KiB.
    ///
    /// Each piece is valid only during the call of `output`, which answers whether to go on. Once `finished` (and nothing
    /// may follow), `stopped` or `failed`, further input is ignored.
    @discardableResult
    mutating func consume(_ input: Span<UInt8>, _ output: (Span<UInt8>) -> Bool) -> DecodeStatus

    /// Decodes `input` from `position` on into `output` and moves `position` behind what was taken in.
    ///
    /// - Returns: the octets written. Fewer than `output` holds: the input was used up, or the stream failed. As many:
    ///   call again, even when the input was used up, because more may be waiting.
    mutating func decode(_ input: Span<UInt8>, _ position: inout Int, into output: inout MutableSpan<UInt8>) -> Int
}

extension StreamDecoder where Self: ~Copyable {
    /// The largest piece that `consume` hands on.
    static var pieceOctets: Int { 32_768 }

    /// Decodes all of `input` through a buffer, allocated with the first octet, and hands it on in pieces.
    ///
    /// - Returns: false when the receiver asked to stop.
    mutating func push(_ input: Span<UInt8>, through buffer: inout [UInt8], _ output: (Span<UInt8>) -> Bool) -> Bool {
        guard !input.isEmpty else { return true }
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: Self.pieceOctets) }
        var position = 0
        while true {
            var room = buffer.mutableSpan
            let count = decode(input, &position, into: &room)
            if count > 0, !output(buffer.span.extracting(0..<count)) { return false }
            if count < buffer.count { return true }
        }
    }
}
