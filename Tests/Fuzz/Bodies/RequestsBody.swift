import AppProtocols
import Wire

/// The client's direction of HTTP/1.
enum RequestsBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        let plan = input.plan()
        let stream = input.rest()
        _ = HTTP1Probe.verdict(stream.span)
        let whole = read(stream, [.octets(0..<stream.count)], settings)
        let cut = read(stream, Piece.cuts(stream.count, by: plan).map(Piece.octets), settings)
        // Where reading is taken up again after an error depends on where chunks begin.
        if !whole.hasFailed, !cut.hasFailed, settings & 0x30 == 0 {
            hold(
                whole.events == cut.events,
                "requests read the same however they are cut: \(whole.events) \(cut.events)"
            )
            hold(whole.text == cut.text, "bodies are the same however they are cut")
        }
        _ = read(stream, Piece.pieces(stream.count, by: plan), settings)
    }

    private static func read(_ stream: [UInt8], _ pieces: [Piece], _ settings: UInt8) -> RequestsWitness {
        var limits = HTTP1Limits()
        if settings & 4 != 0 {
            limits.headOctets = 64
            limits.trailerOctets = 16
            limits.chunkLineOctets = 8
        }
        var parser = HTTP1Parser(limits: limits)
        var witness = RequestsWitness(skipsEvery: settings & 3)
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
            hold(parser.isWithinRequest == witness.isOpen, "a parser and its sink agree on what is open")
            hold(witness.reported <= given, "no octet is reported twice: \(witness.reported) of \(given)")
            if settings & 0x10 != 0, parser.isAwaitingSwitch { parser.switchProtocols() }
            if settings & 0x20 != 0, parser.isAwaitingSwitch { parser.refuseSwitch() }
        }
        parser.finish(orderly: settings & 8 == 0, &witness)
        hold(!witness.isOpen && !parser.isWithinRequest, "every request ends")
        hold(witness.reported <= given, "no octet is reported twice: \(witness.reported) of \(given)")
        hold(parser.requestCount == witness.requests, "requests are counted")
        return witness
    }
}

/// Takes what a parser reads and holds it to the protocol of `HTTP1RequestSink`.
struct RequestsWitness: HTTP1RequestSink {
    let skipsEvery: UInt8
    private(set) var isOpen = false
    private(set) var requests = 0
    /// Octets that were reported in any way.
    private(set) var reported = 0
    private(set) var hasFailed = false
    private(set) var events: [String] = []
    private(set) var text: [UInt8] = []
    private var skipped = 0

    init(skipsEvery: UInt8) {
        self.skipsEvery = skipsEvery
    }

    mutating func requestHead(_ head: consuming HTTP1RequestHead) -> HTTP1BodyDisposition {
        hold(!isOpen, "a request begins behind the one before")
        hold(head.index == requests, "requests are numbered")
        isOpen = true
        requests += 1
        reported += head.headOctets
        let fields = head.headers.count
        hold(fields == head.fields.count, "fields are counted")
        _ = (head.contentType, head.userAgent, head.values(of: "cookie"), head.upgrade)
        events.append("\(head.method) \(head.target) \(head.host?.description ?? "-") \(head.path) \(fields)")
        skipped = 0
        return skipsEvery != 0 && requests % Int(skipsEvery) == 0 ? .skip : .deliver
    }

    mutating func body(_ octets: Span<UInt8>) {
        hold(isOpen && !octets.isEmpty, "a body belongs to a request")
        reported += octets.count
        for index in octets.indices { text.append(octets[index]) }
    }

    mutating func bodySkipped(octets: Int) {
        hold(isOpen && octets > 0, "a body belongs to a request")
        reported += octets
        skipped += octets
    }

    mutating func bodyGap(octets: Int) {
        hold(isOpen && octets > 0, "a hole in a body belongs to a request")
        reported += octets
    }

    mutating func bodyEnded(_ end: HTTP1BodyEnd, trailers: borrowing HTTPFields) {
        hold(isOpen, "a request ends once")
        isOpen = false
        events.append("\(end) \(trailers.count) \(skipped) \(text.count)")
    }

    mutating func raw(_ octets: Span<UInt8>) {
        hold(!isOpen && !octets.isEmpty, "raw octets belong to no request")
        reported += octets.count
        for index in octets.indices { text.append(octets[index]) }
    }

    mutating func rawGap(octets: Int) {
        hold(!isOpen && octets > 0, "raw octets belong to no request")
        reported += octets
    }

    mutating func unreadable(octets: Int, reason: HTTP1Loss) {
        hold(octets > 0, "no octets are no report")
        reported += octets
    }

    mutating func failed(_ error: HTTP1Error) {
        hold(!error.description.isEmpty, "errors are described")
        hasFailed = true
    }
}
