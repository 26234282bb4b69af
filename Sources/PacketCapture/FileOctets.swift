/// What is still to come of a file, or of nothing.
struct FileOctets: ~Copyable {
    private let file: FileDescriptor?
    private var remaining: UInt64

    /// Nothing.
    init() {
        file = nil
        remaining = 0
    }

    /// An open file, at most `limit` octets of it.
    init(_ file: consuming FileDescriptor, limit: UInt64) {
        self.file = consume file
        remaining = limit
    }

    /// Reads what is there, at most up to the end of `buffer`, and puts it at `start`; 0 at the end.
    ///
    /// - Throws: `.inputOutput`, `.cannotOpen` for a folder.
    mutating func read(into buffer: inout [UInt8], at start: Int, source: String) throws(CaptureError) -> Int {
        let read = try file?.read(into: &buffer, at: start, source: source) ?? 0
        let usable = Int(min(UInt64(read), remaining))
        remaining -= UInt64(usable)
        return usable
    }
}
