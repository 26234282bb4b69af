package import Wire

/// Writes a pcap file, little-endian, for benchmarks and tests.
package struct PcapWriter: ~Copyable {
    private let file: FileDescriptor
    private let path: String
    private let isNanosecond: Bool
    private var pending: [UInt8] = []

    /// Makes or empties the file and starts it.
    ///
    /// - Throws: `.cannotOpen`, `.permission`.
    package init(
        path: String,
        linkType: LinkType = .ethernet,
        nanoseconds: Bool = true
    ) throws(CaptureError) {
        file = try FileDescriptor(writing: path)
        self.path = path
        isNanosecond = nanoseconds
        pending.reserveCapacity(2 << 20)
        append(nanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4)
        append(0x0004_0002)
        append(0)
        append(0)
        append(262_144)
        append(linkType.rawValue)
    }

    /// Adds a frame, copied; `originalLength` counts where the octets were cut.
    ///
    /// - Throws: `.inputOutput`.
    package mutating func write(
        _ octets: Span<UInt8>,
        at timestamp: Timestamp,
        originalLength: Int? = nil
    ) throws(CaptureError) {
        let nanoseconds = UInt64(max(timestamp.nanoseconds, 0))
        let fraction = nanoseconds % 1_000_000_000
        append(UInt32(truncatingIfNeeded: nanoseconds / 1_000_000_000))
        append(UInt32(truncatingIfNeeded: isNanosecond ? fraction : fraction / 1_000))
        append(UInt32(truncatingIfNeeded: octets.count))
        append(UInt32(truncatingIfNeeded: max(originalLength ?? 0, octets.count)))
        for index in octets.indices { pending.append(octets[index]) }
        if pending.count >= 1 << 20 { try flush() }
    }

    /// Puts everything written so far into the file: to be called at the end.
    ///
    /// - Throws: `.inputOutput`.
    package mutating func flush() throws(CaptureError) {
        try file.write(pending, source: path)
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ value: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            pending.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
