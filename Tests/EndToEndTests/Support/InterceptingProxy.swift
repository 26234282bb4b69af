import Foundation
import Glibc
import Testing

/// mitmproxy on the server's side, which opens its clients' TLS and writes the secrets to a key log.
final class InterceptingProxy {
    private static let folder = Fixtures.checkout.appending(path: ".build-tools/python/bin")
    /// A Python that has the SDKs.
    static let python = folder.appending(path: "python").path
    private static let program = folder.appending(path: "mitmdump").path

    /// Why there is no such proxy here; nil where there is.
    static let obstacle =
        NetworkPair.secureObstacle
        ?? (FileManager.default.isExecutableFile(atPath: program)
            ? nil : "needs mitmproxy in .build-tools/python, which `make test` installs")

    /// The secrets of both sides' connections.
    let keyLog: String
    /// The certificate that clients must trust.
    let authority: String
    let url: String
    private let mitmproxy: Program

    init(_ network: NetworkPair, in folder: TemporaryFolder) throws {
        keyLog = folder.file("proxy.keys")
        authority = folder.file("mitmproxy/mitmproxy-ca-cert.pem")
        url = "http://\(network.serverAddress):8081"
        // All names lead to the one server that there is.
        let addon = """
            def server_connect(data):
                data.server.address = ("\(network.serverAddress)", 443)
            """
        let options = [
            "-q", "-s", try folder.write(addon, to: "addon.py"), "--set", "confdir=\(folder.file("mitmproxy"))",
            "--set", "ssl_insecure=true", "--listen-host", network.serverAddress, "--listen-port", "8081",
        ]
        let environment = ["MITMPROXY_SSLKEYLOGFILE": keyLog]
        let program = try network.startBeyond(InterceptingProxy.program, options, environment: environment)
        mitmproxy = program
        let url = url
        let answers = try poll(seconds: 20) { () -> Bool? in
            guard program.isRunning else { return false }
            let asked = try network.start("/usr/bin/curl", ["-s", "-o", "/dev/null", url]).wait(seconds: 5)
            return asked.status == 0 ? true : nil
        }
        try #require(answers == true, "mitmproxy does not answer: \(program.diagnostics)")
    }

    /// Ends the proxy.
    func stop() {
        mitmproxy.send(SIGTERM)
        _ = try? mitmproxy.wait(seconds: 5)
    }
}

extension NetworkPair {
    /// Why servers of TLS cannot be had here; nil where they can.
    static let secureObstacle =
        obstacle
        ?? (FileManager.default.isExecutableFile(atPath: Certificate.tool)
            ? nil : "needs \(Certificate.tool), which `make test` installs")
}
