internal import Compression

/// Undoes a capture file's compression, a block at a time.
///
/// What came out before damage is given first; `failure` tells of it when that is used up.
struct Decompressor: ~Copyable {
    /// How the file is compressed.
    let coding: CaptureCoding

    private var file: FileOctets
    private var coded: [UInt8]
    private var position: Int
    private var end: Int
    private var gzip: GzipDecoder
    private var zstd: ZstdDecoder
    private var decoded: [UInt8]
    private var mayHoldMore = false

    /// Octets decoded at a time.
    private static let piece = 64 << 10
    /// Octets of window that a zstd frame may ask for: what its own program takes unless told otherwise.
    private static let window = 128 << 20

    /// Decodes octets that were read already, then those of the rest of the file.
    init(_ coding: CaptureCoding, _ coded: [UInt8], _ unread: Range<Int>, then file: consuming FileOctets) {
        self.coding = coding
        self.coded = coded
        position = unread.lowerBound
        end = unread.upperBound
        self.file = consume file
        decoded = [UInt8](repeating: 0, count: Decompressor.piece)
        // The one that is not used takes no memory.
        gzip = GzipDecoder(.gzip)
        zstd = ZstdDecoder(maximumWindowOctets: Decompressor.window)
    }

    /// Puts decoded octets at `start`, at least one, at most up to the end of `buffer`; 0 at the end of the file, and where
    /// it is damaged.
    ///
    /// - Throws: `.inputOutput`, `.cannotOpen` for a folder.
    mutating func read(into buffer: inout [UInt8], at start: Int, source: String) throws(CaptureError) -> Int {
        guard start < buffer.count else { return 0 }
        while true {
            if case .failed = status { return 0 }
            if position == end, !mayHoldMore {
                guard try refill(source: source) else { return 0 }
            }
            let count = decode(upTo: buffer.count - start)
            for index in 0..<count { buffer[start + index] = decoded[index] }
            if count > 0 { return count }
        }
    }

    /// Decodes at most `limit` octets, and returns how many.
    private mutating func decode(upTo limit: Int) -> Int {
        // Taken out meanwhile, so that the decoder, what it reads and what it writes are apart.
        let octets = coded
        var target: [UInt8] = []
        swap(&target, &decoded)
        let size = min(limit, Decompressor.piece)
        if target.count > size { target.removeLast(target.count - size) }
        if target.count < size { target.append(contentsOf: repeatElement(0, count: size - target.count)) }
        var next = position
        let count = decode(octets.span.extracting(0..<end), &next, into: &target)
        position = next
        mayHoldMore = count == target.count
        swap(&target, &decoded)
        return count
    }

    private mutating func decode(_ input: Span<UInt8>, _ position: inout Int, into target: inout [UInt8]) -> Int {
        var room = target.mutableSpan
        return switch coding {
        case .gzip: gzip.decode(input, &position, into: &room)
        case .zstd: zstd.decode(input, &position, into: &room)
        }
    }

    private var status: DecodeStatus {
        switch coding {
        case .gzip: gzip.status
        case .zstd: zstd.status
        }
    }

    private var consumed: Int {
        switch coding {
        case .gzip: gzip.consumed
        case .zstd: zstd.consumed
        }
    }

    /// What is wrong with the coded octets; nil as long as nothing is.
    func failure(source: String) -> CaptureError? {
        guard case .failed(let error) = status else { return nil }
        return CaptureError(
            .malformed,
            source: source,
            offset: UInt64(clamping: consumed),
            reason: "\(error); \(coding.check) tells more"
        )
    }

    /// What is wrong when the file has ended before its coding has; nil when both have.
    func cutShort(source: String) -> CaptureError? {
        guard status == .needMore else { return nil }
        return CaptureError(
            .malformed,
            source: source,
            offset: UInt64(clamping: consumed),
            reason: "the file ends before its \(coding.name) data does; what is there was read"
        )
    }

    private mutating func refill(source: String) throws(CaptureError) -> Bool {
        position = 0
        end = 0
        end = try file.read(into: &coded, at: 0, source: source)
        return end > 0
    }
}
