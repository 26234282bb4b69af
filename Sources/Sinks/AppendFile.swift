import Glibc

/// A file descriptor to which whole lines are appended.
///
/// Foundation's `FileHandle` hides how much of a failed write reached the file; here that is known, so that half a line
/// can be taken back from a regular file. One of the places that may say `unsafe`: each is a call into the C library
/// with a pointer that outlives the call.
struct AppendFile: ~Copyable {
    let path: String
    let descriptor: Int32
    /// Whether the file's last line had no end when it was opened.
    let hadCutLine: Bool
    private let owned: Bool
    private let isRegular: Bool

    /// Opens a file for appending, making it with mode 0640 where it does not exist.
    ///
    /// A last line without an end, which a kill in the middle of a write leaves, is ended: the next begins a line.
    init(path: String) throws(SinkError) {
        // unsafe: the path's C string lives for the call.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0o640)
        guard descriptor >= 0 else {
            let code = errno
            throw .cannotOpen(
                path: path,
                reason: AppendFile.text(code),
                isPermission: code == EACCES || code == EPERM || code == EROFS
            )
        }
        self.init(path: path, descriptor: descriptor, owned: true, hadCutLine: AppendFile.endLine(path, descriptor))
    }

    /// Standard output, which is not closed at the end.
    init(standardOutput: Void) {
        self.init(path: "standard output", descriptor: STDOUT_FILENO, owned: false)
    }

    /// A descriptor that others opened; closed at the end where `owned`.
    init(path: String, descriptor: Int32, owned: Bool, hadCutLine: Bool = false) {
        self.path = path
        self.hadCutLine = hadCutLine
        self.descriptor = descriptor
        self.owned = owned
        var status = stat()
        // unsafe: fstat fills the local structure.
        isRegular = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    deinit {
        if owned { close(descriptor) }
    }

    /// The file that now has this one's name; nil for what was not opened by a name.
    func reopened() throws(SinkError) -> AppendFile? {
        owned ? try AppendFile(path: path) : nil
    }

    /// Ends a regular file's last line if it has no end; returns whether it had none.
    private static func endLine(_ path: String, _ descriptor: Int32) -> Bool {
        var status = stat()
        // unsafe: fstat fills the local structure.
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
            return false
        }
        // A log may be writable and not readable; then it is taken as it is.
        // unsafe: the path's C string lives for the call.
        let reader = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard reader >= 0 else { return false }
        defer { close(reader) }
        var last = UInt8(ascii: "\n")
        // unsafe: one octet is read into, and one written from, a local variable.
        guard unsafe pread(reader, &last, 1, status.st_size - 1) == 1, last != UInt8(ascii: "\n") else { return false }
        var end = UInt8(ascii: "\n")
        return unsafe write(descriptor, &end, 1) == 1
    }

    /// Writes all of `octets`, which end with a line feed, or takes back the line that was cut.
    ///
    /// - Returns: how many octets, from the first, now stand in the file as whole lines: all of them unless `error` is set.
    func append(_ octets: Span<UInt8>) -> (written: Int, error: SinkError?) {
        var done = 0
        while done < octets.count {
            let rest = octets.extracting(done..<octets.count)
            // unsafe: the span is borrowed for the call, its address and length belong together.
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                done += count
                continue
            }
            let code = count == 0 ? EIO : errno
            if code == EINTR { continue }
            if code == EAGAIN || code == EWOULDBLOCK {
                waitUntilWritable()
                continue
            }
            let whole = wholeLines(octets, before: done)
            let takenBack = done == whole || takeBack(done - whole)
            // Standard output that the caller closed is a reader that is gone, too.
            if code == EPIPE || code == EBADF && descriptor == STDOUT_FILENO { return (whole, .closedOutput) }
            let reason = AppendFile.text(code) + (takenBack ? "" : ", and the last line is cut")
            return (whole, .writeFailed(path: path, reason: reason))
        }
        return (done, nil)
    }

    private func wholeLines(_ octets: Span<UInt8>, before end: Int) -> Int {
        var index = end
        while index > 0, octets[index - 1] != UInt8(ascii: "\n") { index -= 1 }
        return index
    }

    /// Shortens a regular file by the octets of a line that was cut, if they are its last.
    private func takeBack(_ octets: Int) -> Bool {
        guard isRegular else { return false }
        // The position after a write is where it ended, also of a descriptor that appends. It has to go back too: the
        // shell's `>` does not append, and the next write would leave a hole.
        let position = lseek(descriptor, 0, SEEK_CUR)
        let end = lseek(descriptor, 0, SEEK_END)
        guard position == end, end >= off_t(octets) else { return false }
        let whole = end - off_t(octets)
        return ftruncate(descriptor, whole) == 0 && lseek(descriptor, whole, SEEK_SET) == whole
    }

    private func waitUntilWritable() {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // unsafe: poll reads and fills one local structure.
        _ = unsafe poll(&request, 1, 1_000)
    }

    private static func text(_ code: Int32) -> String {
        // unsafe: strerror's text is copied before anything else can be called; errors are reported by one thread a sink.
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
}
