import Detection
import Payloads
import Testing

@Suite("checking a text")
struct TextScanTests {
    private let worker: DetectionWorker

    init() throws {
        worker = try DetectionFixture.worker()
    }

    private func scan(_ text: String) -> Finding {
        let octets = Array(text.utf8)
        return TextScan.scan(octets.span, with: worker)
    }

    @Test("a person's text is a user message")
    func plain() {
        let found = scan("please fix\n" + DetectionFixture.lines(5...40) + "\nAKIAPYCDYBK377OXTZQ6")
        #expect(found.leaks.map(\.path) == ["berth.c"])
        #expect(found.leaks.first?.segment == .user)
        #expect(found.leaks.first?.codings.steps == [])
        #expect(found.rules.first?.segment == .user)
    }

    @Test("a JSON object is a request body of the API that its keys tell")
    func body() {
        let code = DetectionFixture.quoted(DetectionFixture.code)
        let openAI = scan(#"{"model":"m","messages":[{"role":"system","content":\#(code)}]}"#)
        #expect(openAI.leaks.first?.segment == .system)
        #expect(openAI.leaks.first?.codings.steps == [.json])
        let anthropic = scan(#" {"max_tokens":1,"system":\#(code),"messages":[]} "#)
        #expect(anthropic.leaks.first?.segment == .system)
        let result = #"[{"type":"tool_result","tool_use_id":"t","content":\#(code)}]"#
        let tool = scan(#"{"system":"s","messages":[{"role":"user","content":\#(result)}]}"#)
        #expect(tool.leaks.first?.segment == .toolResult)
    }

    @Test("text that only begins like JSON is a person's text")
    func broken() {
        let found = scan("{ " + DetectionFixture.code)
        #expect(found.leaks.first?.segment == .user)
        #expect(found.leaks.first?.codings.steps == [])
    }

    @Test("a private key shows nothing of itself")
    func privateKey() {
        let lines = (0..<8).map { RequestHeadScanTests.random(64, seed: 50 + $0) }.joined(separator: "\n")
        let text = "-----BEGIN RSA PRIVATE KEY-----\n\(lines)\n-----END RSA PRIVATE KEY-----\n"
        let found = scan(text)
        #expect(found.classes == [.privateKey])
        #expect(found.rules.first?.redacted == nil)
        #expect(Severity(score: found.score(isSanctioned: true)) == .critical)
    }

    @Test(
        "an empty text and one without anything show nothing",
        arguments: ["", " ", "{}", "[]", "hello", "{\"a\":1}"]
    )
    func nothing(text: String) {
        let found = scan(text)
        #expect(found.isEmpty)
        #expect(found.classes.isEmpty)
        #expect(found.score(isSanctioned: false) == 0)
    }
}
