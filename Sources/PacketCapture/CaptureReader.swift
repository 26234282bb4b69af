/// Reads the frames of a pcap or pcapng file, told apart by content, in blocks of one mebibyte.
///
/// A file that is compressed is decompressed as it is read, told by content too: what it swells to costs time, not memory.
///
/// Files are read, not mapped, so one that shrinks meanwhile is a short file and no signal.
package struct CaptureReader: ~Copyable {
    private var buffer: BlockBuffer
    private var pcap: PcapReader
    private var pcapng: PcapngReader
    private let isPcapng: Bool
    private var isFinished = false
    private var secretsTold = 0

    /// Frames given out so far.
    package private(set) var frameCount: UInt64 = 0

    /// Opens a capture and reads its header; `-` is standard input.
    ///
    /// - Throws: `.cannotOpen`, `.permission`, `.inputOutput`, `.unsupported`, and `.malformed` for what is no capture.
    package init(path: String) throws(CaptureError) {
        try self.init(BlockBuffer(FileDescriptor(reading: path), name: path))
    }

    /// Opens a capture that was identified before, and reads the octets that it had then.
    ///
    /// - Throws: as ``init(path:)``; `.inputOutput` when the path names another file by now, or a shorter one.
    package init(path: String, identity: CaptureIdentity) throws(CaptureError) {
        let file = try FileDescriptor(reading: path)
        guard let found = file.identity, found.isSame(as: identity), found.octets >= identity.octets else {
            throw CaptureError(.inputOutput, source: path, reason: "was replaced or cut while it was being opened")
        }
        try self.init(BlockBuffer(file, name: path, limit: identity.octets))
    }

    /// Reads a capture that is in memory already; `name` is what errors call it.
    ///
    /// - Throws: `.unsupported`, and `.malformed` for what is no capture.
    package init(octets: [UInt8], name: String) throws(CaptureError) {
        try self.init(BlockBuffer(octets, name: name))
    }

    init(_ coded: consuming BlockBuffer) throws(CaptureError) {
        var source = try CaptureReader.decompressed(coded)
        let isLongEnough = try source.fill(4)
        let magic = isLongEnough ? source.unread.uint32(at: 0, bigEndian: false) : 0
        guard magic == PcapngReader.sectionHeader || PcapReader.isMagic(magic) else {
            throw CaptureReader.unknown(magic, source)
        }
        // Locals first: a noncopyable value cannot be left half made when a header throws.
        let startsSection = magic == PcapngReader.sectionHeader
        let blocks = startsSection ? try PcapngReader(&source) : PcapngReader()
        let records = startsSection ? PcapReader() : try PcapReader(&source)
        isPcapng = startsSection
        pcapng = blocks
        pcap = records
        buffer = source
    }

    /// The next frame, valid until the next call; nil at the end, and ever after an error.
    ///
    /// - Throws: `.malformed` with the offset of what is damaged, `.unsupported`, `.inputOutput`.
    @_lifetime(&self)
    package mutating func next() throws(CaptureError) -> Frame? { try next { _ in } }

    /// The same, and before it `learn` is given the decryption secrets that stand before the frame.
    @_lifetime(&self)
    package mutating func next(_ learn: (ArraySlice<CaptureSecrets>) -> Void) throws(CaptureError) -> Frame? {
        if isFinished { return nil }
        // An error ends the file: what follows a damaged length means nothing.
        isFinished = true
        let found = isPcapng ? try pcapng.next(&buffer) : try pcap.next(&buffer)
        guard let record = found else {
            if !isTruncated, let error = buffer.cutShort { throw error }
            return nil
        }
        isFinished = false
        frameCount += 1
        if pcapng.secrets.count > secretsTold {
            learn(pcapng.secrets[secretsTold...])
            secretsTold = pcapng.secrets.count
        }
        return Frame(
            bytes: buffer.passed(record.octets),
            timestamp: record.timestamp,
            originalLength: record.originalLength,
            linkType: record.linkType,
            interface: record.interface,
            number: frameCount,
            fileOffset: record.fileOffset
        )
    }

    /// Whether the file ended within its last packet or block, which is worth a warning; known once `next()` gave nil.
    package var isTruncated: Bool { pcap.isTruncated || pcapng.isTruncated }

    /// The decryption secrets met so far, in file order; at most 16 MiB of them are kept.
    package var secrets: [CaptureSecrets] { pcapng.secrets }

    /// How many Decryption Secrets Blocks exceeded what is kept.
    package var secretsLeftOut: Int { pcapng.secretsLeftOut }

    /// The interfaces that the current section has described so far; one without a name for pcap.
    package var interfaces: [CaptureInterface] {
        isPcapng ? pcapng.interfaces : [CaptureInterface(name: nil, linkType: pcap.linkType)]
    }

    /// Whether the path names a regular file that begins as a capture does, compressed or not; false when it cannot be
    /// read.
    package static func isCapture(_ path: String) -> Bool {
        guard let file = FileDescriptor(probing: path) else { return false }
        do throws(CaptureError) {
            var buffer = try decompressed(BlockBuffer(file, name: path, blockSize: 4_096), blockSize: 4_096)
            return try isCapture(&buffer)
        } catch {
            return false
        }
    }

    private static func isCapture(_ buffer: inout BlockBuffer) throws(CaptureError) -> Bool {
        guard try buffer.fill(4) else { return false }
        let magic = buffer.unread.uint32(at: 0, bigEndian: false)
        guard magic == PcapngReader.sectionHeader else { return PcapReader.isMagic(magic) }
        guard try buffer.fill(12) else { return false }
        let order = buffer.unread.uint32(at: 8, bigEndian: false)
        return order == 0x1A2B_3C4D || order == 0x4D3C_2B1A
    }

    /// The octets of a file, or what comes out of them where it is compressed.
    private static func decompressed(
        _ source: consuming BlockBuffer,
        blockSize: Int = BlockBuffer.block
    ) throws(CaptureError) -> BlockBuffer {
        guard try source.fill(4), let coding = CaptureCoding(magic: source.unread.uint32(at: 0, bigEndian: false))
        else {
            return source
        }
        return source.decompressed(coding, blockSize: blockSize)
    }

    private static func unknown(_ magic: UInt32, _ buffer: borrowing BlockBuffer) -> CaptureError {
        if let error = buffer.cutShort { return error }
        if buffer.available == 0 { return buffer.error(because: "empty; not a pcap or pcapng capture") }
        if let inner = CaptureCoding(magic: magic) {
            return buffer.error(
                .unsupported,
                because: "compressed twice, within it with \(inner.name); undo one of them"
            )
        }
        return buffer.error(because: "not a pcap or pcapng capture")
    }
}
