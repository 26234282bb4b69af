/// The bounds within which HTTP/2 is read.
package struct HTTP2Limits: Equatable, Sendable {
    /// The longest header block, over all its frames, in octets; what lies behind is passed over.
    package var headerBlockOctets = 65_536
    /// The most streams that are open at once; one more ends the one that has been idle for longest.
    package var openStreams = 256
    /// The bounds of header compression.
    package var hpack = HPACKLimits()

    /// The default bounds.
    package init() {}
}
