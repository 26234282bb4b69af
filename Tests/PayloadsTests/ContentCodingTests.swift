import Compression
import Payloads
import TestSupport
import Testing

@Suite("Content codings: labels true and false, damage, the ledger")
struct ContentCodingTests {
    static let prompt = MessageDecoderTests.prompt
    static let body = MessageDecoderTests.body

    /// The names that undo `steps`.
    static func head(_ steps: [DecodeStep]) -> MessageHead {
        .json(.openAIChat, encoding: steps.reversed().map(\.rawValue))
    }

    static let stacks: [[DecodeStep]] = [
        [.gzip], [.deflate], [.br], [.zstd], [.zstd, .gzip], [.gzip, .zstd], [.br, .zstd], [.gzip, .br, .zstd],
    ]

    /// Whether a leaf is a string of the body as far as it came, or what the first octet of a coding looks like alone; a name
    /// that was cut may have been a value, and half an escape is text.
    static func isBeginning(_ text: String) -> Bool {
        let text = text.hasSuffix("\\") ? String(text.dropLast()) : text
        return ["{", "x", "messages", "role", "user", "content", prompt].contains { $0.hasPrefix(text) }
    }

    /// Whether every octet of `count` is accounted for, none twice.
    static func balances(_ result: Decoded, _ count: Int) -> Bool {
        result.ledger.requestOctets == count && result.ledger.inspectedOctets >= 0 && result.breaches.isEmpty
    }

    @Test("cut short anywhere, what came out is a beginning and the ledger adds up", arguments: stacks)
    func truncation(steps: [DecodeStep]) {
        let coded = encode(Self.body, steps, flushEach: 50)
        var longest = 0
        for count in coded.indices {
            let result = decode(coded.prefix(count), Self.head(steps), isComplete: false)
            #expect(Self.balances(result, count))
            #expect(result.leaves.allSatisfy { Self.isBeginning($0.text) })
            let octets = result.leaves.last { $0.pointer == "/messages/0/content" }?.octets.count ?? 0
            #expect(octets >= longest)
            longest = octets
        }
        #expect(longest > Self.prompt.utf8.count * 3 / 4)
    }

    @Test("damaged anywhere and cut at chance, the ledger adds up", arguments: stacks)
    func damage(steps: [DecodeStep]) {
        let coded = encode(Self.body, steps, flushEach: 50)
        var generator = SeededGenerator(seed: 7)
        for index in coded.indices {
            var changed = coded
            changed[index] ^= UInt8.random(in: 1...255, using: &generator)
            let whole = decode(changed, Self.head(steps))
            #expect(Self.balances(whole, coded.count))
            var pieces: [BodyPiece] = []
            var rest = changed[...]
            while !rest.isEmpty {
                let count = min(rest.count, Int.random(in: 1...90, using: &generator))
                pieces.append(.octets(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            let cut = decode(pieces, Self.head(steps))
            #expect(Self.balances(cut, coded.count))
            if steps.count == 1, steps != [.br] { #expect(cut == whole) }
        }
    }

    @Test("with holes anywhere, what follows them is lost and charged", arguments: stacks)
    func holes(steps: [DecodeStep]) {
        let coded = encode(Self.body, steps, flushEach: 50)
        for index in stride(from: 0, to: coded.count - 8, by: 3) {
            let result = decode(
                [.octets(coded[..<index]), .gap(7), .octets(coded[(index + 7)...])],
                Self.head(steps)
            )
            #expect(Self.balances(result, coded.count))
            #expect(result.ledger.opaque(.gap) >= coded.count - index)
            #expect(result.leaves.allSatisfy { Self.isBeginning($0.text) })
        }
    }

    @Test("the block in which a zstd body breaks off was not seen, and is charged so")
    func brokenBlock() {
        let first = ZstdWriter.frame(Array(Self.body.prefix(200)))
        let second = ZstdWriter.frame(Array(Self.body.dropFirst(200)))
        let cut = decode(first + second.prefix(30), Self.head([.zstd]), isComplete: false)
        #expect(cut.ledger.inspectedOctets == first.count)
        #expect(cut.ledger.opaque(.damaged) == 30)
        #expect(cut.leaves.last?.isTruncated == true)
        let holed = decode(
            [.octets((first + second.prefix(30))[...]), .gap(5), .octets(second[35...])],
            Self.head([.zstd])
        )
        #expect(holed.ledger.inspectedOctets == first.count)
        #expect(holed.ledger.opaque(.gap) == second.count)
        var changed = first + second
        // A type of block that does not exist.
        changed[first.count + 6] |= 6
        let damaged = decode(changed, Self.head([.zstd]))
        #expect(damaged.ledger.inspectedOctets == first.count)
        #expect(damaged.ledger.opaque(.damaged) == second.count)
    }

    @Test("frames that zstd passes over are nothing that was looked at")
    func skippable() {
        let note = ZstdWriter.skippable(Array(repeating: 0x41, count: 5_000))
        let frame = ZstdWriter.frame(Self.body)
        let result = decode(note + frame + note, Self.head([.zstd]))
        #expect(result.texts.last == Self.prompt)
        #expect(result.ledger.opaque(.coding) == 2 * note.count)
        #expect(result.ledger.inspectedOctets == frame.count)
    }

    @Test(
        "what a decoder cannot have is charged by its reason",
        arguments: [
            (ZstdWriter.header(windowLog: 26), [DecodeStep.zstd], OpaqueReason.buffer),
            (ZstdWriter.header(windowLog: 20, dictionary: 3), [.zstd], .coding),
            (BrotliWriter.stream(body, window: 28, isLarge: true), [.br], .buffer),
            ([0x78, 0xbb, 1, 2, 3, 4], [.deflate], .coding),
        ]
    )
    func refusal(coded: [UInt8], steps: [DecodeStep], reason: OpaqueReason) {
        let octets = coded + [UInt8](repeating: 0x80, count: 3_000)
        let result = decode(octets, Self.head(steps))
        #expect(result.ledger.opaque(reason) >= 3_000)
        #expect(result.ledger.requestOctets == octets.count)
        #expect(result.leaves.isEmpty)
    }

    @Test(
        "a label that is not true does not hide the text, and the chain says what was undone",
        arguments: [
            // The label stayed when the coding was undone.
            (["gzip"], [DecodeStep](), [DecodeStep]()), (["zstd"], [], []), (["br"], [], []), (["deflate"], [], []),
            (["gzip, gzip"], [.gzip], [.gzip]), (["gzip, br"], [], []),
            // Another coding than was said.
            (["gzip"], [.zstd], [.zstd]), (["zstd"], [.gzip], [.gzip]), (["gzip"], [.deflate], [.deflate]),
            (["deflate"], [.gzip], [.gzip]),
            // Names that nobody knows.
            (["compress"], [], []), (["utf-8"], [.gzip], [.gzip]), (["binary, gzip"], [.gzip], [.gzip]),
            // No label at all.
            ([], [.gzip], [.gzip]), ([], [.zstd], [.zstd]), (["gzip"], [.gzip, .zstd], [.gzip, .zstd]),
        ]
    )
    func labels(names: [String], steps: [DecodeStep], chain: [DecodeStep]) {
        let coded = encode(Self.body, steps)
        for chunks in [[coded[...]], Torture.chunks(of: coded, size: 1), Torture.chunks(of: coded, size: 37)] {
            let result = decode(chunks.map { .octets($0) }, .json(encoding: names))
            #expect(result.texts == ["user", Self.prompt])
            #expect(result.leaves.last?.chain == chain + [.json])
            #expect(result.ledger.inspectedOctets == coded.count)
            #expect(result.leaves.last?.isTruncated == false)
        }
    }

    @Test("short texts, empty bodies and holes under a false label", arguments: ["gzip", "br", "zstd", "deflate", "x"])
    func short(name: String) {
        #expect(decode("why?", .json(encoding: [name])).texts == ["why?"])
        #expect(decode([], .json(encoding: [name])).ledger.requestOctets == 0)
        #expect(decode(#"{"messages":["これは何ですか"]}"#, .json(encoding: [name])).texts == ["これは何ですか"])
        let result = decode(
            [.octets(Self.body[..<90]), .gap(4), .octets(Self.body[94...])],
            .json(encoding: [name])
        )
        #expect(result.ledger.opaque(.gap) == 4)
        #expect(result.ledger.inspectedOctets == Self.body.count - 4)
        let lost = decode([.gap(9), .octets(Self.body[9...])], .json(encoding: [name]))
        #expect(lost.ledger.opaque(.gap) == Self.body.count)
    }

    @Test("what is neither as it is said to be nor readable is charged", arguments: ["gzip", "zstd", "x-unknown"])
    func unreadable(name: String) {
        let noise = (0..<400).map { UInt8(truncatingIfNeeded: 0x81 &+ $0 &* 197) | 0x80 }
        let result = decode(noise, .json(encoding: [name]))
        #expect(result.leaves.isEmpty)
        #expect(result.ledger.opaque(name == "x-unknown" ? .coding : .damaged) == noise.count)
        let image = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + noise
        #expect(decode(image, .json(encoding: [name])).ledger.opaque(.media) == image.count)
    }

    @Test("files of zstd are undone like those of gzip: as a body, and in base64")
    func files() {
        let text = Array(Self.prompt.utf8)
        let coded = ZstdWriter.frame(text)
        let result = decode(coded, MessageHead(segment: .file))
        #expect(result.texts == [Self.prompt])
        #expect(result.leaves.first?.chain == [.zstd])
        let inner = ZstdWriter.frame(text) + ZstdWriter.frame(text)
        let body = "{\"file_data\":\"\(base64(inner))\",\"z\":\"after\"}"
        let nested = decode(body, .json())
        #expect(nested.texts == [Self.prompt + Self.prompt, "after"])
        #expect(nested.leaves.first?.chain == [.json, .base64, .zstd])
        #expect(nested.ledger.inspectedOctets == body.utf8.count)
        // The second frame breaks off: its digits stand for nothing that was seen.
        let broken = "{\"file_data\":\"\(base64(Array(inner.dropLast(30))))\",\"z\":\"after\"}"
        let cut = decode(broken, .json())
        #expect(cut.texts == [Self.prompt, "after"])
        #expect(cut.ledger.opaque(.damaged) > 0)
        #expect(cut.ledger.requestOctets == broken.utf8.count)
    }

    @Test("expansion counts over all stages", arguments: [[DecodeStep.br], [.zstd], [.gzip, .zstd], [.zstd, .zstd]])
    func expansion(steps: [DecodeStep]) {
        let coded = encode(Array("[\"".utf8) + [UInt8](repeating: 65, count: 3 << 20), steps)
        let result = decode(coded, Self.head(steps))
        #expect(result.ledger.opaque(.expansion) > 0)
        #expect(Self.balances(result, coded.count))
        #expect(result.leaves.reduce(0) { $0 + $1.octets.count } <= max(1 << 20, 200 * coded.count) + 32_768)
    }

    @Test("a message that needs more memory than it is allowed is given up, and its memory is free again")
    func memory() {
        var generator = SeededGenerator(seed: 3)
        let text = (0..<(3 << 20)).map { _ in UInt8.random(in: 0x61...0x7a, using: &generator) }
        let coded = ZstdWriter.frame(text, windowLog: 23)
        let decoder = MessageDecoder(Self.head([.zstd]))
        var sink = LeafCollector()
        decoder.decoderAllowance = 2 << 20
        for chunk in Torture.chunks(of: coded, size: 1_400) { decoder.consume(chunk.span, &sink) }
        #expect(decoder.ledger.opaque(.buffer) > coded.count / 4)
        #expect(decoder.ledger.inspectedOctets > coded.count / 4)
        #expect(decoder.ledger.requestOctets == coded.count)
        #expect(decoder.decoderOctets == 0)
        let other = MessageDecoder(Self.head([.zstd]))
        for chunk in Torture.chunks(of: coded, size: 1_400) { other.consume(chunk.span, &sink) }
        #expect((3 << 20)...(4 << 20) ~= other.decoderOctets)
        other.finish(complete: true, &sink)
        #expect(other.decoderOctets == 0)
        #expect(other.ledger.inspectedOctets == coded.count)
    }
}

/// Applies what `steps` undo, the outermost of them last.
func encode(_ octets: [UInt8], _ steps: [DecodeStep], flushEach: Int = 0) -> [UInt8] {
    var coded = octets
    for step in steps.reversed() {
        switch step {
        case .gzip: coded = DeflateWriter.gzip(coded)
        case .deflate: coded = DeflateWriter.zlib(coded)
        case .br: coded = BrotliWriter.stream(coded, flushEach: flushEach)
        case .zstd: coded = ZstdWriter.frame(coded, flushEach: flushEach)
        default: break
        }
    }
    return coded
}
