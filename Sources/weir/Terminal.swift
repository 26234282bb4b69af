import Foundation
import Sinks

/// Standard error: one line a message, and a progress line where somebody watches.
enum Terminal {
    /// Whether a person reads standard error.
    static let isInteractive = isatty(STDERR_FILENO) == 1

    /// Writes one line for a person; control characters of strangers are neutralised.
    static func tell(_ message: String) {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        write("weir: \(PlainText.neutralised(line, limit: 2_000))\n")
    }

    /// Writes text; where standard error is closed or full, it is lost and the command goes on.
    ///
    /// Not by `FileHandle`, which traps when a write fails: a daemon must outlive the reader of its messages.
    private static func write(_ text: String) {
        var sink = JSONLinesSink(descriptor: STDERR_FILENO, name: "standard error", buffered: false)
        try? sink.write(line: Array(text.utf8))
    }

    /// A line that overwrites itself, shown only on a terminal.
    struct Progress {
        private let isShown: Bool
        private var last = ContinuousClock.now
        private var isOnScreen = false

        init(wanted: Bool) {
            isShown = wanted && Terminal.isInteractive
        }

        /// Shows `text` if the last showing is long enough ago.
        mutating func show(_ text: @autoclosure () -> String) {
            guard isShown, ContinuousClock.now - last > .milliseconds(200) else { return }
            last = .now
            isOnScreen = true
            Terminal.write("\r\u{1B}[K\(text())")
        }

        /// Removes the line.
        mutating func clear() {
            guard isOnScreen else { return }
            isOnScreen = false
            Terminal.write("\r\u{1B}[K")
        }
    }
}
