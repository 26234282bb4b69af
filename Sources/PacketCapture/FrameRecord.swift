import Wire

/// A frame as a format's reader found it: what `Frame` says, with the octets' place in the buffer for the octets.
struct FrameRecord {
    let octets: Range<Int>
    let timestamp: Timestamp
    let originalLength: Int
    let linkType: LinkType
    let interface: Int
    let fileOffset: UInt64
}
