/// Receives the text that tools have laid out, without what they put around it.
package protocol UnwrappedText: ~Copyable {
    /// A part of the text begins that stands by itself; `tag` is `PromptWrappers.tag(_:removed:)`.
    mutating func leafBegan(tag: Int)

    /// The next octets, cut anywhere; valid only during the call.
    mutating func leafText(_ text: Span<UInt8>)

    /// The text names a file, of which it shows some lines.
    mutating func fileNamed(_ path: Span<UInt8>)
}
