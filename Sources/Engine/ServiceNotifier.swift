internal import Foundation

/// Tells systemd how the service is: the `sd_notify` protocol, without its library.
package struct ServiceNotifier: Sendable {
    private let socketPath: String?

    /// Reads where to notify from `NOTIFY_SOCKET`; without it nothing is sent.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        socketPath = environment["NOTIFY_SOCKET"]
    }

    /// Capturing has begun.
    package func ready(status: String) { send("READY=1\nSTATUS=\(line(status))") }

    /// One line for `systemctl status`.
    package func status(_ text: String) { send("STATUS=\(line(text))") }

    /// Every thread makes progress.
    package func watchdog() { send("WATCHDOG=1") }

    /// The service is draining and will end.
    package func stopping() { send("STOPPING=1\nSTATUS=Draining") }

    private func send(_ text: String) {
        guard let socketPath else { return }
        _ = DatagramSocket.send(text, to: socketPath)
    }

    private func line(_ text: String) -> String { text.split(whereSeparator: \.isNewline).joined(separator: " ") }
}
