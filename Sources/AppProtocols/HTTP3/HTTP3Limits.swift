/// The bounds within which HTTP/3 is read.
package struct HTTP3Limits: Equatable, Sendable {
    /// The longest encoded field section in octets, and as much as all that are being gathered may have together; what
    /// lies behind is passed over.
    package var fieldSectionOctets = 65_536
    /// The most request streams that are open at once; one more ends the one that has been idle for longest.
    package var openStreams = 256
    /// The most unidirectional streams that are read at once; further ones are passed over.
    package var unidirectionalStreams = 16
    /// The most streams that may wait for fields to be inserted.
    package var blockedStreams = 64
    /// The most octets that may wait with them; beyond it the fields that are waited for are unknown ones.
    package var blockedOctets = 131_072
    /// The bounds of header compression.
    package var qpack = QPACKLimits()

    /// The default bounds.
    package init() {}
}
