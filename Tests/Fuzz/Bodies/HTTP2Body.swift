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

    private static func read(_ stream: [UInt8], _ pieces: [Piece], _ settings: UInt8) -> HTTP2Witness {
        var limits = HTTP2Limits()
        if settings & 4 != 0 {
            limits.headerBlockOctets = 64
            limits.openStreams = 2
            limits.hpack.tableOctets = 128
            limits.hpack.fieldOctets = 64
        }
        var parser = HTTP2Parser(limits: limits, isMidway: settings & 1 != 0)
        var witness = HTTP2Witness(skipsEvery: settings >> 4)
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

/// Takes what a parser reads and holds it to the protocol of `HTTP2RequestSink`.
struct HTTP2Witness: HTTP2RequestSink {
    let skipsEvery: UInt8
    private(set) var open: Set<Int> = []
    private(set) var requests = 0
    /// Octets that were reported in any way.
    private(set) var reported = 0
    private(set) var isLost = false
    private(set) var events: [String] = []
    private(set) var texts: [Int: [UInt8]] = [:]

    init(skipsEvery: UInt8) {
        self.skipsEvery = skipsEvery
    }

    mutating func requestOpened(_ head: consuming RequestHead) -> HTTP2Disposition {
        requests += 1
        hold(head.headers.allSatisfy { !$0.name.hasPrefix(":") }, "pseudo-header fields are none of the fields")
        events.append("\(head.method) \(head.host?.description ?? "-") \(head.path) \(head.fields.count)")
        guard skipsEvery == 0 || requests % Int(skipsEvery) != 0 else { return .skip }
        open.insert(requests)
        return .deliver(tag: requests)
    }

    mutating func requestBody(_ octets: Span<UInt8>, tag: Int) {
        hold(open.contains(tag), "a body belongs to an open request")
        hold(!octets.isEmpty, "a body comes in octets")
        reported += octets.count
        for index in octets.indices { texts[tag, default: []].append(octets[index]) }
    }

    mutating func requestGap(octets: Int, isPlaced: Bool, tag: Int) {
        hold(open.contains(tag), "a hole belongs to an open request")
        hold(octets > 0, "a hole has octets: \(octets)")
        reported += octets
    }

    mutating func requestHeadLost(octets: Int, tag: Int) {
        hold(open.contains(tag), "a head belongs to an open request")
        hold(octets > 0, "what is lost of a head has octets")
        reported += octets
    }

    mutating func requestEnded(isComplete: Bool, tag: Int) {
        hold(open.remove(tag) != nil, "a request ends once")
        events.append("end \(tag) \(isComplete)")
    }

    mutating func bodiesSkipped(octets: Int) { reported += octets }

    mutating func framesUnreadable(octets: Int) { reported += octets }

    mutating func framingFailed(_ error: HTTP2Error) {
        if error == .malformedPreface || error == .gapInFraming { isLost = true }
        _ = error.description
    }
}
