import Payloads
import Testing

@testable import Detection

@Suite("a request's own credential")
struct RequestCredentialTests {
    private func credential(_ headers: [(String, String)], target: String = "/v1/messages") -> String? {
        let headers = headers.map { RequestHeader($0.0, $0.1) }
        return RequestDescription(method: "POST", target: target, headers: headers).credential?.value
    }

    @Test(
        "it is found wherever services take it",
        arguments: [
            (["Authorization": "Bearer sk-proj-x"], "sk-proj-x"), (["AUTHORIZATION": "Basic dTpw"], "dTpw"),
            (["authorization": "sk-bare"], "sk-bare"), (["X-Api-Key": "sk-ant-x"], "sk-ant-x"),
            (["api-key": "azure"], "azure"),
            (["x-goog-api-key": "AIza"], "AIza"), (["Proxy-Authorization": "Basic cHJveHk="], "cHJveHk="),
            (["Sec-WebSocket-Protocol": "realtime, openai-insecure-api-key.sk-ws, openai-beta.realtime-v1"], "sk-ws"),
            (["Cookie": "theme=dark; sessionKey=sk-ant-sid01; x=y"], "sk-ant-sid01"), (["Cookie": "theme=dark"], nil),
            (["Authorization": ""], nil), (["Authorization": "   "], nil), ([:], nil),
        ] as [([String: String], String?)]
    )
    func found(headers: [String: String], expected: String?) {
        #expect(credential(headers.map { ($0.key, $0.value) }) == expected)
    }

    @Test("what authenticates to the service goes before what authenticates to a proxy")
    func order() {
        let headers = [("Proxy-Authorization", "Basic p"), ("Cookie", "session=c"), ("x-api-key", "k")]
        #expect(credential(headers) == "k")
        #expect(credential(Array(headers.prefix(2)), target: "/v1?key=q") == "q")
        #expect(credential(Array(headers.prefix(2))) == "p")
    }

    @Test("it does not print itself")
    func quiet() {
        let credential = RequestCredential(value: "sk-ant-secret")
        #expect(!"\(credential) \(String(reflecting: credential))".contains("secret"))
    }

    @Test("header text to be scanned leaves out every field that authenticates")
    func excluded() {
        let names = ["Authorization", "Proxy-Authorization", "x-api-key", "API-Key", "x-goog-api-key", "Cookie"]
        let headers = names.map { RequestHeader($0, "SECRET") } + [RequestHeader("X-Note", "shown")]
        let request = RequestDescription(method: "POST", target: "/", headers: headers)
        #expect(String(decoding: request.scannedHeaders, as: UTF8.self) == "X-Note: shown\n")
    }

    @Test("codings come from all fields, transfer codings off first")
    func codings() {
        let headers = [
            RequestHeader("Content-Encoding", "gzip, Identity"), RequestHeader("content-encoding", "BR"),
            RequestHeader("Transfer-Encoding", "deflate, chunked"), RequestHeader("Content-Type", "application/json"),
        ]
        let head = RequestDescription(method: "POST", target: "/v1/messages", headers: headers).messageHead
        #expect(head.contentEncoding == ["gzip", "br", "deflate"])
        #expect(head.chunked)
        #expect(head.contentType == "application/json")
        #expect(head.format == .anthropicMessages)
    }
}
