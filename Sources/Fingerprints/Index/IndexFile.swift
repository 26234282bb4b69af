internal import Glibc

/// An index file mapped into memory, read only, for as long as this value lives.
///
/// An index is an immutable generation: it is replaced by renaming, never changed, so a mapping stays whole. It is a
/// multiple of 64 octets long and read as 64-bit words, least significant octet first, on machines of that order.
@safe
struct IndexFile: ~Copyable, Sendable {
    /// The mapping's address as a number, since a pointer may not be shared between threads and this may: the octets
    /// never change.
    private let address: UInt
    /// The file's length.
    let octets: Int

    /// Maps the file at `path`, which has `least` octets or more.
    ///
    /// - Throws: `IndexError` when it cannot be opened, or its length is no index's.
    init(path: String, least: Int = IndexFormat.headerWords * 8) throws(IndexError) {
        let name = path.utf8.map { CChar(bitPattern: $0) } + [0]
        // The name is zero-terminated and outlives the call.
        let file = unsafe open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw FileTree.failure(Array(path.utf8), "read") }
        defer { close(file) }
        var status = stat()
        // `status` is ours and of the size the call expects.
        guard unsafe fstat(file, &status) == 0 else { throw FileTree.failure(Array(path.utf8), "look") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .damaged(path: path, offset: 0, reason: "not a regular file")
        }
        let length = Int(status.st_size)
        guard length >= least else {
            throw .damaged(path: path, offset: length, reason: "ends within the header, \(length) octets in all")
        }
        // A new private mapping of a length above zero; the kernel chooses where.
        let mapping = unsafe mmap(nil, length, PROT_READ, MAP_PRIVATE, file, 0)
        guard let start = unsafe mapping, unsafe start != MAP_FAILED else {
            throw FileTree.failure(Array(path.utf8), "map")
        }
        // Look-ups go anywhere: reading ahead around each would read a hundred times what is asked. Advice may fail freely.
        unsafe madvise(start, length, MADV_RANDOM)
        address = UInt(bitPattern: start)
        octets = length
    }

    deinit {
        // The mapping was made by `init` with this length and nothing else unmaps it.
        _ = unsafe munmap(UnsafeMutableRawPointer(bitPattern: address), octets)
    }

    /// Gives `body` the whole words of the file.
    ///
    /// A file whose length is no multiple of eight loses its last octets here; `IndexLayout` refuses it.
    @inline(__always)
    func withWords<Result>(_ body: (Span<UInt64>) -> Result) -> Result {
        // The mapping holds `octets` octets, begins on a page and stays until `deinit`; `self` is borrowed meanwhile.
        let start = unsafe UnsafePointer<UInt64>(bitPattern: address)
        let words = unsafe UnsafeBufferPointer(start: start, count: octets / 8)
        return unsafe body(Span(_unsafeElements: words))
    }
}
