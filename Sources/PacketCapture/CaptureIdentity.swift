/// Which file a path names and how long it was when that was asked.
///
/// Several readers of one capture compare it, so that all of them read the same octets though the file is replaced or
/// grows meanwhile.
package struct CaptureIdentity: Hashable, Sendable {
    /// The device that holds the file.
    let device: UInt64
    /// The file's number there.
    let inode: UInt64
    /// The file's length.
    let octets: UInt64

    /// Whether both are the same file, whatever its length.
    func isSame(as other: CaptureIdentity) -> Bool { device == other.device && inode == other.inode }

    /// The identity of a regular file that can be opened; nil for all else, which only one reader can read.
    package static func of(_ path: String) -> CaptureIdentity? {
        path == "-" ? nil : FileDescriptor(probing: path)?.identity
    }
}
