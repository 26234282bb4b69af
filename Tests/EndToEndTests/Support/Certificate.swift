/// A certificate that nobody vouches for, and its key, made anew for each server.
struct Certificate {
    private let path: String
    private let key: String

    init(in folder: TemporaryFolder) throws {
        path = folder.file("server.pem")
        key = folder.file("server.key")
        let arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            "/CN=weir.test", "-days", "2", "-keyout", key, "-out", path,
        ]
        let outcome = try Program(Certificate.tool, arguments).wait(seconds: 10)
        guard outcome.status == 0 else { throw Refused(description: outcome.diagnostics) }
    }

    static let tool = "/usr/bin/openssl"

    /// A server of nginx that hands its requests to the one in clear.
    func server(at address: String) -> String {
        """
        server {
            listen \(address) ssl http2;
            ssl_certificate \(path);
            ssl_certificate_key \(key);
            ssl_protocols TLSv1.2 TLSv1.3;
            location / { proxy_pass http://127.0.0.1:8080; }
        }
        """
    }

    struct Refused: Error, CustomStringConvertible {
        let description: String
    }
}
