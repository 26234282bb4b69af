/// Tells from the first octets of a body whether it has the coding that it is said to have.
///
/// Clients mislabel: a proxy undoes a coding and leaves the label, a library writes zlib where gzip is said. What can be read
/// is read.
enum CodingProbe {
    /// What a body is.
    enum Verdict: Equatable {
        case coded(ContentCoding)
        /// Not coded at all.
        case plain
        /// Neither what was said nor anything that can be read.
        case unreadable
    }

    /// Looks at the first octets; nil when more are needed, never nil when `isWhole` or a full window is given.
    ///
    /// An answer given for some octets is given for every longer beginning too.
    static func verdict(_ octets: Span<UInt8>, said: ContentCoding, isWhole: Bool) -> Verdict? {
        let isEnough = isWhole || octets.count >= PayloadSniff.window
        switch said {
        case .gzip:
            guard let isGzip = begins(octets, gzip) else { return isEnough ? .coded(.gzip) : nil }
            if isGzip { return .coded(.gzip) }
        case .zstd:
            guard let isZstd = beginsZstd(octets) else { return isEnough ? .coded(.zstd) : nil }
            if isZstd { return .coded(.zstd) }
        case .deflate:
            // Raw deflate cannot begin like gzip: that type of block does not exist.
            guard let isGzip = begins(octets, gzip) else { return isEnough ? .coded(.deflate) : nil }
            return isGzip ? .coded(.gzip) : printable(octets, isEnough: isEnough).map { $0 ? .plain : .coded(.deflate) }
        case .br: return printable(octets, isEnough: isEnough).map { $0 ? .plain : .coded(.br) }
        case .unknown: break
        }
        return sniff(octets, isWhole: isWhole)
    }

    /// What octets are that have not the beginning which their coding demands.
    private static func sniff(_ octets: Span<UInt8>, isWhole: Bool) -> Verdict? {
        guard let verdict = PayloadSniff.verdict(octets, isWhole: isWhole) else { return nil }
        return switch verdict {
        case .gzip: .coded(.gzip)
        case .zstd: .coded(.zstd)
        case .binary: isZlib(octets) ? .coded(.deflate) : .unreadable
        case .text, .json, .utf16, .pdf, .opaque: .plain
        }
    }

    /// Whether the window holds nothing but printable characters of ASCII, or at least begins so and as JSON, which no
    /// compressed text does; nil when more octets are needed.
    private static func printable(_ octets: Span<UInt8>, isEnough: Bool) -> Bool? {
        for index in 0..<min(octets.count, PayloadSniff.window) {
            if index == jsonBeginning, PayloadSniff.json(octets.extracting(0..<jsonBeginning)) == true { return true }
            let octet = octets[index]
            guard octet >= 0x20 && octet < 0x7f || (0x09...0x0d).contains(octet) else { return false }
        }
        return isEnough ? true : nil
    }

    /// Octets that tell JSON: its text may be of any script.
    private static let jsonBeginning = 8

    private static let gzip: [UInt8] = [0x1f, 0x8b]

    /// Whether the octets begin so; nil when they may yet.
    private static func begins(_ octets: Span<UInt8>, _ magic: [UInt8]) -> Bool? {
        for index in 0..<min(octets.count, magic.count) where octets[index] != magic[index] { return false }
        return octets.count >= magic.count ? true : nil
    }

    /// Whether the octets begin a frame of zstd, be it one that is passed over; nil when they may yet.
    static func beginsZstd(_ octets: Span<UInt8>) -> Bool? {
        guard !octets.isEmpty else { return nil }
        return octets[0] & 0xf0 == 0x50
            ? begins(octets.extracting(1..<octets.count), [0x2a, 0x4d, 0x18])
            : begins(octets, [0x28, 0xb5, 0x2f, 0xfd])
    }

    /// Whether the octets begin a zlib stream without a preset dictionary (RFC 1950 § 2.2).
    private static func isZlib(_ octets: Span<UInt8>) -> Bool {
        guard octets.count >= 2 else { return false }
        return octets[0] & 0x8f == 8 && octets[1] & 0x20 == 0 && (Int(octets[0]) << 8 | Int(octets[1])) % 31 == 0
    }
}
