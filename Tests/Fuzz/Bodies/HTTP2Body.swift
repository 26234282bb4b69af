import AppProtocols
import Wire

/// The client's direction of HTTP/2.
enum HTTP2Body {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        let plan = input.plan()
        let stream = input.rest()
        _ = HTTP2Probe.verdict(stream.span)
        _ = HTTP2Probe.isMidstreamRequest(stream.span)
        let whole = read(stream, [.octets(0..<stream.count)], settings)
        let cut = read(stream, Piece.cuts(stream.count, by: plan).map(Piece.octets), settings)
        // Where reading is taken up again after a loss depends on where chunks begin.
        if settings & 1 == 0, !whole.isLost, !cut.isLost {
            hold(whole.events == cut.events, "streams are the same however they are cut: \(whole.events) \(cut.events)")
            hold(whole.texts == cut.texts, "bodies are the same however they are cut")
        }
        _ = read(stream, Piece.pieces(stream.count, by: plan), settings)
    }

    private static func read(_ stream: [UInt8], _ pieces: [Piece], _ settings: UInt8) -> RequestWitness {
        var limits = HTTP2Limits()
        if settings & 4 != 0 {
            limits.headerBlockOctets = 64
            limits.openStreams = 2
            limits.hpack.tableOctets = 128
            limits.hpack.fieldOctets = 64
        }
        var parser = HTTP2Parser(limits: limits, isMidway: settings & 1 != 0)
        var witness = RequestWitness(skipsEvery: settings >> 4)
        var given = 0
        for piece in pieces {
            switch piece {
            case .octets(let range):
                parser.consume(stream.span.extracting(range), &witness)
                given += range.count
            case .hole(let octets):
                parser.gap(octets, &witness)
                // Of unknown size it is reported as one octet.
                given += max(1, octets)
            }
            hold(parser.openStreams <= limits.openStreams, "the number of open streams is bounded")
            hold(witness.open.count <= parser.openStreams, "a parser and its sink agree on what is open")
            hold(witness.reported <= given, "no octet is reported twice: \(witness.reported) of \(given)")
        }
        parser.finish(&witness)
        hold(witness.open.isEmpty, "every request ends")
        hold(parser.requestCount == witness.requests, "requests are counted")
        return witness
    }
}
