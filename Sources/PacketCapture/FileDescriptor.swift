import Glibc

/// An open file, its descriptor closed when the value goes: the only place of this room that calls the kernel on files.
///
/// Standard input is borrowed, not closed. The `unsafe` calls lend memory of a live Swift array or string to one system
/// call each, with its true length, and keep no pointer.
@safe struct FileDescriptor: ~Copyable {
    private let number: Int32
    private let isOwned: Bool

    /// Opens a file for reading; `-` is standard input.
    ///
    /// - Throws: `.cannotOpen`, `.permission`.
    init(reading path: String) throws(CaptureError) {
        if path == "-" {
            number = STDIN_FILENO
            isOwned = false
            return
        }
        number = unsafe open(path, O_RDONLY | O_CLOEXEC)
        isOwned = true
        guard number >= 0 else { throw FileDescriptor.error(errno, source: path) }
    }

    /// Opens a file without waiting for a writer, as a folder's entries are looked at; nil unless it is a regular file.
    init?(probing path: String) {
        number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        isOwned = true
        guard number >= 0, FileDescriptor.isRegular(number) else { return nil }
    }

    /// Makes or empties a file for writing.
    ///
    /// - Throws: `.cannotOpen`, `.permission`.
    init(writing path: String) throws(CaptureError) {
        number = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        isOwned = true
        guard number >= 0 else { throw FileDescriptor.error(errno, source: path) }
    }

    deinit {
        if isOwned, number >= 0 { _ = close(number) }
    }

    /// Reads what is there, at most up to the end of `buffer`, and puts it at `start`; 0 at the end of the file.
    ///
    /// - Throws: `.inputOutput`, `.cannotOpen` for a folder.
    func read(into buffer: inout [UInt8], at start: Int, source: String) throws(CaptureError) -> Int {
        guard start >= 0, start < buffer.count else { return 0 }
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { memory in
                unsafe Glibc.read(number, memory.baseAddress?.advanced(by: start), memory.count - start)
            }
            if count >= 0 { return count }
            let code = errno
            switch code {
            case EINTR: continue
            case EAGAIN:
                var request = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
                _ = unsafe poll(&request, 1, -1)
            default: throw FileDescriptor.error(code, source: source, whileOpening: code == EISDIR)
            }
        }
    }

    /// Writes all octets.
    ///
    /// - Throws: `.inputOutput`.
    func write(_ octets: [UInt8], source: String) throws(CaptureError) {
        var written = 0
        while written < octets.count {
            let count = unsafe octets.withUnsafeBytes { memory in
                unsafe Glibc.write(number, memory.baseAddress?.advanced(by: written), memory.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw FileDescriptor.error(errno, source: source, whileOpening: false)
            }
        }
    }

    /// Whether the path names a folder; false when it names nothing.
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a folder, without `.` and `..`, in the byte order of the names.
    ///
    /// - Throws: `.cannotOpen`, `.permission`.
    static func names(inFolder path: String) throws(CaptureError) -> [String] {
        guard let folder = unsafe opendir(path) else { throw error(errno, source: path) }
        defer { _ = unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            // The name ends in NUL within the record, whose length the kernel gave.
            let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let name = unsafe String(
                cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            )
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Which file this is and how long; nil unless it is a regular one.
    var identity: CaptureIdentity? {
        var status = stat()
        guard unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return CaptureIdentity(
            device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino),
            octets: UInt64(clamping: status.st_size)
        )
    }

    private static func isRegular(_ number: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(number, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private static func error(_ code: Int32, source: String, whileOpening: Bool = true) -> CaptureError {
        let kind: CaptureError.Kind =
            switch code {
            case EACCES, EPERM: .permission
            default: whileOpening ? .cannotOpen : .inputOutput
            }
        // The text is copied at once; glibc's strerror never returns nil.
        let text = unsafe String(cString: strerror(code))
        return CaptureError(kind, source: source, reason: text.prefix(1).lowercased() + text.dropFirst())
    }
}
