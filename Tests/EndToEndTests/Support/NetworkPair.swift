import Foundation
import Glibc
import Testing

/// Two network namespaces joined by a veth pair, with a web server in the one and room for clients in the other.
///
/// Everything made is removed with the value: the programs by their process, the interfaces with their namespaces.
final class NetworkPair {
    /// Why no such pair can be made here; nil where it can.
    static let obstacle: String? = {
        if geteuid() != 0 { return "needs root" }
        sweep()
        let missing = ["/sbin/ip", "/usr/bin/curl", "/usr/sbin/nginx"].filter {
            !FileManager.default.isExecutableFile(atPath: $0)
        }
        if !missing.isEmpty { return "needs \(missing.joined(separator: ", ")), which `make test` installs" }
        guard let tried = try? NetworkPair.command("ip", ["netns", "add", "weir-probe-\(getpid())"]), tried.status == 0
        else {
            return "needs to make network namespaces, which this system refuses"
        }
        _ = try? NetworkPair.command("ip", ["netns", "del", "weir-probe-\(getpid())"])
        return nil
    }()

    /// The client's interface.
    let interface: String
    let serverAddress = "10.99.7.2"
    private let client: String
    private let server: String
    private let peer: String
    private let folder: TemporaryFolder
    private let certificate: Certificate?
    private var nginx: Program?

    /// Makes the pair; `speaksTLS` adds a server of TLS 1.2 and 1.3 with HTTP/2 on port 443.
    init(speaksTLS: Bool = false) throws {
        let mark = "\(getpid())-\(UInt16.random(in: 0 ... .max))"
        client = "weir-c\(mark)"
        server = "weir-s\(mark)"
        interface = "wc\(UInt32.random(in: 0...0xFF_FFFF))"
        folder = try TemporaryFolder()
        certificate = speaksTLS ? try Certificate(in: folder) : nil
        peer = "ws\(interface.dropFirst(2))"
        do {
            try NetworkPair.ip("netns", "add", client)
            try NetworkPair.ip("netns", "add", server)
            // Without IPv6 nothing passes but what the test sends and ARP: the counters can be held against each other.
            for space in [client, server] {
                try NetworkPair.ip("netns", "exec", space, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1")
                try NetworkPair.ip("netns", "exec", space, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
                try NetworkPair.ip("-n", space, "link", "set", "lo", "up")
            }
            try makeInterface()
            try startServer()
        } catch {
            remove()
            throw error
        }
    }

    deinit { remove() }

    /// Makes the pair of interfaces, at first and again after `removeInterface`.
    func makeInterface() throws {
        let pair = ["-n", client, "link", "add", interface, "type", "veth", "peer", "name", peer, "netns", server]
        let made = try NetworkPair.command("ip", pair)
        guard made.status == 0 else { throw Refused(command: pair, diagnostics: made.diagnostics) }
        try NetworkPair.ip("-n", client, "address", "add", "10.99.7.1/24", "dev", interface)
        try NetworkPair.ip("-n", server, "address", "add", "10.99.7.2/24", "dev", peer)
        try NetworkPair.ip("-n", server, "link", "set", peer, "up")
        try setInterface(isUp: true)
    }

    /// Takes the pair of interfaces away.
    func removeInterface() throws { try NetworkPair.ip("-n", client, "link", "del", interface) }

    /// Sets the client's interface up or down.
    func setInterface(isUp: Bool) throws {
        try NetworkPair.ip("-n", client, "link", "set", interface, isUp ? "up" : "down")
    }

    /// Starts a program in the client's namespace.
    func start(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws -> Program {
        let command = ["netns", "exec", client, executable] + arguments
        return try Program(NetworkPair.tool("ip"), command, environment: environment)
    }

    /// Starts a program in the server's namespace.
    func startBeyond(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String] = [:]
    ) throws -> Program {
        let command = ["netns", "exec", server, executable] + arguments
        return try Program(NetworkPair.tool("ip"), command, environment: environment)
    }

    /// Sends a capture's frames out of the client's interface by `tcpreplay`.
    func startReplay(_ capture: String, _ options: [String]) throws -> Program {
        try start(NetworkPair.tool("tcpreplay"), ["-q", "-K", "-i", interface] + options + [capture])
    }

    /// Why captures cannot be replayed here; nil where they can.
    static let replayObstacle =
        obstacle
        ?? (FileManager.default.isExecutableFile(atPath: tool("tcpreplay"))
            ? nil : "needs tcpreplay, which `make test` installs")

    /// Starts `weir run` on the client's interface and waits until it captures; `wrapper` is a command that runs it.
    func startWeir(_ arguments: [String], wrapper: [String] = []) throws -> Program {
        let command = wrapper + [try Weir.binary(), "run", "-i", interface] + arguments
        let weir = try start(command[0], Array(command.dropFirst()))
        let isCapturing = poll(seconds: 15) { () -> Bool? in
            guard weir.isRunning else { return false }
            // A packet socket that is bound and running; the process itself says so too.
            let sockets = (try? String(contentsOfFile: "/proc/\(weir.identifier)/net/packet", encoding: .utf8)) ?? ""
            let running = sockets.split(separator: "\n").dropFirst().contains { line in
                let columns = line.split(separator: " ")
                return columns.count > 5 && columns[5] == "1"
            }
            return running && weir.diagnostics.contains(interface) ? true : nil
        }
        try #require(isCapturing == true, "weir does not capture: \(weir.diagnostics)")
        return weir
    }

    /// Starts a POST of a file's content to a path of api.openai.com, which is the server here.
    func startPost(_ file: String, options: [String] = []) throws -> Program {
        try start(
            "/usr/bin/curl",
            [
                "-sS", "--max-time", "60", "--resolve", "api.openai.com:80:\(serverAddress)", "-H", "Expect:",
                "-H", "Content-Type: application/json", "--data-binary", "@\(file)",
            ] + options + ["http://api.openai.com/v1/chat/completions"]
        )
    }

    /// Starts a POST over TLS of a file's content to a path of `host`, which is the server here.
    func startSecurePost(
        _ file: String,
        host: String = "api.openai.com",
        options: [String] = [],
        environment: [String: String] = [:]
    ) throws -> Program {
        let always = [
            "-sS", "--max-time", "30", "-H", "Expect:", "-H", "Content-Type: application/json", "--data-binary",
            "@\(file)",
        ]
        let url = "https://\(host)/v1/chat/completions"
        return try start("/usr/bin/curl", always + options + [url], environment: environment)
    }

    /// Options of curl that lead it to the server here, whoever certifies that.
    func directly(_ host: String) -> [String] { ["-k", "--resolve", "\(host):443:\(serverAddress)"] }

    /// Packets that the interface has sent and received, by its own counters.
    func packets() throws -> Int {
        let counters = try counters()
        return try #require(counters["rx"]["packets"].integer) + #require(counters["tx"]["packets"].integer)
    }

    /// Octets of those packets, at least and at most: of what it received a kernel may or may not count the link's header.
    func octets() throws -> ClosedRange<Int> {
        let counters = try counters()
        let least = try #require(counters["rx"]["bytes"].integer) + #require(counters["tx"]["bytes"].integer)
        return least...(least + 14 * (try #require(counters["rx"]["packets"].integer)))
    }

    private func counters() throws -> JSON {
        let outcome = try NetworkPair.command("ip", ["-n", client, "-s", "-j", "link", "show", "dev", interface])
        return try JSON(line: outcome.output)[0]["stats64"]
    }

    /// A server that reads a request's whole body before it answers.
    private func startServer() throws {
        let configuration = """
            user root;
            worker_processes 1;
            pid \(folder.file("nginx.pid"));
            error_log stderr;
            events { worker_connections 64; }
            http {
                access_log off;
                client_max_body_size 0;
                client_body_temp_path \(folder.file("body"));
                proxy_temp_path \(folder.file("proxy"));
                fastcgi_temp_path \(folder.file("fastcgi"));
                uwsgi_temp_path \(folder.file("uwsgi"));
                scgi_temp_path \(folder.file("scgi"));
                server { listen \(serverAddress):80; location / { proxy_pass http://127.0.0.1:8080; } }
                \(certificate?.server(at: "\(serverAddress):443") ?? "")
                server {
                    listen 127.0.0.1:8080;
                    default_type application/json;
                    location / { return 200 '{"object":"chat.completion"}'; }
                }
            }
            """
        let path = try folder.write(configuration, to: "nginx.conf")
        let program = try Program(
            NetworkPair.tool("ip"),
            ["netns", "exec", server, "/usr/sbin/nginx", "-p", folder.path, "-c", path, "-g", "daemon off;"]
        )
        nginx = program
        let answers = try poll(seconds: 10) { () -> Bool? in
            guard program.isRunning else { return false }
            let url = "http://\(serverAddress)/"
            return try start("/usr/bin/curl", ["-s", "-o", "/dev/null", url]).wait(seconds: 5).status == 0 ? true : nil
        }
        try #require(answers == true, "nginx does not answer: \(program.diagnostics)")
    }

    private func remove() {
        if let nginx {
            // The master ends its workers; killed, it would leave them.
            nginx.send(SIGTERM)
            _ = try? nginx.wait(seconds: 5)
        }
        for space in [client, server] { _ = try? NetworkPair.command("ip", ["netns", "del", space]) }
    }

    /// Removes what a test run left behind that did not live to clean up: namespaces bear the process's number.
    private static func sweep() {
        let listed = (try? command("ip", ["netns", "list"]))?.lines ?? []
        for name in listed.compactMap({ $0.split(separator: " ").first.map(String.init) }) {
            guard let owner = name.wholeMatch(of: /weir-[cs](\d+)-\d+/).flatMap({ Int32($0.1) }), kill(owner, 0) != 0
            else {
                continue
            }
            for process in (try? command("ip", ["netns", "pids", name]))?.lines.compactMap({ Int32($0) }) ?? [] {
                _ = kill(process, SIGKILL)
            }
            _ = try? command("ip", ["netns", "del", name])
        }
    }

    private static func tool(_ name: String) -> String {
        ["/sbin/", "/usr/sbin/", "/bin/", "/usr/bin/"].map { $0 + name }
            .first { FileManager.default.isExecutableFile(atPath: $0) } ?? name
    }

    @discardableResult
    private static func ip(_ arguments: String...) throws -> Program.Outcome {
        let outcome = try command("ip", arguments)
        guard outcome.status == 0 else { throw Refused(command: arguments, diagnostics: outcome.diagnostics) }
        return outcome
    }

    private static func command(_ name: String, _ arguments: [String]) throws -> Program.Outcome {
        try Program(tool(name), arguments).wait(seconds: 10)
    }

    struct Refused: Error, CustomStringConvertible {
        let command: [String]
        let diagnostics: String
        var description: String { "ip \(command.joined(separator: " ")): \(diagnostics)" }
    }
}
