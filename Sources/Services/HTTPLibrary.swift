/// Products that stand first in a User-Agent and name no program: the library or runtime that a program uses.
///
/// Programs leave them there when they do not name themselves, so that what else their requests carry says more.
enum HTTPLibrary {
    /// Whether a product's name, in lower case, is a library's.
    static func isOne(_ product: String) -> Bool {
        names.contains(product) || prefixes.contains { product.hasPrefix($0) }
    }

    private static let names: Set<String> = [
        "aiohttp", "alamofire", "apache-httpclient", "axios", "bun", "cfnetwork", "cpp-httplib", "dart", "deno",
        "electron", "faraday", "fetch", "go-http-client", "got", "grequests", "guzzlehttp", "http-kit", "http.rb",
        "httpclient", "httparty", "httpx", "hyper", "isahc", "java", "java-http-client", "ky", "libcurl-agent",
        "libwww-perl", "lwp", "mozilla", "needle", "node", "node-fetch", "node.js", "okhttp", "php", "pycurl", "python",
        "reqwest", "resty", "rest-client", "ruby", "superagent", "supertest", "swift", "tornado", "typhoeus", "undici",
        "ureq", "urllib3", "urlsession", "websocket-client", "websockets", "winhttp", "ws",
    ]

    private static let prefixes = ["connect-", "grpc", "ktor", "python-httpx", "python-requests", "python-urllib"]
}
