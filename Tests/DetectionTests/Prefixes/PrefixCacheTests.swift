import Foundation
import Patterns
import Payloads
import Services
import TestSupport
import Testing
import Wire

@testable import Detection

@Suite("what messages begin with is scanned once")
struct PrefixCacheTests {
    private let set: DetectionSet

    init() throws {
        set = try DetectionFixture.worker().set
    }

    /// A worker over the shared set that may remember so many octets.
    private func worker(_ octets: Int) throws -> DetectionWorker {
        try DetectionWorker(
            DetectionSet(
                catalogue: set.catalogue,
                rules: set.rules,
                indexes: set.indexes,
                limits: set.limits,
                resentOctets: octets
            )
        )
    }

    /// What is told of a body that comes in pieces: behind each piece what is news, and at the end all.
    private struct Telling: Equatable {
        var news: [Finding?] = []
        var last: Finding?
        var limits: [String] = []
        var model: String?
    }

    private func tell(
        _ worker: DetectionWorker,
        _ body: [UInt8],
        cuts: [Int],
        headers: [RequestHeader] = [],
        reviewed: Int? = nil
    ) -> Telling {
        let request = RequestDescription(method: "POST", target: "/v1/messages?beta=true", headers: headers)
        var scan = MessageScan(worker, request: request)
        var telling = Telling()
        telling.news.append(scan.takeFinding())
        var start = 0
        for (number, end) in (cuts + [body.count]).enumerated() {
            scan.body(body[start..<end].span)
            telling.news.append(scan.hasNews || number == reviewed ? scan.takeFinding() : nil)
            start = end
        }
        let result = scan.finish(complete: true)
        telling.last = result.finding
        telling.limits = result.limitsReached
        telling.model = result.model
        return telling
    }

    /// A conversation that grows: each turn's body has the turns before, and behind them what differs.
    private struct Conversation {
        private var generator: SeededGenerator
        private var turns: [String] = []

        private var systems: [String] = []
        private var tools = ""

        init(seed: UInt64) {
            generator = SeededGenerator(seed: seed)
            // One of them holds what is looked for.
            systems = [
                prose(2_000), prose(300), prose(400) + "\n" + DetectionFixture.lines(20...34) + "\n" + prose(800),
            ]
            tools = prose(4_000)
        }

        mutating func number(_ limit: Int) -> Int { Int(generator.next() % UInt64(limit)) }

        private mutating func prose(_ words: Int) -> String {
            let some = ["harbour", "please", "look", "at", "the", "crane", "and", "say", "why", "it", "fails", "today"]
            return (0..<words).map { _ in
                let word = some[number(some.count)]
                return number(9) == 0 ? word + ".\n" : word
            }.joined(separator: " ")
        }

        private mutating func text() -> String {
            switch number(8) {
            case 0:
                let first = 1 + number(40)
                return prose(20) + "\n```c\n" + DetectionFixture.lines(first...(first + 5 + number(14))) + "\n```\n"
            case 1: return "here AKIAPYCDYBK377OXTZ" + String(["Q6", "Q7", "P2", "MK"][number(4)]) + " is the key"
            case 2: return prose(1 + number(4))
            case 3: return (1...(60 + number(400))).map { "\($0)\t" + prose(6) }.joined(separator: "\n")
            case 4: return "@@ -1,4 +1,4 @@\n" + prose(60)
            default: return prose(40 + number(1_500))
            }
        }

        mutating func body() -> [UInt8] {
            for _ in 0...number(3) {
                let content = DetectionFixture.quoted(text())
                switch number(4) {
                // The role behind its content.
                case 0: turns.append(#"{"content":[{"type":"text","text":\#(content)}],"role":"user"}"#)
                case 1: turns.append(#"{"role":"assistant","content":[{"type":"text","text":\#(content)}]}"#)
                case 2:
                    turns.append(
                        #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":\#(content)}]}"#
                    )
                default: turns.append(#"{"role":"user","content":\#(content)}"#)
                }
            }
            let messages = #""messages":["# + turns.joined(separator: ",") + "]"
            let system = #""system":[{"type":"text","text":\#(DetectionFixture.quoted(systems[number(3)]))}]"#
            let tools = #""tools":[{"name":"t","description":\#(DetectionFixture.quoted(self.tools))}]"#
            // Where what differs stands changes too.
            let members = number(3) > 0 ? [messages, system, tools] : [system, messages, tools]
            return Array((#"{"model":"m-1","# + members.joined(separator: ",") + "}").utf8)
        }
    }

    @Test("a conversation that grows tells the same, at the same places, whatever is remembered", arguments: 0..<12)
    func growing(seed: UInt64) throws {
        let plain = try worker(0)
        // One that remembers all, and ones that must forget.
        let remembering = try [worker(8 << 20), worker(160 << 10), worker(40 << 10)]
        var recognised = [0, 0, 0]
        var conversations = [Conversation(seed: 2 * seed), Conversation(seed: 2 * seed + 1)]
        for turn in 0..<14 {
            let body = conversations[turn % 2].body()
            var cuts = Set((0..<conversations[0].number(40)).map { _ in conversations[0].number(body.count) }).sorted()
            if turn % 5 == 4 { cuts = [] }
            let reviewed = turn % 3 == 2 ? conversations[0].number(20) : nil
            let headers = [RequestHeader("x-request-id", "r\(seed)-\(turn)")]
            let whole = tell(plain, body, cuts: cuts, headers: headers, reviewed: reviewed)
            for (number, worker) in remembering.enumerated() {
                #expect(tell(worker, body, cuts: cuts, headers: headers, reviewed: reviewed) == whole)
                recognised[number] += worker.takeResentOctets()
            }
        }
        #expect(recognised[0] > 0)
        #expect(plain.takeResentOctets() == 0)
    }

    @Test("system prompt and tools are known behind another conversation, whatever is found in that")
    func texts() throws {
        let (plain, remembering) = (try worker(0), try worker(8 << 20))
        let tools = (0..<6_000).map { "tool\($0 * 7 % 900) does" }.joined(separator: " ")
        func body(_ prompt: String) -> [UInt8] {
            let user = #"{"role":"user","content":\#(DetectionFixture.quoted(prompt))}"#
            return Array(#"{"model":"m","messages":[\#(user)],"tools":[{"name":"\#(tools)"}],"max_tokens":5}"#.utf8)
        }
        let leak = DetectionFixture.lines(1...30)
        for (prompt, isKnown) in [("first", false), ("another", true), (leak, true), (leak, true), ("fourth", true)] {
            #expect(tell(remembering, body(prompt), cuts: []) == tell(plain, body(prompt), cuts: []))
            #expect((remembering.takeResentOctets() > tools.utf8.count * 9 / 10) == isKnown, "\(prompt)")
        }
    }

    @Test("what rules have used up of their stock is remembered too")
    func flood() throws {
        let (plain, remembering) = (try worker(0), try worker(8 << 20))
        var generator = SeededGenerator(seed: 12)
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var turns = ""
        for turn in 0..<12 {
            let keys = (0..<500).map { _ in
                let key = (0..<16).map { _ in digits[Int(generator.next() % 32)] }
                return "key = AKIA" + String(decoding: key, as: UTF8.self)
            }
            turns += #"{"role":"user","content":\#(DetectionFixture.quoted(keys.joined(separator: "\n")))},"#
            let body = Array(#"{"model":"m","messages":[\#(turns){"role":"user","content":"\#(turn)"}]}"#.utf8)
            let whole = tell(plain, body, cuts: [])
            #expect(tell(remembering, body, cuts: []) == whole)
            #expect(whole.limits.contains("rule_matches") == (turn > 7))
        }
        #expect(remembering.takeResentOctets() > 0)
    }

    @Test("of a message that is sent again with a little more, little is scanned")
    func resent() throws {
        let worker = try worker(8 << 20)
        var turns = ""
        for number in 0..<60 {
            let prose = (0..<400).map { "word\($0 * 7 % 100) of \(number)" }.joined(separator: " ")
            turns += #"{"role":"user","content":\#(DetectionFixture.quoted(prose))},"#
        }
        let body = { (last: String) in
            Array(#"{"model":"m","messages":[\#(turns){"role":"user","content":"\#(last)"}]}"#.utf8)
        }
        _ = tell(worker, body("first"), cuts: [])
        #expect(worker.takeResentOctets() == 0)
        _ = tell(worker, body("second"), cuts: [])
        let octets = body("").count
        #expect(worker.takeResentOctets() > octets * 8 / 10)
    }

    @Test("a beginning that differs in one octet, place or end is another")
    func digests() {
        let key = PrefixDigest.Key()
        let text = Array(String(repeating: "the same words again, ", count: 200).utf8)
        func digest(_ change: (inout PrefixDigest) -> Void) -> PrefixDigest.Value {
            var digest = PrefixDigest(key)
            change(&digest)
            return digest.value
        }
        var values: Set<PrefixDigest.Value> = [digest { _ in }]
        var count = 1
        let add = { (value: PrefixDigest.Value) in
            values.insert(value)
            count += 1
        }
        for length in [0, 1, 15, 16, 17, 1_023, 1_024, 1_025, text.count] {
            let part = Array(text[..<length])
            add(digest { $0.text(part.span) })
        }
        for place in stride(from: 0, to: text.count, by: 97) {
            var other = text
            other[place] ^= 1
            add(digest { $0.text(other.span) })
        }
        // Zeros behind a text are no part of it.
        let short = Array(text[..<20])
        let long = short + [0, 0, 0]
        add(digest { $0.text(long.span) })
        add(digest { $0.text(short.span) })
        add(digest { $0.leafEnded(truncated: false) })
        add(digest { $0.leafEnded(truncated: true) })
        for segment in Segment.allCases { add(digest { $0.leafBegan(Provenance(segment: segment)) }) }
        add(digest { $0.leafBegan(Provenance(segment: .user, filename: "a.c")) })
        add(digest { $0.leafBegan(Provenance(segment: .user, group: 3)) })
        add(digest { $0.leafBegan(Provenance(segment: .user, chain: [.json])) })
        add(digest { $0.groupResolved(3, .user) })
        add(digest { $0.groupResolved(4, .user) })
        #expect(values.count == count)
        #expect(digest { $0.text(text.span) } == digest { $0.text(text.span) })
    }

    @Test("memory is capped, and what is asked for is kept")
    func cap() {
        let cache = PrefixCache(octets: 64 << 10)
        func value(_ number: Int) -> PrefixDigest.Value {
            var digest = PrefixDigest(cache.key)
            digest.textBegan(path: Array("\(number)".utf8), member: 0)
            return digest.value
        }
        for number in 0..<5_000 {
            cache.keep(PrefixCache.Entry(finding: nil), for: value(number))
            #expect(cache.entry(value(0)) != nil)
        }
        let kept = (0..<5_000).count { cache.entry(value($0)) != nil }
        #expect(kept > 100)
        #expect(kept < 600)
    }

    @Test("places to go on from are many near the end, and few before")
    func places() throws {
        let place = LeafScanner(try worker(0)).position
        let position = PrefixCache.KeptPosition(try #require(place))
        let cache = PrefixCache(octets: 64 << 20)
        var digest = PrefixDigest(cache.key)
        var places = PrefixPlaces()
        var octets = 0
        var kept: [(octets: Int, value: PrefixDigest.Value)] = []
        while octets < 4 << 20 {
            octets += 3_000
            digest.leafEnded(truncated: false)
            guard places.isWanted(at: octets) else { continue }
            cache.keep(PrefixCache.Entry(finding: nil, position: position), for: digest.value)
            kept.append((octets, digest.value))
            places.add(digest.value, at: octets, cache)
        }
        let left = kept.filter { cache.entry($0.value)?.position != nil }.map(\.octets)
        #expect(left.count < 80)
        for (place, next) in zip([0] + left, left) {
            #expect(next - place <= max(2 * PrefixPlaces.nearest, min(PrefixPlaces.farthest, (octets - next) / 4)))
        }
        #expect(octets - (left.last ?? 0) < 2 * PrefixPlaces.nearest)
    }

    @Test("text that is held back is capped over all messages, and given back")
    func held() {
        let cache = PrefixCache(octets: 1 << 20)
        let text = [UInt8](repeating: 0x61, count: 8_192)
        var messages = (0..<40).map { _ in HeldLeaves(cache) }
        for message in messages {
            let hadRoom = message.append(text.span)
            #expect(message.append(text.span) != message.isFull)
            #expect(hadRoom || message.isFull)
        }
        #expect(cache.held <= 128 << 10)
        #expect(cache.held > 96 << 10)
        #expect(messages.filter(\.isFull).count > 20)
        messages = []
        #expect(cache.held == 0)
    }
}
