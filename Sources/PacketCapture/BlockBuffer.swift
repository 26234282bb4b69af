/// A file's octets, a block at a time: what a format's reader looks at before it passes over it.
///
/// Of a compressed file it holds what comes out, as much at a time, however much that would be in all.
/// The buffer grows only when it is full of octets that really came, so a length field alone allocates nothing.
struct BlockBuffer: ~Copyable {
    /// Octets of a block: a share of a processor's own cache, and no more, so that what looks at the octets finds them
    /// there and its tables are not driven out.
    static let block = 256 << 10

    /// The name by which errors call the file.
    let name: String
    /// Where the first unread octet lies in the file, or in what comes out of a compressed one.
    private(set) var fileOffset: UInt64 = 0
    private var storage: [UInt8]
    private var start = 0
    private var end = 0
    private var file: FileOctets
    private var decompressor: Decompressor?
    private var isAtEnd = false
    /// What is wrong with a compressed file that has ended without the end of its coding; nil for any other.
    private(set) var cutShort: CaptureError?

    /// Reads an open file, at most `limit` octets of it.
    init(_ file: consuming FileDescriptor, name: String, limit: UInt64 = .max, blockSize: Int = block) {
        self.name = name
        self.file = FileOctets(file, limit: limit)
        storage = [UInt8](repeating: 0, count: blockSize)
    }

    /// Reads octets that are in memory already.
    init(_ octets: [UInt8], name: String) {
        self.name = name
        file = FileOctets()
        storage = octets
        end = octets.count
        isAtEnd = true
    }

    private init(_ decompressor: consuming Decompressor, name: String, blockSize: Int) {
        self.name = name
        file = FileOctets()
        storage = [UInt8](repeating: 0, count: blockSize)
        self.decompressor = consume decompressor
    }

    /// Takes a buffer of compressed octets, none of them passed over, for one of what comes out of them.
    consuming func decompressed(_ coding: CaptureCoding, blockSize: Int = block) -> BlockBuffer {
        let (name, coded, unread) = (name, storage, start..<end)
        return BlockBuffer(Decompressor(coding, coded, unread, then: file), name: name, blockSize: blockSize)
    }

    /// Octets that are in memory and not passed over.
    var available: Int { end - start }

    /// The octets that are in memory and not passed over.
    var unread: Span<UInt8> {
        @_lifetime(borrow self)
        get { storage.span.extracting(start..<end) }
    }

    /// A view of octets already passed over; they stay in place until the next `fill` or `skip`.
    @_lifetime(borrow self)
    func passed(_ range: Range<Int>) -> Span<UInt8> { storage.span.extracting(range) }

    /// Gets `count` octets into memory; false when the file ends before.
    @inline(__always)
    mutating func fill(_ count: Int) throws(CaptureError) -> Bool {
        if count <= end - start { return true }
        return try fillSlowly(count)
    }

    /// Passes over octets that are in memory and says where in memory they lie.
    @discardableResult
    mutating func advance(_ count: Int) -> Range<Int> {
        let passed = start..<(start + min(max(count, 0), end - start))
        start = passed.upperBound
        fileOffset += UInt64(passed.count)
        return passed
    }

    /// Passes over octets without keeping them; false when the file ends before.
    mutating func skip(_ count: UInt64) throws(CaptureError) -> Bool {
        var left = count
        while true {
            let step = Int(min(left, UInt64(available)))
            advance(step)
            left -= UInt64(step)
            if left == 0 { return true }
            guard try fill(1) else { return false }
        }
    }

    /// An error of this file, at an offset in it or in what comes out of it.
    func error(
        _ kind: CaptureError.Kind = .malformed,
        at offset: UInt64? = nil,
        because reason: String
    ) -> CaptureError {
        CaptureError(
            kind,
            source: name,
            offset: offset ?? fileOffset,
            isDecompressed: decompressor != nil,
            reason: reason
        )
    }

    @inline(never)
    private mutating func fillSlowly(_ count: Int) throws(CaptureError) -> Bool {
        moveToFront()
        while available < count, !isAtEnd {
            if end == storage.count {
                storage.append(contentsOf: repeatElement(0, count: min(storage.count, count - storage.count)))
            }
            let read = try readMore()
            if read == 0 {
                isAtEnd = true
                cutShort = decompressor?.cutShort(source: name)
            }
            end += read
        }
        if available < count, let failure = decompressor?.failure(source: name) { throw failure }
        return available >= count
    }

    private mutating func readMore() throws(CaptureError) -> Int {
        guard decompressor != nil else { return try file.read(into: &storage, at: end, source: name) }
        return try decompressor?.read(into: &storage, at: end, source: name) ?? 0
    }

    private mutating func moveToFront() {
        guard start > 0 else { return }
        if !isAtEnd {
            for index in start..<end { storage[index - start] = storage[index] }
            end -= start
            start = 0
        }
    }
}
