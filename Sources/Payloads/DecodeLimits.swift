package import Compression

/// The caps of one message's decoding; each that bites shows in the ledger or the counters.
package struct DecodeLimits: Sendable {
    /// Decoded output and ratio of the whole message; beyond it the rest is `opaque: expansion`.
    package var expansion = ExpansionLimit()

    /// Codings and containers inside each other (transfer framing not counted); beyond it `opaque: nesting`.
    package var nesting = 6

    /// Body octets inspected of one message, nil for no limit.
    ///
    /// The rest is charged as `inspect_limit`.
    package var inspectedOctets: Int?

    /// Open JSON containers whose kind is remembered; deeper ones are only counted, and their strings are all leaves.
    package var jsonDepth = 1_000_000

    /// Octets of a leaf's pointer; longer ones are cut and marked.
    package var pointerOctets = 1_024

    /// Octets of one multipart part's header; a longer one is `opaque: headers`.
    package var partHeaderOctets = 16_384

    /// Octets of a document that must be whole to be read, such as a PDF; a larger one is `opaque: buffer`.
    package var documentOctets = 32 << 20

    /// Octets of memory that the decompressors of all open messages of one scanner may hold together.
    ///
    /// A message that would need more is `opaque: buffer` from there on.
    package var decoderTotalOctets = 256 << 20

    /// The defaults.
    package init() {}
}
