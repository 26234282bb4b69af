import Wire

/// Reads the blocks of a pcapng file (draft-ietf-opsawg-pcapng).
///
/// ```text
/// block:  type 4 | total length 4 | body | total length 4        (lengths are multiples of four)
/// ```
/// Each section has its own octet order and its own interfaces. Blocks without packets, interfaces or secrets are passed
/// over unread.
struct PcapngReader {
    private(set) var isTruncated = false
    private(set) var secrets: [CaptureSecrets] = []
    private(set) var secretsLeftOut = 0
    private(set) var interfaces: [CaptureInterface] = []
    private var clocks: [Clock] = []
    private var isBigEndian = false
    private var secretsOctets = 0
    private var lastTimestamp = Timestamp(nanoseconds: 0)

    /// What a packet needs of its interface; apart from the names, so that reading a packet touches no reference.
    private struct Clock {
        let linkType: LinkType
        let snapLength: Int
        let resolution: TimestampResolution
    }

    /// A block's first fields.
    private struct Block {
        let length: Int
        let offset: UInt64
    }

    /// The type of a Section Header Block, the same in either octet order.
    static let sectionHeader: UInt32 = 0x0A0D_0D0A

    /// No section yet.
    init() {}

    /// Reads the first section's header.
    ///
    /// - Throws: `.malformed`, `.unsupported`, `.inputOutput`.
    init(_ buffer: inout BlockBuffer) throws(CaptureError) {
        guard try readSection(&buffer) else {
            throw buffer.error(because: "the pcapng section header is cut short")
        }
    }

    /// The next packet; nil at the end of the file, and when the file ends within a block.
    ///
    /// - Throws: `.malformed`, `.unsupported`, `.inputOutput`.
    mutating func next(_ buffer: inout BlockBuffer) throws(CaptureError) -> FrameRecord? {
        while try buffer.fill(8) {
            let type = buffer.unread.uint32(at: 0, bigEndian: isBigEndian)
            if type == PcapngReader.sectionHeader {
                guard try readSection(&buffer) else { return truncated() }
                continue
            }
            let block = Block(
                length: Int(buffer.unread.uint32(at: 4, bigEndian: isBigEndian)),
                offset: buffer.fileOffset
            )
            try check(block, atLeast: 12, buffer)
            switch type {
            case 6:
                guard try get(block, atLeast: 32, &buffer) else { return truncated() }
                let interface = Int(buffer.unread.uint32(at: 8, bigEndian: isBigEndian))
                return try packet(block, interface: interface, &buffer)
            case 3:
                guard try get(block, atLeast: 16, &buffer) else { return truncated() }
                return try simplePacket(block, &buffer)
            case 2:
                guard try get(block, atLeast: 32, &buffer) else { return truncated() }
                let interface = Int(buffer.unread.uint16(at: 8, bigEndian: isBigEndian))
                return try packet(block, interface: interface, &buffer)
            case 1:
                guard try get(block, atLeast: 20, &buffer) else { return truncated() }
                try readInterface(block, &buffer)
                buffer.advance(block.length)
            case 10 where block.length <= CaptureLimits.record:
                guard try get(block, atLeast: 20, &buffer) else { return truncated() }
                try readSecrets(block, &buffer)
                buffer.advance(block.length)
            default:
                if type == 10 { secretsLeftOut += 1 }
                guard try pass(block, &buffer) else { return truncated() }
            }
        }
        return buffer.available > 0 ? truncated() : nil
    }

    private mutating func truncated() -> FrameRecord? {
        isTruncated = true
        return nil
    }

    private func check(_ block: Block, atLeast minimum: Int, _ buffer: borrowing BlockBuffer) throws(CaptureError) {
        guard block.length >= minimum else {
            throw buffer.error(at: block.offset, because: "block length \(block.length) is below \(minimum); damaged")
        }
        guard block.length % 4 == 0 else {
            throw buffer.error(at: block.offset, because: "block length \(block.length) is no multiple of 4; damaged")
        }
    }

    /// Gets a whole block into memory, its two lengths checked; false when the file ends before.
    private func get(_ block: Block, atLeast minimum: Int, _ buffer: inout BlockBuffer) throws(CaptureError) -> Bool {
        try check(block, atLeast: minimum, buffer)
        guard block.length <= CaptureLimits.record + 1_024 else {
            throw buffer.error(
                at: block.offset,
                because: "block length \(block.length) is above \(CaptureLimits.record); not a capture or damaged"
            )
        }
        guard try buffer.fill(block.length) else { return false }
        try checkTrailer(buffer.unread.uint32(at: block.length - 4, bigEndian: isBigEndian), block, buffer)
        return true
    }

    /// Passes over a block of any length; false when the file ends before.
    private func pass(_ block: Block, _ buffer: inout BlockBuffer) throws(CaptureError) -> Bool {
        guard try buffer.skip(UInt64(block.length - 4)), try buffer.fill(4) else { return false }
        try checkTrailer(buffer.unread.uint32(at: 0, bigEndian: isBigEndian), block, buffer)
        buffer.advance(4)
        return true
    }

    private func checkTrailer(
        _ length: UInt32,
        _ block: Block,
        _ buffer: borrowing BlockBuffer
    ) throws(CaptureError) {
        guard Int(length) == block.length else {
            throw buffer.error(
                at: block.offset,
                because: "block lengths \(block.length) and \(length) before and after it disagree; damaged"
            )
        }
    }

    private mutating func readSection(_ buffer: inout BlockBuffer) throws(CaptureError) -> Bool {
        let offset = buffer.fileOffset
        guard try buffer.fill(16) else { return false }
        switch buffer.unread.uint32(at: 8, bigEndian: false) {
        case 0x1A2B_3C4D: isBigEndian = false
        case 0x4D3C_2B1A: isBigEndian = true
        default: throw buffer.error(because: "not a pcapng section: its byte-order magic is unknown")
        }
        let block = Block(length: Int(buffer.unread.uint32(at: 4, bigEndian: isBigEndian)), offset: offset)
        let major = buffer.unread.uint16(at: 12, bigEndian: isBigEndian)
        try check(block, atLeast: 28, buffer)
        guard major == 1 else { throw buffer.error(.unsupported, because: "pcapng version \(major); only 1.x is read") }
        interfaces.removeAll(keepingCapacity: true)
        clocks.removeAll(keepingCapacity: true)
        // The section's own length is not needed: the next section shows itself by its type.
        return try pass(block, &buffer)
    }

    /// An Enhanced Packet Block or its obsolete forerunner, which differ only before the timestamp.
    private mutating func packet(
        _ block: Block,
        interface: Int,
        _ buffer: inout BlockBuffer
    ) throws(CaptureError) -> FrameRecord? {
        let high = buffer.unread.uint32(at: 12, bigEndian: isBigEndian)
        let low = buffer.unread.uint32(at: 16, bigEndian: isBigEndian)
        let captured = Int(buffer.unread.uint32(at: 20, bigEndian: isBigEndian))
        let original = Int(buffer.unread.uint32(at: 24, bigEndian: isBigEndian))
        guard interface < clocks.count else {
            throw buffer.error(because: "a packet of interface \(interface), of which \(clocks.count) are described")
        }
        guard captured <= block.length - 32 else {
            throw buffer.error(because: "captured length \(captured) exceeds its block of \(block.length); damaged")
        }
        let clock = clocks[interface]
        lastTimestamp = clock.resolution.timestamp(ticks: UInt64(high) << 32 | UInt64(low))
        let octets = buffer.advance(28 + captured)
        buffer.advance(block.length - 28 - captured)
        return FrameRecord(
            octets: (octets.lowerBound + 28)..<octets.upperBound,
            timestamp: lastTimestamp,
            originalLength: original,
            linkType: clock.linkType,
            interface: interface,
            fileOffset: block.offset
        )
    }

    /// A Simple Packet Block, which has no time of its own: it gets the last packet's.
    private mutating func simplePacket(
        _ block: Block,
        _ buffer: inout BlockBuffer
    ) throws(CaptureError) -> FrameRecord? {
        let original = Int(buffer.unread.uint32(at: 8, bigEndian: isBigEndian))
        guard let clock = clocks.first else {
            throw buffer.error(because: "a packet before the first interface description")
        }
        var captured = min(original, block.length - 16)
        if clock.snapLength > 0 { captured = min(captured, clock.snapLength) }
        let octets = buffer.advance(12 + captured)
        buffer.advance(block.length - 12 - captured)
        return FrameRecord(
            octets: (octets.lowerBound + 12)..<octets.upperBound,
            timestamp: lastTimestamp,
            originalLength: original,
            linkType: clock.linkType,
            interface: 0,
            fileOffset: block.offset
        )
    }

    private mutating func readInterface(_ block: Block, _ buffer: inout BlockBuffer) throws(CaptureError) {
        guard interfaces.count < CaptureLimits.interfaces else {
            throw buffer.error(because: "more than \(CaptureLimits.interfaces) interfaces in a section")
        }
        let linkType = LinkType(rawValue: UInt32(buffer.unread.uint16(at: 8, bigEndian: isBigEndian)))
        let snapLength = Int(buffer.unread.uint32(at: 12, bigEndian: isBigEndian))
        var name: String?
        var resolution: UInt8 = 6
        var offsetSeconds: Int64 = 0
        var position = 16
        let end = block.length - 4
        while end - position >= 4 {
            let code = buffer.unread.uint16(at: position, bigEndian: isBigEndian)
            let length = Int(buffer.unread.uint16(at: position + 2, bigEndian: isBigEndian))
            if code == 0 { break }
            position += 4
            guard length <= end - position else {
                throw buffer.error(
                    at: block.offset + UInt64(position - 4),
                    because: "option \(code) of length \(length) runs past its block; damaged"
                )
            }
            switch (code, length) {
            case (2, 1...): name = text(buffer.unread, position, min(length, CaptureLimits.name))
            case (9, 1...): resolution = buffer.unread[position]
            case (14, 8...):
                offsetSeconds = Int64(bitPattern: buffer.unread.uint64(at: position, bigEndian: isBigEndian))
            default: break
            }
            position += (length + 3) & ~3
        }
        interfaces.append(CaptureInterface(name: name, linkType: linkType))
        clocks.append(
            Clock(
                linkType: linkType,
                snapLength: snapLength,
                resolution: TimestampResolution(octet: resolution, offsetSeconds: offsetSeconds)
            )
        )
    }

    private func text(_ octets: Span<UInt8>, _ start: Int, _ count: Int) -> String {
        var units: [UInt8] = []
        for index in start..<(start + count) where octets[index] != 0 { units.append(octets[index]) }
        return String(decoding: units, as: UTF8.self)
    }

    private mutating func readSecrets(_ block: Block, _ buffer: inout BlockBuffer) throws(CaptureError) {
        let length = Int(buffer.unread.uint32(at: 12, bigEndian: isBigEndian))
        guard length <= block.length - 20 else {
            throw buffer.error(because: "secrets of length \(length) exceed their block of \(block.length); damaged")
        }
        guard secrets.count < CaptureLimits.secretsBlocks, length <= CaptureLimits.secrets - secretsOctets else {
            secretsLeftOut += 1
            return
        }
        secretsOctets += length
        let view = buffer.unread.extracting(16..<(16 + length))
        var octets: [UInt8] = []
        octets.reserveCapacity(length)
        for index in view.indices { octets.append(view[index]) }
        secrets.append(
            CaptureSecrets(type: buffer.unread.uint32(at: 8, bigEndian: isBigEndian), octets: octets)
        )
    }
}
