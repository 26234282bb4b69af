import AppProtocols

/// The client's direction of a WebSocket.
enum WebSocketBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        let plan = input.plan()
        let stream = input.rest()
        _ = WebSocketExtensions([String(decoding: stream, as: UTF8.self)])
        let whole = read(stream, [.octets(0..<stream.count)], settings)
        let cut = read(stream, Piece.cuts(stream.count, by: plan).map(Piece.octets), settings)
        // Where reading is taken up again after a loss depends on where chunks begin.
        if !whole.isLost, !cut.isLost {
            hold(whole.events == cut.events, "messages read the same however they are cut")
            hold(whole.text == cut.text, "their octets are the same however they are cut")
        }
        _ = read(stream, Piece.pieces(stream.count, by: plan), settings)
    }

    private static func read(_ stream: [UInt8], _ pieces: [Piece], _ settings: UInt8) -> WebSocketWitness {
        var limits = WebSocketLimits()
        if settings & 1 != 0 { limits.pieceOctets = 5 }
        var parser = WebSocketParser(limits: limits)
        var witness = WebSocketWitness()
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
            hold(parser.isWithinMessage == witness.isOpen, "a parser and its sink agree on what is open")
            hold(witness.reported <= given, "no octet is reported twice: \(witness.reported) of \(given)")
        }
        parser.finish(&witness)
        hold(!witness.isOpen, "every message ends")
        hold(parser.messageCount == witness.messages, "messages are counted")
        return witness
    }
}

/// Takes what a parser reads and holds it to the protocol of `WebSocketSink`.
struct WebSocketWitness: WebSocketSink {
    private(set) var isOpen = false
    private(set) var messages = 0
    /// Octets that were reported in any way.
    private(set) var reported = 0
    private(set) var isLost = false
    private(set) var events: [String] = []
    private(set) var text: [UInt8] = []

    mutating func messageBegan(_ head: WebSocketMessageHead) {
        hold(!isOpen, "a message begins behind the one before")
        isOpen = true
        messages += 1
        events.append("\(head)")
    }

    mutating func messageBody(_ octets: Span<UInt8>) {
        hold(isOpen, "octets belong to a message")
        hold(!octets.isEmpty, "a message comes in octets")
        reported += octets.count
        for index in octets.indices { text.append(octets[index]) }
    }

    mutating func messageGap(octets: Int) {
        hold(isOpen, "a hole belongs to a message")
        hold(octets > 0, "a hole has octets: \(octets)")
        reported += octets
    }

    mutating func messageEnded(isComplete: Bool) {
        hold(isOpen, "a message ends once")
        isOpen = false
        events.append("end \(isComplete) \(text.count)")
    }

    mutating func socketUnreadable(octets: Int) {
        hold(octets > 0, "what cannot be read has octets")
        reported += octets
    }

    mutating func socketFailed(_ error: WebSocketError) {
        if error == .lengthTooLarge || error == .gapInFraming { isLost = true }
        _ = error.description
    }
}
