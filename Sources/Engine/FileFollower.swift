internal import Glibc

/// Waits for files to change, by `inotify(7)`.
///
/// A file is watched itself, for what is written to it, and so is its folder, for files that come, go and take the file's
/// name; of a folder that does not exist yet, the nearest one above that does. What changed is not told: whoever waits
/// looks anew.
@safe
struct FileFollower: ~Copyable {
    private let descriptor: Int32

    /// Folders above a file that are tried at most.
    private static let deepest = 64
    private static let content = UInt32(IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF)
    private static let folder = UInt32(
        IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF
    )

    /// Watches nothing yet; where the system has no inotify to give, nothing can be watched.
    init() {
        descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Watches what has to be watched to see the file at `path` change, as it stands now; to be called again after each
    /// change, which costs little for what is watched already.
    ///
    /// - Returns: Whether all of that can be watched.
    func watch(_ path: String) -> Bool {
        guard descriptor >= 0 else { return false }
        guard add(path, Self.content) || errno == ENOENT || errno == ENOTDIR else { return false }
        var folder = path[...]
        for _ in 0..<Self.deepest {
            folder = Self.folder(of: folder)
            if add(String(folder), Self.folder) { return true }
            guard errno == ENOENT || errno == ENOTDIR, folder != "/", folder != "." else { return false }
        }
        return false
    }

    /// Waits until something changed, up to so long; changes since the last time count.
    ///
    /// - Returns: Whether anything did.
    func wait(milliseconds: Int) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // SAFETY: one request that lives for the call.
        guard unsafe poll(&request, 1, Int32(clamping: milliseconds)) > 0 else { return false }
        var events = [UInt8](repeating: 0, count: 1 << 16)
        // SAFETY: reads at most as many octets as the array holds; what they say is not looked at.
        while unsafe read(descriptor, &events, events.count) == events.count {}
        return true
    }

    private func add(_ path: String, _ mask: UInt32) -> Bool {
        // SAFETY: the path's C string lives for the call.
        unsafe inotify_add_watch(descriptor, path, mask) >= 0
    }

    /// The folder that a path lies in, `.` for a bare name.
    private static func folder(of path: Substring) -> Substring {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : path[..<slash]
    }
}
