import Compression
import Payloads
import TestSupport
import Testing

@Suite("Messages of a WebSocket, compressed (RFC 7692)")
struct WebSocketMessageTests {
    private static var head: MessageHead {
        var head = MessageHead()
        head.isWebSocket = true
        return head
    }

    private func decode(
        _ messages: [[BodyPiece]],
        takesContext: Bool = true,
        limits: DecodeLimits = DecodeLimits()
    ) -> [Decoded] {
        let inflater = MessageInflater()
        var head = Self.head
        head.takesContext = takesContext
        return messages.map { pieces in
            var sink = LeafCollector()
            let decoder = MessageDecoder(head, limits: limits, inflater: inflater)
            for piece in pieces {
                switch piece {
                case .octets(let octets): decoder.consume(octets.span, &sink)
                case .gap(let count): decoder.gap(count, reason: .gap, &sink)
                }
            }
            decoder.finish(complete: true, &sink)
            sink.finished()
            return Decoded(
                leaves: sink.leaves,
                models: sink.models,
                ledger: decoder.ledger,
                breaches: sink.breaches
            )
        }
    }

    private func octets(_ hex: String) -> BodyPiece { .octets((Hex.octets(hex) ?? [])[...]) }

    @Test(
        "§ 7.2.3: the examples",
        arguments: [
            (["f2 48 cd c9 c9 07 00"], 1), (["f2 48 cd c9 c9 07 00", "f2 00 11 00 00"], 2),
            (["f2 48 cd c9 c9 07 00", "f2 48 cd c9 c9 07 00"], 2), (["00 05 00 fa ff 48 65 6c 6c 6f 00"], 1),
            (["f3 48 cd c9 c9 07 00 00", "f2 00 11 00 00"], 2), (["f2 48 05 00 00 00 ff ff ca c9 c9 07 00"], 1),
        ] as [([String], Int)]
    )
    func examples(messages: [String], count: Int) {
        let decoded = decode(messages.map { [octets($0)] })
        #expect(decoded.map(\.texts) == Array(repeating: ["Hello"], count: count))
        #expect(decoded.allSatisfy { $0.leaves.first?.chain == [.websocket, .deflate] })
        #expect(decoded.allSatisfy { $0.ledger.opaqueOctets == 0 && $0.breaches == [] })
    }

    @Test("every cut of a message gives the same")
    func cuts() {
        let first = Hex.octets("f2 48 cd c9 c9 07 00") ?? []
        Torture.everySplit(of: first) { pieces in
            let decoded = decode([pieces.map { .octets($0) }, [octets("f2 00 11 00 00")]])
            #expect(decoded.map(\.texts) == [["Hello"], ["Hello"]])
        }
    }

    @Test("a message without compression is told apart by its chain")
    func plain() {
        var sink = LeafCollector()
        let decoder = MessageDecoder(Self.head)
        let text = Array("{\"a\":\"text\"}".utf8)
        decoder.consume(text.span, &sink)
        decoder.finish(complete: true, &sink)
        let leaves = sink.leaves
        #expect(leaves.map(\.text) == ["text"])
        #expect(leaves.map(\.chain) == [[.websocket, .json]])
    }

    @Test("behind a hole what refers to it is lost, what does not is read")
    func hole() {
        let stored = "00 05 00 fa ff 48 65 6c 6c 6f 00"
        let decoded = decode([
            [octets("f2 48"), .gap(5)], [octets("f2 00 11 00 00")], [octets(stored)], [octets("f2 48 cd c9 c9 07 00")],
        ])
        #expect(decoded[0].ledger.opaque(.gap) == 5)
        #expect(decoded[1].ledger.inspectedOctets + decoded[1].ledger.opaque(.gap) == 5)
        #expect(decoded[1].ledger.opaque(.gap) > 0)
        #expect(decoded[1].ledger.opaque(.damaged) == 0)
        #expect(decoded[2].texts == ["Hello"])
        #expect(decoded[3].texts == ["Hello"])
    }

    @Test("without context takeover each message begins anew")
    func noContext() {
        let decoded = decode(
            [[octets("f2 48"), .gap(5)], [octets("f2 48 cd c9 c9 07 00")], [octets("f2 00 11 00 00")]],
            takesContext: false
        )
        #expect(decoded[1].texts == ["Hello"])
        #expect(decoded[2].ledger.opaque(.damaged) > 0)
    }

    @Test("a context that was given up is the reason for what refers to it")
    func givenUp() {
        let inflater = MessageInflater()
        var head = Self.head
        var reasons: [Int] = []
        for hex in ["f2 48 cd c9 c9 07 00", "f2 00 11 00 00"] {
            head.takesContext = true
            var sink = LeafCollector()
            let decoder = MessageDecoder(head, inflater: inflater)
            let message = Hex.octets(hex) ?? []
            decoder.consume(message.span, &sink)
            decoder.finish(complete: true, &sink)
            let ledger = decoder.ledger
            reasons.append(ledger.opaque(.buffer))
            inflater.forget(.buffer)
        }
        #expect(reasons[0] == 0)
        #expect(reasons[1] > 0)
        #expect(inflater.memoryOctets == 0)
    }

    @Test("a message that swells beyond the limit is opaque, and so is what refers to it")
    func expansion() {
        var limits = DecodeLimits()
        limits.expansion.outputOctets = 1_000
        let bomb = DeflateWriter.raw([UInt8](repeating: 0x61, count: 50_000))
        let decoded = decode([[.octets(bomb[...])], [octets("f2 00 11 00 00")]], limits: limits)
        #expect(decoded[0].ledger.opaque(.expansion) == bomb.count)
        #expect(decoded[1].ledger.opaque(.expansion) > 0)
    }

    @Test("damaged messages balance and never trap")
    func torture() {
        Torture.everything(of: Hex.octets("f2 48 05 00 00 00 ff ff ca c9 c9 07 00") ?? []) { pieces in
            let count = pieces.reduce(0) { $0 + $1.count }
            for decoded in decode([pieces.map { .octets($0) }, [octets("f2 00 11 00 00")]]).prefix(1) {
                #expect(decoded.ledger.requestOctets == count)
                #expect(decoded.breaches == [])
            }
        }
    }
}
