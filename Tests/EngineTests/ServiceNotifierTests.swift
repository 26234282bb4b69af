import Engine
import Foundation
import Testing

@Suite("Notifying systemd")
struct ServiceNotifierTests {
    @Test(
        "without a socket, or with a bad one, nothing happens",
        arguments: [nil, "", "relative", "/nonexistent/notify"]
    )
    func absent(path: String?) {
        let notifier = ServiceNotifier(environment: path.map { ["NOTIFY_SOCKET": $0] } ?? [:])
        notifier.ready(status: "x")
        notifier.status("y\nz")
        notifier.watchdog()
        notifier.stopping()
    }

    @Test("readiness, a status on one line, and the end arrive as datagrams")
    func datagrams() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "weir-notify-\(UUID().uuidString.prefix(8))")
            .path
        let receiver = try Process.run(
            URL(filePath: "/usr/bin/python3"),
            arguments: [
                "-c",
                """
                import socket, sys
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); s.settimeout(20)
                got = [s.recv(4096).decode() for _ in range(3)]
                sys.exit(0 if got == ['READY=1\\nSTATUS=a', 'STATUS=b c', 'STOPPING=1\\nSTATUS=Draining'] else 1)
                """, path,
            ]
        )
        defer { try? FileManager.default.removeItem(atPath: path) }
        let deadline = Date().addingTimeInterval(10)
        while !FileManager.default.fileExists(atPath: path), Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
        let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": path])
        notifier.ready(status: "a")
        notifier.status("b\nc")
        notifier.stopping()
        receiver.waitUntilExit()
        #expect(receiver.terminationStatus == 0)
    }
}
