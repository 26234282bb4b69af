import SecureTransport
import TestSupport
import Testing

@Suite("QUIC streams in order (RFC 9000 § 2.2)")
struct QUICStreamBufferTests {
    private static let text = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 37) }

    /// What comes out of pieces that are given in this order.
    private static func read(_ pieces: [Range<Int>], _ buffer: inout QUICStreamBuffer) -> [UInt8] {
        var read: [UInt8] = []
        for piece in pieces {
            let octets = Array(text[piece])
            let taken = buffer.take(octets.span, at: UInt64(piece.lowerBound))
            read += octets[taken.ready]
            while let waited = buffer.popReady() { read += waited }
        }
        return read
    }

    @Test("pieces in any order, twice and overlapping give the stream once")
    func anyOrder() {
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<500 {
            var pieces: [Range<Int>] = []
            var place = 0
            while place < text.count {
                let count = min(Int.random(in: 1...60, using: &generator), text.count - place)
                pieces.append(place..<(place + count))
                place += count
            }
            for _ in 0..<10 {
                let start = Int.random(in: 0..<text.count, using: &generator)
                pieces.append(start..<min(text.count, start + Int.random(in: 1...90, using: &generator)))
            }
            pieces.shuffle(using: &generator)
            var buffer = QUICStreamBuffer()
            let read = Self.read(pieces, &buffer)
            #expect(read == Self.text)
            let (held, next, hasHeld) = (buffer.heldOctets, buffer.next, buffer.hasHeld)
            #expect(held == 0 && next == 200 && !hasHeld)
        }
    }

    private var text: [UInt8] { Self.text }

    @Test("each octet is accepted once, and of two versions the first stays")
    func accepted() {
        var buffer = QUICStreamBuffer()
        let (one, two): ([UInt8], [UInt8]) = ([1, 1, 1, 1], [2, 2, 2, 2])
        let taken = [
            buffer.take(one.span, at: 10), buffer.take(one.span, at: 10), buffer.take(two.span, at: 12),
            buffer.take(two.span, at: 8), buffer.take(two.span, at: 0),
        ]
        #expect(taken.map(\.accepted) == [4, 0, 2, 2, 4])
        #expect(taken.map(\.ready) == [0..<0, 0..<0, 0..<0, 0..<0, 0..<4])
        let hole = buffer.skipHole()
        let none = buffer.skipHole()
        #expect(hole == 4 && none == nil)
        var rest: [UInt8] = []
        while let octets = buffer.popReady() { rest += octets }
        #expect(rest == [2, 2, 1, 1, 1, 1, 2, 2])
    }

    @Test("what waits costs memory, by its octets and by its pieces")
    func held() {
        var buffer = QUICStreamBuffer()
        for place in 1...100 { _ = buffer.take([7].span, at: UInt64(2 * place)) }
        let (held, reach) = (buffer.heldOctets, buffer.reach)
        #expect(held == 100 * (1 + QUICStreamBuffer.pieceOverhead) && reach == 201)
        let tail = buffer.skip(to: 202)
        #expect(tail == nil)
    }

    @Test("offsets at the end of what can be are taken, those beyond are not")
    func offsets() {
        var buffer = QUICStreamBuffer()
        let last = buffer.take([1, 2].span, at: (1 << 62) - 1)
        let beyond = buffer.take([1].span, at: 1 << 62)
        #expect(last.accepted == 2 && beyond.accepted == 0)
        let hole = buffer.skipHole()
        #expect(hole == (1 << 62) - 1)
    }
}
