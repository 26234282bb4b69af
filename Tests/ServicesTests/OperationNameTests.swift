import Testing

@testable import Services

@Suite("Names of operations")
struct OperationNameTests {
    @Test(
        "an entry's path gives its last one or two words",
        arguments: [
            ("/v1/messages", "messages"), ("/v1/chat/completions", "chat/completions"),
            ("/openai/deployments/*/chat/completions", "chat/completions"),
            ("/v1beta/models/*:generateContent", "generateContent"),
            ("**:streamGenerateContent", "streamGenerateContent"), ("/api/chat", "chat"), ("/api/eval/**", "eval"),
            ("/v1internal:*", nil), ("/xai_api.Chat/GetCompletion", "GetCompletion"), ("/", nil), ("/**", nil),
            ("/v1/uploads/*/parts", "parts"), ("/v1/conversations/*", "conversations"), ("/v1", nil),
        ] as [(String, String?)]
    )
    func patterns(path: String, expected: String?) {
        #expect(OperationName.of(pattern: path) == expected)
    }

    @Test(
        "a request's own path gives its last word, and no identifier",
        arguments: [
            ("/v1/fine-tunes", "fine-tunes"), ("/a/b:countTokens", "countTokens"), ("/x/file-8xQ2", nil),
            ("/s/zAZezfDKGoZuXXKe", nil), ("/s/0123", nil), ("/", nil), ("", nil), ("/favicon.ico", nil),
            ("/streamChat", "streamChat"), ("/" + String(repeating: "a", count: 41), nil),
        ] as [(String, String?)]
    )
    func paths(path: String, expected: String?) {
        #expect(OperationName.of(path: Array(path.utf8)) == expected)
    }
}
