import AppProtocols
import Wire

/// The client's streams of HTTP/3.
enum HTTP3Body {
    /// One step of an input.
    private struct Step {
        let kind: UInt8
        let stream: UInt64
        let octets: [UInt8]
    }

    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        let cut = Int(input.octet())
        var steps: [Step] = []
        while !input.isAtEnd {
            // A kind and a stream, a length, then so many octets.
            let kind = input.octet()
            let stream = UInt64(input.octet() & 0x1F)
            steps.append(Step(kind: kind & 0x07, stream: stream, octets: input.take(Int(input.octet()))))
        }
        let whole = read(steps, settings, cut: 256)
        let pieces = read(steps, settings, cut: max(1, cut))
        // Which stream is given up, and what waits, depends on how much comes at once.
        guard settings & 4 == 0 else { return }
        // Requests that wait for one insertion or another begin together where these come together.
        let (events, others) = (whole.eventsByStream, pieces.eventsByStream)
        hold(events == others, "streams are the same however cut: \(events) \(others)")
        hold(whole.textsByStream == pieces.textsByStream, "bodies are the same however they are cut")
    }

    private static func read(_ steps: [Step], _ settings: UInt8, cut: Int) -> RequestWitness {
        var limits = HTTP3Limits()
        if settings & 4 != 0 {
            limits.fieldSectionOctets = 64
            limits.openStreams = 2
            limits.unidirectionalStreams = 1
            limits.blockedStreams = 1
            limits.blockedOctets = 100
            limits.qpack.tableOctets = 128
            limits.qpack.fieldOctets = 64
        }
        var parser = HTTP3Parser(limits: limits)
        var witness = RequestWitness(skipsEvery: settings >> 4)
        var given = 0
        for step in steps {
            switch step.kind {
            case 5:
                parser.gap(step.octets.count, stream: step.stream, &witness)
                // Of unknown size it is reported as one octet.
                given += max(1, step.octets.count)
            case 6: parser.end(step.stream, isComplete: step.octets.count & 1 == 0, &witness)
            case 7: parser.learn(step.octets.span, stream: step.stream | 3)
            default:
                for start in stride(from: 0, to: step.octets.count, by: cut) {
                    let end = min(start + cut, step.octets.count)
                    parser.consume(step.octets.span.extracting(start..<end), stream: step.stream, &witness)
                }
                given += step.octets.count
            }
            hold(parser.openStreams <= limits.openStreams, "the number of open streams is bounded")
            hold(witness.open.count <= parser.openStreams, "a parser and its sink agree on what is open")
            hold(witness.reported <= given, "no octet is reported twice: \(witness.reported) of \(given)")
            hold(parser.heldStreams <= limits.blockedStreams, "the number of streams that wait is bounded")
            hold(0...limits.fieldSectionOctets ~= parser.gatheredOctets, "the octets that are gathered are bounded")
            hold(0...limits.blockedOctets ~= parser.heldOctets, "the octets that wait are bounded")
        }
        parser.finish(&witness)
        hold(witness.open.isEmpty, "every request ends")
        hold(parser.requestCount == witness.requests, "requests are counted")
        hold(parser.heldStreams == 0 && parser.heldOctets == 0 && parser.gatheredOctets == 0, "nothing waits for ever")
        return witness
    }
}
