/// Why a record could not be written.
package enum SinkError: Error, Equatable, Sendable {
    /// The reader of a pipe or socket is gone (`EPIPE`), or the output was never open (`EBADF`). A command ends quietly with status 74.
    case closedOutput
    /// The file could not be opened: its path and what the system said.
    case cannotOpen(path: String, reason: String, isPermission: Bool)
    /// A write failed: the path and what the system said. What was there before stayed whole.
    case writeFailed(path: String, reason: String)
}

extension SinkError: CustomStringConvertible {
    /// One line that names the file and what would be right.
    package var description: String {
        switch self {
        case .closedOutput: "the output was closed by its reader"
        case .cannotOpen(let path, let reason, _): "\(path): cannot be opened for appending: \(reason)"
        case .writeFailed(let path, let reason): "\(path): \(reason); records are being lost"
        }
    }
}
