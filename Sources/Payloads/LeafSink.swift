/// Receives the text leaves of one message as its octets arrive.
///
/// Leaves do not overlap: between `leafBegan` and `leafEnded` come only `leafText` (and what concerns other leaves:
/// `groupResolved`, `modelNamed`).
package protocol LeafSink: ~Copyable {
    /// A leaf starts.
    mutating func leafBegan(_ provenance: Provenance)

    /// The next octets of the current leaf: UTF-8 as far as the sender wrote it, unescaped, cut anywhere.
    ///
    /// Valid only during the call.
    mutating func leafText(_ text: Span<UInt8>)

    /// The current leaf is over; `truncated` when a hole or the body's end cut it.
    mutating func leafEnded(truncated: Bool)

    /// The role of a message element came after its content: leaves of `group` belong to `segment`.
    mutating func groupResolved(_ group: Int, _ segment: Segment)

    /// The body names the model it asks for: printable, at most 128 octets.
    mutating func modelNamed(_ model: String)
}
