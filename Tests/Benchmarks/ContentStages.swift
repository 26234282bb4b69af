import Compression
import Detection
import Fingerprints
import Foundation
import Patterns
import Payloads
import Services
import TestSupport

extension Stage {
    /// The content half, each stage alone, beside the floor; what text at its worst costs the whole of it, and what is
    /// sent again.
    static var content: [Stage] {
        [
            bodies("floor (touch each octet)") { _ in
                { body in
                    var sum: UInt8 = 0
                    for index in body.indices { sum &+= body[index] }
                    blackHole(Int(sum))
                }
            },
            bodies("JSON unescaping") { _ in
                { body in
                    var sink = NullSink()
                    let decoder = MessageDecoder(MessageHead(contentType: "application/json"))
                    inSegments(body) { decoder.consume($0, &sink) }
                    decoder.finish(complete: true, &sink)
                }
            },
            gzip,
            texts("both views, a million lines") { folder in
                let worker = CodeWorker([try index(folder)])
                return { text in
                    var matcher = CodeMatcher(worker)
                    matcher.leafBegan(tag: 0)
                    matcher.leafText(text)
                    matcher.textEnded()
                    blackHole(matcher.words)
                }
            },
            texts("Vectorscan, shipped rules") { _ in
                let worker = try PatternWorker(try rules())
                return { text in
                    var scanner = PatternScanner(worker)
                    scanner.messageBegan()
                    scanner.leafBegan(tag: 0)
                    scanner.leafText(text)
                    scanner.leafEnded()
                    blackHole(scanner.takeMatches().count)
                }
            },
            bodies("content half", scan),
        ]
            + HostileBody.allCases.map { kind in
                stage("content half, \(kind.rawValue)", { kind.body }, scan)
            } + sessions
    }

    /// Octets that a message has in these stages.
    static let bodyOctets = 256 << 10
    private static let messages = 64

    /// A stage over chat requests, given as TCP would give them.
    private static func bodies(
        _ name: String,
        _ make: @escaping (BenchFolder) throws -> (Span<UInt8>) -> Void
    ) -> Stage {
        stage(name, { TextGenerator(seed: 11).chat }, make)
    }

    /// A stage over the text of such requests.
    private static func texts(
        _ name: String,
        _ make: @escaping (BenchFolder) throws -> (Span<UInt8>) -> Void
    ) -> Stage {
        stage(name, { TextGenerator(seed: 11).plain }, make)
    }

    private static func stage(
        _ name: String,
        _ body: @escaping () -> [UInt8],
        _ make: @escaping (BenchFolder) throws -> (Span<UInt8>) -> Void
    ) -> Stage {
        Stage(name: name) { folder in
            let (octets, work) = (body(), try make(folder))
            return {
                for _ in 0..<messages { work(octets.span) }
                return StageWork(octets: octets.count * messages)
            }
        }
    }

    /// Counts what comes out.
    private static var gzip: Stage {
        Stage(name: "gzip, inflated octets") { _ in
            let plain = TextGenerator(seed: 11).chat
            let coded = DeflateWriter.gzip(plain)
            return {
                for _ in 0..<messages {
                    var decoder = GzipDecoder(.gzip)
                    _ = decoder.consume(coded.span) { piece in
                        blackHole(piece.count)
                        return true
                    }
                }
                return StageWork(octets: plain.count * messages)
            }
        }
    }

    /// Scans messages of which all are scanned whole.
    private static func scan(_ folder: BenchFolder) throws -> (Span<UInt8>) -> Void {
        let worker = try worker(folder, resentOctets: 0)
        return { scan($0, with: worker) }
    }

    /// Scans a message.
    static func scan(_ body: Span<UInt8>, with worker: DetectionWorker) {
        let request = RequestDescription(
            method: "POST",
            target: "/v1/chat/completions",
            headers: [RequestHeader("Content-Type", "application/json")]
        )
        var scan = MessageScan(worker, request: request)
        inSegments(body) { scan.body($0) }
        blackHole(scan.finish(complete: true).finding.rules.count)
    }

    /// What scans messages, and may remember so many octets of them.
    static func worker(_ folder: BenchFolder, resentOctets: Int) throws -> DetectionWorker {
        try DetectionWorker(
            DetectionSet(
                catalogue: try ServiceCatalogue(paths: [shipped("services")]),
                rules: try rules(),
                indexes: [try index(folder)],
                resentOctets: resentOctets
            )
        )
    }

    /// The index that stages match with.
    static func index(_ folder: BenchFolder) throws -> FingerprintIndex {
        try FingerprintIndex.open(path: folder.index(lines: 1_000_000, weir: shipped("../.build/release/weir")))
    }

    private static func rules() throws -> RuleSet { try RuleSet.load(paths: [shipped("rules")]) }

    /// A path below the checkout's `config`.
    private static func shipped(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../config/\(name)").standardized.path
    }

    /// Gives octets out in pieces of a TCP segment's size.
    private static func inSegments(_ octets: Span<UInt8>, _ take: (Span<UInt8>) -> Void) {
        var start = 0
        while start < octets.count {
            let end = min(start + 1_448, octets.count)
            take(octets.extracting(start..<end))
            start = end
        }
    }
}

/// Bodies that are as hard as can be on one stage or another.
enum HostileBody: String, CaseIterable {
    case backslashes = "backslashes"
    case letters = "words of one letter"
    case unicode = "\\u escapes"
    case stops = "a stop every other octet"
    case hangul = "Hangul"
    case leaves = "leaves of one word"
    case nesting = "deep nesting"
    case base64 = "base64 of text"
    case leaked = "nothing but indexed code"
    case keywords = "keywords of rules"

    /// The body of a chat request.
    var body: [UInt8] {
        let count = Stage.bodyOctets
        return switch self {
        case .backslashes: prompt(#"\\"#)
        case .letters: prompt("a b c d e f g h ")
        case .unicode: prompt(#"\u0061\u0062 "#)
        case .stops: prompt("é ")
        case .hangul: prompt("우리는 이 함수를 ")
        case .leaves: Array(#"{"messages":["#.utf8) + repeated(#""word","#, count) + Array(#""z"]}"#.utf8)
        case .nesting: repeated(#"[{"a":"#, count / 2) + repeated("}]", count / 6)
        case .base64: prompt(Data(TextGenerator(seed: 11).plain.prefix(count * 3 / 4)).base64EncodedString(), times: 1)
        case .leaked: TextGenerator(seed: 7).leak
        case .keywords: prompt("akia ghp_ sk-ant- -----BEGIN confidential token ")
        }
    }

    private func prompt(_ text: String, times: Int? = nil) -> [UInt8] {
        let times = times ?? Stage.bodyOctets / text.utf8.count
        return Array(#"{"model":"m","messages":[{"role":"user","content":""#.utf8)
            + repeated(text, times * text.utf8.count) + Array(#""}]}"#.utf8)
    }

    private func repeated(_ text: String, _ octets: Int) -> [UInt8] {
        Array(repeatElement(Array(text.utf8), count: octets / text.utf8.count).joined())
    }
}

extension TextGenerator {
    /// A chat request of the stages' size.
    fileprivate var chat: [UInt8] {
        var generator = self
        return generator.chatBody(size: Stage.bodyOctets)
    }

    /// Code and prose of the stages' size.
    fileprivate var plain: [UInt8] {
        var generator = self
        var text: [UInt8] = []
        while text.count < Stage.bodyOctets {
            if generator.number(5) == 0 { generator.sentence(into: &text) } else { generator.line(into: &text) }
        }
        return text
    }

    /// A chat request that holds what the bench's index was made of.
    fileprivate var leak: [UInt8] {
        var generator = self
        var text: [UInt8] = []
        while text.count < Stage.bodyOctets { generator.line(into: &text) }
        let quoted = text.flatMap { $0 == 0x0A ? [0x5C, 0x6E] : [$0] }
        return Array(#"{"model":"m","messages":[{"role":"user","content":""#.utf8) + quoted + Array(#""}]}"#.utf8)
    }
}

/// Takes leaves and does nothing with them.
private struct NullSink: LeafSink {
    mutating func leafBegan(_ provenance: Provenance) {}
    mutating func leafText(_ text: Span<UInt8>) { blackHole(text.count) }
    mutating func leafEnded(truncated: Bool) {}
    mutating func groupResolved(_ group: Int, _ segment: Payloads.Segment) {}
    mutating func modelNamed(_ model: String) {}
}

/// Keeps a value from being optimised away: it is never this one.
private func blackHole(_ value: Int) {
    if value == .min { print(value) }
}
