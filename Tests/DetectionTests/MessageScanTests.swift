import Fingerprints
import Patterns
import Payloads
import Services
import TestSupport
import Testing
import Wire

@testable import Detection

@Suite("scanning a message")
struct MessageScanTests {
    private let worker: DetectionWorker

    init() throws {
        worker = try DetectionFixture.worker()
    }

    private func scan(
        _ body: [UInt8],
        target: String = "/v1/chat/completions",
        headers: [RequestHeader] = [RequestHeader("Content-Type", "application/json")],
        pieces: Int = .max
    ) -> MessageResult {
        let request = RequestDescription(method: "POST", target: target, headers: headers)
        var scan = MessageScan(worker, request: request)
        for chunk in Torture.chunks(of: body, size: max(1, min(pieces, body.count))) { scan.body(chunk.span) }
        return scan.finish(complete: true)
    }

    @Test("a message that gives more rule matches than are kept says so")
    func ruleLimit() {
        var generator = SeededGenerator(seed: 11)
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var text = ""
        for _ in 0..<5_000 {
            let key = (0..<16).map { _ in digits[Int(generator.next() % 32)] }
            text += "key = AKIA" + String(decoding: key, as: UTF8.self) + "\n"
        }
        #expect(scan(DetectionFixture.chat(text)).limitsReached == ["rule_matches"])
        #expect(scan(DetectionFixture.chat("hello")).limitsReached.isEmpty)
    }

    @Test("indexed code in a prompt is a leak with its lines, its place and what was undone")
    func leak() throws {
        let result = scan(DetectionFixture.chat("why?\n```c\n" + DetectionFixture.lines(11...40) + "\n```\n"))
        let leak = try #require(result.finding.leaks.first)
        #expect(result.finding.leaks.count == 1)
        #expect((leak.collection, leak.path, leak.totalLines) == ("engine", "berth.c", 60))
        #expect(leak.lines.contains(25))
        #expect(leak.lines.ranges.allSatisfy { $0.lowerBound >= 10 && $0.upperBound <= 41 })
        #expect(leak.matchedLines >= 24)
        #expect(leak.isVerbatim)
        #expect(leak.segment == .user)
        #expect(leak.codings.steps == [.json])
        #expect(result.model == "gpt-x")
        #expect(result.finding.classes == [.verbatimCode])
        #expect(result.ledger.inspectedOctets == result.ledger.requestOctets)
    }

    @Test("however a body is cut, the finding is the same")
    func cuts() {
        let body = DetectionFixture.chat(DetectionFixture.lines(1...30) + "\nAKIAPYCDYBK377OXTZQ6\n")
        let whole = scan(body)
        #expect(whole.finding.rules.map(\.id) == ["aws-access-token"])
        for size in [1, 2, 3, 7, 64, 1_000] {
            let cut = scan(body, pieces: size)
            #expect(cut.finding == whole.finding)
            #expect(cut.ledger == whole.ledger)
        }
    }

    @Test("a finding is there before the request ends, and is not given twice")
    func early() throws {
        let body = DetectionFixture.chat(DetectionFixture.code + DetectionFixture.code)
        let request = RequestDescription(method: "POST", target: "/v1/chat/completions", headers: [])
        var scan = MessageScan(worker, request: request)
        let none = scan.takeFinding()
        #expect(none == nil)
        let half = body[..<(body.count / 2)]
        scan.body(half.span)
        let early = scan.takeFinding()
        #expect(early?.leaks.first?.path == "berth.c")
        let again = scan.takeFinding()
        #expect(again == nil)
        scan.gap(octets: 100, reason: .gap)
        let result = scan.finish(complete: false)
        #expect(result.finding.leaks.first?.path == "berth.c")
        #expect(result.ledger.opaque(.gap) == 100)
        #expect(result.ledger.requestOctets == half.count + 100)
    }

    @Test("a role that comes after its content still tells the segment")
    func lateRole() {
        let text = DetectionFixture.quoted(DetectionFixture.lines(1...30) + " AKIAPYCDYBK377OXTZQ6")
        let body = #"{"messages":[{"content":\#(text),"role":"assistant"}],"model":"m"}"#
        let result = scan(Array(body.utf8))
        #expect(result.finding.leaks.first?.segment == .assistant)
        #expect(result.finding.rules.first?.segment == .assistant)
    }

    @Test("a compressed body is undone, and said so")
    func compressed() {
        let body = DeflateWriter.gzip(DetectionFixture.chat(DetectionFixture.code))
        let headers = [RequestHeader("Content-Encoding", "gzip"), RequestHeader("Transfer-Encoding", "chunked")]
        let leak = scan(body, headers: headers).finding.leaks.first
        #expect(leak?.codings.steps == [.chunked, .gzip, .json])
    }

    @Test("a body without structure is a file where the service takes files")
    func upload() throws {
        let host = try #require(Hostname("api.openai.com"))
        let service = try #require(worker.set.catalogue.match(host: host, method: "POST", path: "/v1/files"))
        for (service, segment) in [(service, Segment.file), (nil, .body)] {
            let request = RequestDescription(
                method: "POST",
                target: "/v1/files",
                headers: [RequestHeader("Content-Type", "text/plain")],
                service: service
            )
            var scan = MessageScan(worker, request: request)
            let body = Array(DetectionFixture.code.utf8)
            scan.body(body.span)
            let result = scan.finish(complete: true)
            #expect(result.finding.leaks.first?.segment == segment)
        }
    }

    @Test("without an index rules go on, and the generation says so")
    func withoutIndex() throws {
        let worker = try DetectionFixture.worker(hasIndex: false)
        let generation = worker.set.generation
        #expect(generation.hasPrefix("rules:"))
        #expect(!generation.contains("index"))
        #expect(self.worker.set.generation.hasPrefix(generation + " index:"))
        let body = DetectionFixture.chat(DetectionFixture.code + "AKIAPYCDYBK377OXTZQ6")
        var scan = MessageScan(worker, request: RequestDescription(method: "POST", target: "/", headers: []))
        scan.body(body.span)
        let result = scan.finish(complete: true)
        #expect(result.finding.leaks.isEmpty)
        #expect(result.finding.rules.count == 1)
    }

    @Test("a body that is damaged anywhere does not trap, and its ledger balances")
    func damage() {
        let body = Array(
            #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a\u00e9b"}]}]}"#.utf8
        )
        Torture.everyPrefix(of: body) { prefix in
            var octets: [UInt8] = []
            for index in prefix.indices { octets.append(prefix[index]) }
            let ledger = scan(octets, pieces: 5).ledger
            #expect(ledger.requestOctets == octets.count)
        }
    }
}

@Suite("what a request says of itself")
struct RequestHeadScanTests {
    private let worker: DetectionWorker

    /// Keys of the length that the services give out: 108 and 164 characters.
    static let anthropicKey = "sk-ant-api03-" + random(93, seed: 1) + "AA"
    static let openAIKey =
        "sk-proj-" + random(74, seed: 2) + "T3BlbkFJ" + random(74, seed: 3)
    static let awsKey = "AKIAPYCDYBK377OXTZQ6"

    static func random(_ count: Int, seed: UInt64) -> String {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "x" })
    }

    init() throws {
        worker = try DetectionFixture.worker(hasIndex: false)
    }

    private func scan(
        _ body: String = "{}",
        target: String = "/v1/messages",
        headers: [(String, String)] = []
    ) -> (finding: Finding, target: String, userAgent: String?, contentType: String?, model: String?) {
        let request = RequestDescription(
            method: "POST",
            target: target,
            headers: headers.map { RequestHeader($0.0, $0.1) }
        )
        var scan = MessageScan(worker, request: request)
        let octets = Array(body.utf8)
        scan.body(octets.span)
        let result = scan.finish(complete: true)
        return (result.finding, scan.safeTarget, scan.safeUserAgent, scan.safeContentType, result.model)
    }

    @Test("the keys of these tests are as long as real ones")
    func lengths() {
        #expect(RequestHeadScanTests.anthropicKey.utf8.count == 108)
        #expect(RequestHeadScanTests.openAIKey.utf8.count == 164)
    }

    @Test("the credential of a request is no hit wherever services take it", arguments: [anthropicKey, openAIKey])
    func own(key: String) {
        let heads: [[(String, String)]] = [
            [("Authorization", "Bearer \(key)")], [("authorization", key)], [("Proxy-Authorization", "Basic \(key)")],
            [("x-api-key", key)], [("X-API-KEY", key)], [("api-key", key)], [("x-goog-api-key", key)],
            [("Cookie", "sessionKey=\(key); other=\(key)")],
            [("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.\(key)")],
        ]
        for headers in heads {
            let found = scan(headers: headers).finding
            #expect(found.isEmpty, "\(headers[0].0)")
        }
        let byQuery = scan(target: "/v1beta/models/gemini:generateContent?key=\(key)&alt=sse")
        #expect(byQuery.finding.isEmpty)
        #expect(byQuery.target == "/v1beta/models/gemini:generateContent?key=***&alt=sse")
    }

    @Test("the same string in the body is one hit, redacted", arguments: [anthropicKey, openAIKey])
    func inBody(key: String) throws {
        let body = #"{"messages":[{"role":"user","content":"is \#(key) valid?"}]}"#
        let found = scan(body, headers: [("Authorization", "Bearer \(key)"), ("x-api-key", key)]).finding
        let rule = try #require(found.rules.first)
        #expect(found.rules.count == 1)
        #expect(rule.count == 1)
        #expect(rule.segment == .user)
        #expect(rule.findingClass == .credential)
        let redacted = try #require(rule.redacted)
        #expect(redacted.count <= 4 + 1 + 2)
        #expect(!key.contains(redacted))
    }

    @Test("another secret in a header is a hit, and reaches no record")
    func header() {
        let key = RequestHeadScanTests.awsKey
        let found = scan(headers: [("X-Note", key), ("User-Agent", "tool/1.0"), ("Content-Type", "application/json")])
        #expect(found.finding.rules.map(\.segment) == [.header])
        #expect(found.userAgent == "tool/1.0")
        #expect(found.contentType == "application/json")
        let agent = scan(headers: [("User-Agent", "tool \(key)"), ("Content-Type", "text/plain; x=\(key)")])
        #expect(agent.finding.rules.map(\.count) == [1])
        #expect(agent.userAgent == nil)
        #expect(agent.contentType == nil)
    }

    @Test(
        "another secret in the target is a hit, and leaves the target",
        arguments: [
            ("/hook/\(awsKey)/send?x=1", "/hook/***/send?x=1"), ("/v1?note=\(awsKey)&y=2", "/v1?note=***&y=2"),
            ("/v1?note=%41KIAPYCDYBK377OXTZQ6", "/v1?note=***"), ("/v1?note=a+\(awsKey)+b", "/v1?note=***"),
            ("https://u:p@h.example/\(awsKey)", "https://***@h.example/***"), ("/v1?\(awsKey)", "/v1?***"),
            ("/v1?\(awsKey)=1", "***"),
        ]
    )
    func target(target: String, safe: String) {
        let found = scan(target: target)
        #expect(found.finding.rules.map(\.id) == ["aws-access-token"])
        #expect(found.finding.rules.map(\.segment) == [.url])
        #expect(found.target == safe)
    }

    @Test("a secret for a model's name is a hit, and no name")
    func model() {
        let found = scan(#"{"model":"\#(RequestHeadScanTests.awsKey)","messages":[]}"#)
        #expect(found.finding.rules.count == 1)
        #expect(found.model == nil)
        #expect(scan(#"{"model":"claude-x","messages":[]}"#).model == "claude-x")
        let beside = scan(#"{"model":"claude-x","system":"\#(RequestHeadScanTests.awsKey)","messages":[]}"#)
        #expect(beside.model == "claude-x")
        #expect(beside.finding.rules.first?.segment == .system)
    }

    @Test("a secret that comes many times counts once, different ones each")
    func counts() {
        let keys = ["AKIAPYCDYBK377OXTZQ6", "ASIASVIZX3ORO7NZQDG4"]
        let text = (keys + keys + keys).joined(separator: " ")
        #expect(scan(#"{"x":"\#(text)","y":"\#(keys[0])"}"#).finding.rules.map(\.count) == [2])
    }
}
