package import Wire

/// One captured frame, borrowed from the reader or the ring that delivered it.
///
/// The type is `~Escapable`: the compiler refuses to keep a frame beyond the next one.
package struct Frame: ~Escapable {
    /// The captured octets, from the link-layer header on.
    package let bytes: Span<UInt8>
    /// When the frame passed the capture point.
    package let timestamp: Timestamp
    /// Octets that the frame had on the wire; never below `bytes.count`, above it where the snap length cut.
    package let originalLength: Int
    /// What `bytes` begin with.
    package let linkType: LinkType
    /// Which of the capture's interfaces saw the frame: an index into the current section's list, 0 for pcap and live.
    package let interface: Int
    /// The frame's place in its capture, counted from 1.
    package let number: UInt64
    /// Where the frame's record begins in its file, or in what comes out of a compressed one, in octets; 0 for live
    /// capture.
    package let fileOffset: UInt64

    /// Describes octets that live elsewhere.
    @inlinable
    @_lifetime(copy bytes)
    package init(
        bytes: Span<UInt8>,
        timestamp: Timestamp,
        originalLength: Int,
        linkType: LinkType,
        interface: Int = 0,
        number: UInt64 = 1,
        fileOffset: UInt64 = 0
    ) {
        self.bytes = bytes
        self.timestamp = timestamp
        self.originalLength = max(originalLength, bytes.count)
        self.linkType = linkType
        self.interface = interface
        self.number = number
        self.fileOffset = fileOffset
    }
}
