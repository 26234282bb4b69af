/// Receives the text that tools have laid out, without what they put around it.
package protocol UnwrappedText: ~Copyable {
    /// A part of the text begins that stands by itself; `tag` is `PromptWrappers.tag(_:removed:)`.
    mutating func leafBegan(tag: Int)

    /// The next octets, cut anywhere; valid only during the call.
    mutating func leafText(_ text: Span<UInt8>)

    /// The text names a file, of which it shows some lines.
    mutating func fileNamed(_ path: Span<UInt8>)

    /// A text begins of which there are several versions; here and at `versionBegan` a line begins.
    mutating func versionsBegan()

    /// Another version begins of the text that began at `versionsBegan`: it makes the whole no longer.
    mutating func versionBegan()
}
