/// A file's octets, a mebibyte at a time: what a format's reader looks at before it passes over it.
///
/// The buffer grows only when it is full of octets that really came, so a length field alone allocates nothing.
struct BlockBuffer: ~Copyable {
    /// The name by which errors call the file.
    let name: String
    /// Where the first unread octet lies in the file.
    private(set) var fileOffset: UInt64 = 0
    private var storage: [UInt8]
    private var start = 0
    private var end = 0
    private let file: FileDescriptor?
    private var isAtEnd = false
    /// Octets of the file that may still be read.
    private var remaining: UInt64

    /// Reads an open file, at most `limit` octets of it.
    init(_ file: consuming FileDescriptor, name: String, limit: UInt64 = .max, blockSize: Int = 1 << 20) {
        self.name = name
        remaining = limit
        self.file = consume file
        storage = [UInt8](repeating: 0, count: blockSize)
    }

    /// Reads octets that are in memory already.
    init(_ octets: [UInt8], name: String) {
        self.name = name
        file = nil
        remaining = 0
        storage = octets
        end = octets.count
        isAtEnd = true
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

    /// An error of this file.
    func error(
        _ kind: CaptureError.Kind = .malformed,
        at offset: UInt64? = nil,
        because reason: String
    ) -> CaptureError {
        CaptureError(kind, source: name, offset: offset ?? fileOffset, reason: reason)
    }

    @inline(never)
    private mutating func fillSlowly(_ count: Int) throws(CaptureError) -> Bool {
        moveToFront()
        while available < count, !isAtEnd {
            if end == storage.count {
                storage.append(contentsOf: repeatElement(0, count: min(storage.count, count - storage.count)))
            }
            let read = try file?.read(into: &storage, at: end, source: name) ?? 0
            let usable = Int(min(UInt64(read), remaining))
            if usable == 0 { isAtEnd = true }
            end += usable
            remaining -= UInt64(usable)
        }
        return available >= count
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
