import Payloads
import TestSupport
import Testing

/// What the issue promises of lossy captures: every run that no hole touches is found, every octet is accounted for.
@Suite("Bodies with holes")
struct HoleTests {
    static let lines: [String] = (0..<400).map { number in
        "    result_\(number) = compute(\"alpha\", table[\(number)], \(number * 7)); // keeps \\ \(number)\n"
    }

    static let code = lines.joined()

    static let chat = """
        {"model":"m","system":\(quoted(String(repeating: "You are helpful. ", count: 100))),"messages":[
        """

    static let bodies: [(name: String, head: MessageHead, body: [UInt8])] = [
        ("one string", .json(.openAIChat), utf8("{\"messages\":[{\"role\":\"user\",\"content\":\(quoted(code))}]}")),
        (
            "many strings", .json(.anthropicMessages),
            utf8(chat + pieces.map { "{\"content\":[{\"text\":\(quoted($0))}]}" }.joined(separator: ",") + "]}")
        ),
        (
            "base64", .json(),
            utf8(
                chat
                    + "{\"file\":{\"file_data\":\"data:text/plain;base64,\(base64(code.utf8))\"}},{\"text\":\"explain\"}]}"
            )
        ),
        (
            "base64, bare", .json(.anthropicMessages),
            utf8(
                chat
                    + "{\"source\":{\"type\":\"base64\",\"data\":\"\(base64(code.utf8, url: true))\"}},{\"text\":\"explain\"}]}"
            )
        ),
        (
            "JSON in a string", .json(.openAIChat),
            utf8("{\"arguments\":\(quoted("{\"path\":\"a\",\"text\":\(quoted(code))}"))}")
        ),
        (
            "multipart", MultipartTests.head,
            utf8(MultipartTests.curl.replacing("public final class DemurrageReconciler { }\n", with: code))
        ),
        (
            "form", FormFieldsTests.head,
            utf8(
                "a=b&text=\(code.replacing(" ", with: "+").replacing("\n", with: "%0A").replacing("=", with: "%3D"))&c=d"
            )
        ),
        ("text", MessageHead(contentType: "text/plain"), utf8(code)),
    ]

    private static var pieces: [String] { stride(from: 0, to: 400, by: 25).map { lines[$0..<($0 + 25)].joined() } }

    private static func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// Octets of `text` as they stand in the body, line for line: where each line begins and ends there.
    private func places(_ name: String, _ body: [UInt8]) -> [Range<Int>] {
        // A line is found by its number, which every form but base64 leaves as it is.
        var places: [Range<Int>] = []
        if name.hasPrefix("base64") {
            let marker = Array(base64(Self.code.utf8.prefix(30)).utf8)
            guard let start = body.indices.first(where: { body[$0...].starts(with: marker) }) else { return [] }
            var octets = 0
            for line in Self.lines {
                let end = octets + line.utf8.count
                places.append((start + octets / 3 * 4)..<(start + (end + 2) / 3 * 4))
                octets = end
            }
            return places
        }
        var from = 0
        for number in Self.lines.indices {
            let marker = Array("result_\(number)".utf8)
            guard let start = (from..<body.count).first(where: { body[$0...].starts(with: marker) }) else { return [] }
            if number > 0 { places.append(from..<start) }
            from = start
        }
        places.append(from..<min(body.count, from + 90))
        return places
    }

    @Test("every run of three lines that no hole touches is found in one leaf", arguments: 0..<bodies.count)
    func runs(index: Int) {
        let (name, head, body) = Self.bodies[index]
        let places = places(name, body)
        #expect(places.count == Self.lines.count, "\(name)")
        var generator = SeededGenerator(seed: UInt64(index))
        for _ in 0..<8 {
            var pieces: [BodyPiece] = []
            var holes: [Range<Int>] = []
            var position = 0
            while position < body.count {
                let end = min(body.count, position + 548)
                if Int.random(in: 0..<100, using: &generator) < 8 {
                    pieces.append(.gap(end - position))
                    holes.append(position..<end)
                } else {
                    pieces.append(.octets(body[position..<end]))
                }
                position = end
            }
            let result = decode(pieces, head)
            let lost = holes.reduce(0) { $0 + $1.count }
            #expect(result.breaches.isEmpty)
            #expect(result.ledger.opaque(.gap) == lost)
            #expect(result.ledger.inspectedOctets == body.count - lost)
            let found = result.texts.joined(separator: "\0")
            var missing: [Int] = []
            for number in stride(from: 1, to: Self.lines.count - 2, by: 3) {
                if name == "many strings", number % 25 > 22 { continue }
                // Sixteen octets around the run: what the hole cut there may read as another thing.
                let run = (places[number].lowerBound - 16)..<(places[number + 2].upperBound + 16)
                if holes.contains(where: { $0.overlaps(run) }) { continue }
                let text = Self.lines[number...(number + 2)].joined().dropFirst(4)
                // Where the outer string's beginning is lost, nothing tells that there is JSON in it.
                let isUnknown = name == "JSON in a string" && holes.first?.lowerBound == 0
                let expected = isUnknown ? String(quoted(String(text)).dropFirst().dropLast()) : String(text)
                if !found.contains(expected) { missing.append(number) }
            }
            #expect(missing.isEmpty, "\(name): \(missing), holes \(holes)")
        }
    }

    @Test(
        "holes, cuts and damage anywhere: the ledger balances and leaves are well formed",
        arguments: 0..<bodies.count
    )
    func ledger(index: Int) {
        let (_, head, plain) = Self.bodies[index]
        var generator = SeededGenerator(seed: UInt64(100 + index))
        for round in 0..<30 {
            var head = head
            var body = Array(plain.prefix(Int.random(in: 0..<6_000, using: &generator)))
            switch round % 3 {
            case 1:
                head.contentEncoding = ["gzip"]
                body = DeflateWriter.gzip(body)
            case 2:
                head.contentEncoding = ["deflate"]
                body = DeflateWriter.zlib(body)
            default: break
            }
            for _ in 0..<Int.random(in: 0..<4, using: &generator) where !body.isEmpty {
                body[Int.random(in: 0..<body.count, using: &generator)] ^= UInt8.random(in: 1...255, using: &generator)
            }
            var pieces: [BodyPiece] = []
            var position = 0
            var lost = 0
            while position < body.count {
                let count = min(body.count - position, Int.random(in: 1..<900, using: &generator))
                if Int.random(in: 0..<10, using: &generator) == 0 {
                    pieces.append(.gap(count))
                    lost += count
                } else {
                    pieces.append(.octets(body[position..<(position + count)]))
                }
                position += count
            }
            let result = decode(pieces, head, isComplete: round % 2 == 0)
            #expect(result.breaches.isEmpty)
            #expect(result.ledger.requestOctets == body.count)
            #expect(result.ledger.opaque(.gap) >= lost)
            if head.contentEncoding.isEmpty { #expect(result.ledger.opaque(.gap) == lost) }
        }
    }
}
