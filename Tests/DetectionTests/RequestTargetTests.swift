import TestSupport
import Testing

@testable import Detection

@Suite("request targets (RFC 9112 § 3.2)")
struct RequestTargetTests {
    private func scanned(_ target: String) -> String {
        String(decoding: RequestTarget(target).scannedText, as: UTF8.self)
    }

    private func redacted(_ target: String) -> String { RequestTarget(target).redacted { _ in false } }

    @Test(
        "path and query are percent-decoded, the request's own credential left out",
        arguments: [
            ("/v1/models", "/v1/models"), ("/v1/a%20b%2Fc?x=1+2%2B3&y=%zz%4", "/v1/a b/c?x=1 2+3&y=%zz%4"),
            (
                "/v1beta/models/g:generateContent?key=AIzaSecret&alt=sse",
                "/v1beta/models/g:generateContent?key=&alt=sse"
            ),
            ("https://user:pw@api.example/v1?q=x", "/v1?q=x"), ("http://api.example?q", "?q"), ("*", "*"),
            ("api.example:443", "api.example:443"), ("/a?%6Bey=secret", "/a?key="), ("/a#x?key=1", "/a"), ("", ""),
            ("/a//b/?&&", "/a//b/?&&"),
        ]
    )
    func scan(target: String, expected: String) {
        #expect(scanned(target) == expected)
    }

    @Test(
        "Gemini's and Bedrock's paths name the model",
        arguments: [
            ("/v1beta/models/gemini-3-pro:generateContent?key=k", "gemini-3-pro"),
            ("/v1/projects/p/locations/l/publishers/google/models/g-1:streamGenerateContent?alt=sse", "g-1"),
            ("/model/anthropic.claude-v4%3A0/converse-stream", "anthropic.claude-v4:0"), ("/model/m/invoke", "m"),
            ("/v1/models/gpt-5", nil), ("/model/m/download", nil), ("/models/:x", nil), ("/models/a%20b:c", nil),
            ("/v1/messages?models/a:b", nil),
        ] as [(String, String?)]
    )
    func model(target: String, name: String?) {
        #expect(RequestTarget(target).model == name)
    }

    @Test(
        "a target in a record shows no secret",
        arguments: [
            ("/v1/chat/completions", "/v1/chat/completions"),
            (
                "/v1beta/models/g:generateContent?key=AIzaSecret&alt=sse",
                "/v1beta/models/g:generateContent?key=***&alt=sse"
            ),
            (
                "/x?API_Key=1&access_token=2&X-Amz-Signature=3&sig=4&q=5",
                "/x?API_Key=***&access_token=***&X-Amz-Signature=***&sig=***&q=5"
            ),
            ("https://user:pw@api.example/v1?q=x", "https://***@api.example/v1?q=x"),
            ("/x?%6b%65%79=secret", "/x?%6b%65%79=***"), ("/x?key=", "/x?key="),
            ("/x?api-version=2024-02-01", "/x?api-version=2024-02-01"),
        ]
    )
    func redact(target: String, expected: String) {
        #expect(redacted(target) == expected)
    }

    @Test("a component in which something was found is left out")
    func secretComponent() {
        let target = RequestTarget("/bot/AKIAIOSFODNN7EXAMPLE/send?text=hello&note=AKIA")
        let found = target.redacted { target.decoded(target.components[$0]).starts(with: Array("AKIA".utf8)) }
        #expect(found == "/bot/***/send?text=hello&note=***")
    }

    @Test("a target of thousands of pieces is taken apart within bounds")
    func bounded() {
        let many = String(repeating: "/a", count: 20_000) + "?" + String(repeating: "k=v&", count: 20_000)
        let target = RequestTarget(many)
        #expect(target.components.count <= 2 * (RequestTarget.maximumComponents + 1))
        #expect(target.redacted { _ in false }.utf8.count <= many.utf8.count)
    }

    @Test("damage of any kind does not trap")
    func torture() {
        let text = Array("https://u:p@h.example/a%20b/c?key=s%zz&x=1+2&y#f".utf8)
        let run = { (octets: [UInt8]) in
            let target = RequestTarget(String(decoding: octets, as: UTF8.self))
            _ = target.scannedText
            _ = target.redacted { $0 % 2 == 0 }
        }
        Torture.everything(of: text) { chunks in run(chunks.flatMap { $0 }) }
    }
}
