import Foundation

/// Ends the program with a line where a file has become shorter under its mapping, as an index does that is written over.
///
/// What was cut off cannot be read, and no later read would be right: the kernel sends SIGBUS, whose own end says nothing.
/// A service manager starts the daemon again, which then says what is wrong with the file.
enum MappedFileFault {
    /// Has the end be told; to be called before anything is mapped.
    static func watch() {
        signal(SIGBUS) { _ in
            let line: StaticString =
                "weir: an index was cut short while in use; replace indexes by renaming (mv), never by writing over them\n"
            // The text is constant, and both calls may be made in a handler of signals (signal-safety(7)).
            _ = unsafe write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
            _exit(ExitStatus.inputOutput.rawValue)
        }
    }
}
