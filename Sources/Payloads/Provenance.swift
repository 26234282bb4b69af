/// Where a text leaf came from: its place in the conversation and in the body, and what was undone to reach it.
///
/// Made once a leaf, tens of thousands to a megabyte: the chain and pointers of up to 48 octets are kept inline, and
/// strings are built only when asked for.
package struct Provenance: Sendable, Hashable {
    /// The part of the conversation; provisional while `group` is unresolved.
    package var segment: Segment

    /// The codings removed, packed.
    package var codings: DecodeChain

    /// The place in the body, packed.
    package var place: LeafPointer

    /// The file name that the part or block gave; nil when it gave none.
    package var filename: String?

    /// The message element whose role may come after its content; -1 when the segment is final.
    package var group: Int

    /// Names a leaf's origin.
    package init(
        segment: Segment,
        chain: [DecodeStep] = [],
        pointer: String = "",
        filename: String? = nil,
        group: Int = -1
    ) {
        self.init(
            segment: segment,
            codings: DecodeChain(chain),
            place: LeafPointer(pointer.utf8.span),
            filename: filename,
            group: group
        )
    }

    /// Names a leaf's origin from packed parts.
    package init(segment: Segment, codings: DecodeChain, place: LeafPointer, filename: String?, group: Int) {
        self.segment = segment
        self.codings = codings
        self.place = place
        self.filename = filename
        self.group = group
    }

    /// The codings removed, outermost first; allocates.
    package var chain: [DecodeStep] { codings.steps }

    /// The JSON pointer (RFC 6901), or the name of the form field or part; at most 1 KiB, then cut and marked `…`.
    package var pointer: String { place.text }
}
