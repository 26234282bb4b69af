import Wire

/// Reads the records of a pcap file (draft-ietf-opsawg-pcap).
///
/// ```text
/// file:    magic 4 | major 2 | minor 2 | reserved 8 | snap length 4 | link type 4
/// record:  seconds 4 | fraction 4 | captured length 4 | original length 4 | octets
/// ```
struct PcapReader {
    private(set) var isTruncated = false
    private(set) var linkType = LinkType.null
    private var isBigEndian = false
    private var fractionUnit: Int64 = 1_000
    private var headerLength = 16
    private var mayHaveLengthsSwapped = false

    /// The sixteen octets before a record's own, each field below 2³².
    private struct RecordHeader {
        let seconds: Int64
        let fraction: Int64
        let captured: Int
        let original: Int

        @inline(__always)
        init(_ octets: Span<UInt8>, bigEndian: Bool) {
            seconds = Int64(octets.uint32(at: 0, bigEndian: bigEndian))
            fraction = Int64(octets.uint32(at: 4, bigEndian: bigEndian))
            captured = Int(octets.uint32(at: 8, bigEndian: bigEndian))
            original = Int(octets.uint32(at: 12, bigEndian: bigEndian))
        }
    }

    /// Which magic number a file begins with, its octets taken as little-endian; nil when it is none of pcap's.
    private static func variant(_ magic: UInt32) -> (isBigEndian: Bool, fractionUnit: Int64, headerLength: Int)? {
        switch magic {
        case 0xA1B2_C3D4: (false, 1_000, 16)
        case 0xD4C3_B2A1: (true, 1_000, 16)
        case 0xA1B2_3C4D: (false, 1, 16)
        case 0x4D3C_B2A1: (true, 1, 16)
        // Alexey Kuznetzov's libpcap, whose records have eight octets more about the packet.
        case 0xA1B2_CD34: (false, 1_000, 24)
        case 0x34CD_B2A1: (true, 1_000, 24)
        default: nil
        }
    }

    /// Whether the first four octets, taken as little-endian, are a pcap file's.
    static func isMagic(_ magic: UInt32) -> Bool { variant(magic) != nil }

    /// No file yet.
    init() {}

    /// Reads the file header.
    ///
    /// - Throws: `.malformed` when it is cut short, `.unsupported` for a version other than 2.
    init(_ buffer: inout BlockBuffer) throws(CaptureError) {
        guard try buffer.fill(24), let variant = PcapReader.variant(buffer.unread.uint32(at: 0, bigEndian: false))
        else {
            throw buffer.error(because: "the pcap file header is cut short: \(buffer.available) of 24 octets")
        }
        isBigEndian = variant.isBigEndian
        fractionUnit = variant.fractionUnit
        headerLength = variant.headerLength
        let major = buffer.unread.uint16(at: 4, bigEndian: isBigEndian)
        let minor = buffer.unread.uint16(at: 6, bigEndian: isBigEndian)
        // The upper bits tell the length of a frame check sequence, which IP's own length cuts off.
        linkType = LinkType(rawValue: buffer.unread.uint32(at: 20, bigEndian: isBigEndian) & 0x03FF_FFFF)
        guard major == 2 else {
            throw buffer.error(.unsupported, at: 4, because: "pcap version \(major).\(minor); only 2.x is read")
        }
        // Until version 2.3 writers disagreed on which length comes first.
        mayHaveLengthsSwapped = minor <= 3
        buffer.advance(24)
    }

    /// The next record; nil at the end of the file, and when the file ends within the record.
    ///
    /// - Throws: `.malformed` for a length that cannot be, `.inputOutput`.
    mutating func next(_ buffer: inout BlockBuffer) throws(CaptureError) -> FrameRecord? {
        guard try buffer.fill(headerLength) else {
            isTruncated = buffer.available > 0
            return nil
        }
        let header = RecordHeader(buffer.unread, bigEndian: isBigEndian)
        let captured = mayHaveLengthsSwapped ? min(header.captured, header.original) : header.captured
        guard captured <= CaptureLimits.record else {
            throw buffer.error(
                because:
                    "a record's captured length \(captured) is above \(CaptureLimits.record); not a capture or damaged"
            )
        }
        guard try buffer.fill(headerLength + captured) else {
            isTruncated = true
            return nil
        }
        let offset = buffer.fileOffset
        buffer.advance(headerLength)
        return FrameRecord(
            octets: buffer.advance(captured),
            timestamp: Timestamp(seconds: header.seconds, fraction: header.fraction * fractionUnit),
            originalLength: max(header.captured, header.original),
            linkType: linkType,
            interface: 0,
            fileOffset: offset
        )
    }
}
