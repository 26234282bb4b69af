internal import Glibc

/// A stream socket of the `AF_UNIX` family: one that listens, or one end of a connection.
@safe
struct LocalSocket: ~Copyable, Sendable {
    /// The open descriptor.
    let descriptor: Int32

    /// The most octets that a socket's path can have.
    static let maximumPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// What a read brought.
    enum Received: Equatable {
        /// So many octets.
        case octets(Int)
        /// Nothing yet.
        case nothing
        /// The other side sends no more, or is gone.
        case end
    }

    /// Who is at the other end.
    struct Peer: Equatable {
        let user: UInt32
        /// The primary group and the supplementary ones.
        let groups: [UInt32]
    }

    deinit { close(descriptor) }

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    private init() throws(LocalSocketError) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw LocalSocketError(errno) }
        self.descriptor = descriptor
    }

    // MARK: The side that listens

    /// Listens at a path, where only the owner may connect until `open` says otherwise.
    static func listening(at path: String) throws(LocalSocketError) -> LocalSocket {
        let socket = try LocalSocket()
        let descriptor = socket.descriptor
        // A socket's own mode becomes that of its file, so that at no moment anybody else may connect.
        guard fchmod(descriptor, 0o600) == 0 else { throw LocalSocketError(errno) }
        guard try unsafe call(path, { unsafe bind(descriptor, $0, $1) }) == 0 else { throw LocalSocketError(errno) }
        // SAFETY: the path's C string lives for the call.
        guard Glibc.listen(descriptor, 16) == 0, unsafe chmod(path, 0o600) == 0 else {
            throw LocalSocketError(errno)
        }
        socket.setNonblocking()
        return socket
    }

    /// Lets others than the owner connect.
    static func open(_ path: String, group: UInt32?, mode: UInt32) throws(LocalSocketError) {
        // SAFETY: the path's C string lives for each call.
        if let group, unsafe chown(path, UInt32.max, group) != 0 { throw LocalSocketError(errno) }
        guard unsafe chmod(path, mode) == 0 else { throw LocalSocketError(errno) }
    }

    /// Whether a socket's file is at a path.
    static func isSocket(_ path: String) -> Bool {
        var status = stat()
        // SAFETY: lstat fills the local structure; the path's C string lives for the call.
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Removes the file at a path.
    static func remove(_ path: String) {
        // SAFETY: the path's C string lives for the call.
        _ = unsafe unlink(path)
    }

    /// The next connection that waits to be taken; nil when none does.
    func accept() -> LocalSocket? {
        let taken = Glibc.accept(descriptor, nil, nil)
        guard taken >= 0 else { return nil }
        let connection = LocalSocket(taken)
        _ = fcntl(taken, F_SETFD, FD_CLOEXEC)
        connection.setNonblocking()
        return connection
    }

    /// Who connected, as the kernel says; nil when it does not.
    var peer: Peer? {
        // struct ucred: process, user, group.
        var credentials: [UInt32] = [0, UInt32.max, UInt32.max]
        guard option(SO_PEERCRED, &credentials) == 3, credentials[1] != UInt32.max else { return nil }
        var groups = [UInt32](repeating: 0, count: 1_024)
        let count = option(SO_PEERGROUPS, &groups)
        return Peer(user: credentials[1], groups: [credentials[2]] + groups.prefix(count))
    }

    // MARK: The side that connects

    /// Connects to whoever listens at a path; reads and writes give up after so many seconds.
    static func connected(to path: String, seconds: Int) throws(LocalSocketError) -> LocalSocket {
        let socket = try LocalSocket()
        let descriptor = socket.descriptor
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        for name in [SO_RCVTIMEO, SO_SNDTIMEO] {
            // SAFETY: the structure lives for the call, which is told its size.
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, name, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard try unsafe call(path, { unsafe connect(descriptor, $0, $1) }) == 0 else { throw LocalSocketError(errno) }
        return socket
    }

    /// Says that no more will be sent.
    func endSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    // MARK: Both

    /// Reads into `buffer`, at most as many octets as it holds.
    func receive(_ buffer: inout [UInt8]) -> Received {
        // SAFETY: at most as many octets as the array holds.
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { return .octets(count) }
        guard count < 0 else { return .end }
        return errno == EAGAIN || errno == EINTR ? .nothing : .end
    }

    /// Sends all of the octets, or the first `count`; false when that failed, or would block on the side that listens.
    func send(_ octets: [UInt8], count: Int? = nil) -> Bool {
        let end = min(octets.count, count ?? octets.count)
        var sent = 0
        while sent < end {
            // SAFETY: what is sent lies within the array, which lives for the call.
            let step = unsafe octets.withUnsafeBytes { memory in
                unsafe Glibc.send(descriptor, memory.baseAddress?.advanced(by: sent), end - sent, Int32(MSG_NOSIGNAL))
            }
            if step < 0, errno == EINTR { continue }
            guard step > 0 else { return false }
            sent += step
        }
        return true
    }

    /// Reads what is there of a file or pipe, waiting until something is; nil when that failed, 0 octets at the end.
    static func read(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int? {
        while true {
            // SAFETY: at most as many octets as the array holds.
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { return nil }
        }
    }

    /// Waits until some of the descriptors can be read, up to so long; which, is told in their order.
    static func wait(for descriptors: [Int32], milliseconds: Int) -> [Bool] {
        var requests = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // SAFETY: the requests live for the call, which is told their number.
        guard unsafe poll(&requests, UInt(requests.count), Int32(clamping: milliseconds)) > 0 else {
            return descriptors.map { _ in false }
        }
        return requests.map { $0.revents != 0 }
    }

    private func setNonblocking() { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) }

    /// How many numbers an option holds.
    private func option(_ name: Int32, _ values: inout [UInt32]) -> Int {
        var length = socklen_t(values.count * MemoryLayout<UInt32>.size)
        // SAFETY: the array has room for as many octets as the call is told.
        guard unsafe getsockopt(descriptor, SOL_SOCKET, name, &values, &length) == 0 else { return 0 }
        return min(values.count, Int(length) / MemoryLayout<UInt32>.size)
    }

    /// Makes a call with the address of a path.
    private static func call(
        _ path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(LocalSocketError) -> Int32 {
        let name = Array(path.utf8)
        guard !name.isEmpty, name.count <= maximumPath, !name.contains(0) else {
            throw LocalSocketError(ENAMETOOLONG)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: the copy stays within `sun_path`, whose size was compared above.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
            for (index, octet) in name.enumerated() { unsafe target[index] = octet }
        }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        // SAFETY: the address lives for the call, which is told its size.
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }
}

/// Why a socket could not be had.
package struct LocalSocketError: Error, CustomStringConvertible, Equatable {
    /// What to make of it.
    package enum Kind: Sendable {
        /// Nobody listens there.
        case nobody
        /// Rights are missing.
        case permission
        /// The place is taken.
        case taken
        /// What was to be sent cannot be read.
        case input
        /// Something else failed.
        case other
    }

    /// What to make of it.
    package let kind: Kind
    /// The reason, for people.
    package let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    init(_ code: Int32) {
        switch code {
        case ENOENT, ECONNREFUSED, ENOTDIR:
            self.init(.nobody, code == ECONNREFUSED ? "nobody listens there" : "not there")
        case EACCES, EPERM, EROFS: self.init(.permission, "no permission")
        case EADDRINUSE: self.init(.taken, "there is something else")
        case ENAMETOOLONG: self.init(.other, "the path is longer than \(LocalSocket.maximumPath) octets")
        default: self.init(.other, "error \(code)")
        }
    }
}
