import Foundation

/// Keeps the numbers of standard input, output and error taken.
///
/// One that the caller closed would be given to the next file that is opened, which would then receive what is meant
/// for the caller: an event counter, or a log, taking records as if it were standard output.
enum StandardDescriptors {
    /// What stands in for those that are closed: nothing to read, and writing is an error.
    private static let substitutes: [FileHandle] = (STDIN_FILENO...STDERR_FILENO).compactMap { descriptor in
        // Opened in ascending order, each takes the lowest number that is free: its own.
        fcntl(descriptor, F_GETFD) == -1 ? FileHandle(forReadingAtPath: "/dev/null") : nil
    }

    /// Takes the numbers; to be called before anything is opened.
    static func hold() { _ = substitutes }
}
