internal import Glibc

/// The file system as this room needs it: what lies where, its octets, and files written whole or not at all.
///
/// Paths are octets, for a file's name need not be UTF-8. Every call into the C library of this room but the mapping of
/// an index is here; each `unsafe` passes a zero-terminated array or a buffer of stated size that outlives the call.
enum FileTree {
    /// What a path names.
    enum Kind {
        case file, folder, link, other
    }

    /// The part of a file's status that matters here.
    struct Status {
        /// What it is.
        var kind: Kind
        /// Length in octets; 0 or meaningless for what is no file.
        var octets: Int
        /// The permission bits.
        var permissions: UInt32
    }

    /// The status of `path`.
    static func status(of path: String, followingLinks: Bool) throws(IndexError) -> Status {
        try status(of: Array(path.utf8), followingLinks: followingLinks)
    }

    /// The status of `path`.
    static func status(of path: [UInt8], followingLinks: Bool) throws(IndexError) -> Status {
        let name = terminated(path)
        var buffer = stat()
        let result = unsafe followingLinks ? stat(name, &buffer) : lstat(name, &buffer)
        guard result == 0 else { throw failure(path, "look") }
        let kind: Kind =
            switch buffer.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        return Status(kind: kind, octets: Int(buffer.st_size), permissions: buffer.st_mode & 0o7777)
    }

    /// The names in a folder, `.` and `..` left out, in no order.
    static func names(in path: [UInt8]) throws(IndexError) -> [[UInt8]] {
        guard let folder = unsafe opendir(terminated(path)) else { throw failure(path, "list") }
        defer { unsafe closedir(folder) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(folder) else { break }
            // The name is an array of fixed size in the entry, which stays valid until the next `readdir`.
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe Array(bytes.prefix { $0 != 0 })
            }
            if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
        }
        guard errno == 0 else { throw failure(path, "list") }
        return names
    }

    /// The first `limit` octets of a file.
    static func read(_ path: String, limit: Int) throws(IndexError) -> [UInt8] {
        try read(Array(path.utf8), limit: limit)
    }

    /// The first `limit` octets of a file; a link is not followed when `followingLinks` is false.
    static func read(_ path: [UInt8], limit: Int, followingLinks: Bool = true) throws(IndexError) -> [UInt8] {
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW)
        let file = unsafe open(terminated(path), flags)
        guard file >= 0 else { throw failure(path, "read") }
        defer { close(file) }
        var contents: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while contents.count < limit {
            let count = unsafe block.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path, "read") }
            guard count > 0 else { break }
            contents.append(contentsOf: block[..<min(count, limit - contents.count)])
        }
        return contents
    }

    /// The path with links, `.` and `..` resolved.
    static func resolved(_ path: [UInt8]) throws(IndexError) -> [UInt8] {
        guard let name = unsafe realpath(terminated(path), nil) else { throw failure(path, "look") }
        defer { unsafe free(name) }
        // `realpath` returns a zero-terminated string that is ours to free.
        return unsafe Array(UnsafeBufferPointer(start: name, count: strlen(name))).map { UInt8(bitPattern: $0) }
    }

    /// Whether `path` names a folder.
    static func isFolder(_ path: String) -> Bool {
        (try? status(of: path, followingLinks: true))?.kind == .folder
    }

    /// Writes a file that must not exist yet.
    static func writeNew(_ octets: [UInt8], to path: String, permissions: UInt32) throws(IndexError) {
        try writeNew(octets, to: Array(path.utf8), permissions: permissions)
    }

    /// Writes a file that must not exist yet.
    static func writeNew(_ octets: [UInt8], to path: [UInt8], permissions: UInt32) throws(IndexError) {
        let file = unsafe open(terminated(path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
        guard file >= 0 else { throw failure(path, "write") }
        defer { close(file) }
        do throws(IndexError) {
            try write(octets, to: file, path: path)
            guard fsync(file) == 0 else { throw failure(path, "write") }
        } catch {
            remove(path)
            throw error
        }
    }

    /// Removes a file, if it is there.
    static func remove(_ path: String) { remove(Array(path.utf8)) }

    private static func remove(_ path: [UInt8]) {
        _ = unsafe unlink(terminated(path))
    }

    /// What the system says of an `errno`.
    static func message(of code: Int32) -> String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }

    /// The error that `errno` stands for.
    static func failure(_ path: [UInt8], _ action: String) -> IndexError {
        let code = errno
        let name = String(decoding: path, as: UTF8.self)
        switch code {
        // What is to be written need not be there: its folder is missing, which is a failure of output.
        case ENOENT, ENOTDIR:
            return action == "write" ? .inputOutput(path: name, action: action, code: code) : .noInput(path: name)
        case EACCES, EPERM, EROFS: return .noPermission(path: name)
        default: return .inputOutput(path: name, action: action, code: code)
        }
    }

    fileprivate static func terminated(_ path: [UInt8]) -> [CChar] {
        path.map { CChar(bitPattern: $0) } + [0]
    }

    /// Writes octets at `offset`; where the file stands if there is none.
    fileprivate static func write(
        _ octets: [UInt8],
        to file: Int32,
        path: [UInt8],
        at offset: Int? = nil
    ) throws(IndexError) {
        var done = 0
        while done < octets.count {
            let count = unsafe octets.withUnsafeBytes { bytes in
                let start = unsafe bytes.baseAddress.map { unsafe $0 + done }
                guard let offset else { return unsafe Glibc.write(file, start, bytes.count - done) }
                return unsafe pwrite(file, start, bytes.count - done, offset + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path, "write") }
            done += count
        }
    }
}

extension FileTree {
    /// Writes words at `offset`.
    fileprivate static func write(_ words: [UInt64], to file: Int32, at offset: Int, path: String) throws(IndexError) {
        var done = 0
        let total = words.count * 8
        while done < total {
            let count = unsafe words.withUnsafeBytes { bytes in
                unsafe pwrite(file, bytes.baseAddress.map { unsafe $0 + done }, total - done, offset + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(Array(path.utf8), "write") }
            done += count
        }
    }

    /// Reads `count` words at `offset`, all of which must be there.
    fileprivate static func read(
        _ words: inout [UInt64],
        count: Int,
        from file: Int32,
        at offset: Int,
        path: String
    ) throws(IndexError) {
        if words.count != count { words = [UInt64](repeating: 0, count: count) }
        var done = 0
        while done < count * 8 {
            let read = unsafe words.withUnsafeMutableBytes { bytes in
                unsafe pread(file, bytes.baseAddress.map { unsafe $0 + done }, count * 8 - done, offset + done)
            }
            if read < 0, errno == EINTR { continue }
            guard read > 0 else { throw failure(Array(path.utf8), "read") }
            done += read
        }
    }

    /// Lets the thread sleep.
    static func pause(microseconds: UInt32) { usleep(microseconds) }

    /// The processors that this machine has.
    static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

/// A file without a name, mode 0600, for what does not fit into memory: gone when this value goes, or the program.
struct SpillFile: ~Copyable {
    private static let bufferSize = 1 << 16

    private let file: Int32
    private let path: String
    private var buffer: [UInt8] = []
    private var written = 0

    /// The number of octets appended.
    var octets: Int { written + buffer.count }

    /// Makes a file in the folder of `path`.
    init(beside path: String) throws(IndexError) {
        let suffix = (0..<8).map { _ in UInt8.random(in: 0x61...0x7A) }
        let temporary = path + ".spill-" + String(decoding: suffix, as: UTF8.self)
        let name = FileTree.terminated(Array(temporary.utf8))
        let handle = unsafe open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard handle >= 0 else { throw FileTree.failure(Array(path.utf8), "write") }
        FileTree.remove(temporary)
        file = handle
        self.path = path
    }

    deinit { close(file) }

    /// Appends octets.
    mutating func append(_ octets: [UInt8]) throws(IndexError) {
        buffer.append(contentsOf: octets)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Appends words, least significant octet first.
    mutating func append(_ words: [UInt64]) throws(IndexError) {
        if words.count * 8 < Self.bufferSize {
            for word in words {
                for shift in stride(from: UInt64(0), to: 64, by: 8) {
                    buffer.append(UInt8(truncatingIfNeeded: word &>> shift))
                }
            }
            if buffer.count >= Self.bufferSize { try flush() }
        } else {
            try flush()
            try FileTree.write(words, to: file, at: written, path: path)
            written += words.count * 8
        }
    }

    /// Writes out what is held back.
    mutating func flush() throws(IndexError) {
        guard !buffer.isEmpty else { return }
        try FileTree.write(buffer, to: file, path: Array(path.utf8), at: written)
        written += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }

    /// Reads words that have been written out.
    func read(_ words: inout [UInt64], count: Int, at offset: Int) throws(IndexError) {
        try FileTree.read(&words, count: count, from: file, at: offset, path: path)
    }

    /// Writes all of it to `target` at `offset`, as far as whole words go with zeros behind the last octet.
    mutating func copy(to target: borrowing AtomicFile, at offset: Int) throws(IndexError) {
        let missing = (8 - octets % 8) % 8
        buffer.append(contentsOf: [UInt8](repeating: 0, count: missing))
        try flush()
        var words: [UInt64] = []
        for place in stride(from: 0, to: written, by: Self.bufferSize) {
            try read(&words, count: min(Self.bufferSize, written - place) / 8, at: place)
            try target.write(words, at: offset + place)
        }
    }
}

/// A file that appears whole, by renaming, or not at all.
struct AtomicFile: ~Copyable {
    private let file: Int32
    private let path: String
    private let temporaryPath: String

    /// Makes a file beside `path`, which is replaced only by `commit`.
    ///
    /// - Throws: `IndexError` when the folder cannot be written, or `path` is something other than a file.
    init(path: String) throws(IndexError) {
        var octets = Array(path.utf8)
        if let status = try? FileTree.status(of: octets, followingLinks: true) {
            guard status.kind == .file else {
                throw .inputOutput(path: path, action: "replace what is no file", code: EEXIST)
            }
            octets = try FileTree.resolved(octets)
        }
        let suffix = (0..<6).map { _ in UInt8.random(in: 0x61...0x7A) }
        let target = String(decoding: octets, as: UTF8.self)
        let temporary = target + ".part-" + String(decoding: suffix, as: UTF8.self)
        let name = FileTree.terminated(Array(temporary.utf8))
        let handle = unsafe open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard handle >= 0 else { throw FileTree.failure(Array(path.utf8), "write") }
        file = handle
        self.path = target
        temporaryPath = temporary
    }

    deinit {
        close(file)
        FileTree.remove(temporaryPath)
    }

    /// Appends `octets`.
    func write(_ octets: [UInt8]) throws(IndexError) { try FileTree.write(octets, to: file, path: Array(path.utf8)) }

    /// Writes `octets` at `offset`.
    func write(_ octets: [UInt8], at offset: Int) throws(IndexError) {
        try FileTree.write(octets, to: file, path: Array(path.utf8), at: offset)
    }

    /// Writes `words` at `offset`, least significant octet first.
    func write(_ words: [UInt64], at offset: Int) throws(IndexError) {
        try FileTree.write(words, to: file, at: offset, path: path)
    }

    /// Reads `count` words at `offset`.
    func read(_ words: inout [UInt64], count: Int, at offset: Int) throws(IndexError) {
        try FileTree.read(&words, count: count, from: file, at: offset, path: path)
    }

    /// Makes the file so long; what is not written reads as zero.
    func setLength(_ octets: Int) throws(IndexError) {
        guard ftruncate(file, octets) == 0 else { throw FileTree.failure(Array(path.utf8), "write") }
    }

    /// Puts the file in its place, safely on the disk.
    func commit() throws(IndexError) {
        guard fsync(file) == 0 else { throw FileTree.failure(Array(path.utf8), "write") }
        let from = FileTree.terminated(Array(temporaryPath.utf8))
        let target = FileTree.terminated(Array(path.utf8))
        guard unsafe rename(from, target) == 0 else { throw FileTree.failure(Array(path.utf8), "write") }
    }
}
