import AppProtocols

/// The server's direction of HTTP/1.
enum AnswersBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        let plan = input.plan()
        let stream = input.rest()
        let whole = read(stream, [.octets(0..<stream.count)], settings)
        let cut = read(stream, Piece.cuts(stream.count, by: plan).map(Piece.octets), settings)
        if whole.isInStep, cut.isInStep {
            hold(whole.answers == cut.answers, "answers read the same however they are cut: \(whole) and \(cut)")
        }
        _ = read(stream, Piece.pieces(stream.count, by: plan), settings)
    }

    private static func read(
        _ stream: [UInt8],
        _ pieces: [Piece],
        _ settings: UInt8
    ) -> (answers: [HTTP1Answer], isInStep: Bool) {
        var limits = HTTP1Limits()
        if settings & 0x80 != 0 {
            limits.headOctets = 64
            limits.trailerOctets = 16
            limits.chunkLineOctets = 8
        }
        var reader = HTTP1ResponseReader(limits: limits)
        var answers: [HTTP1Answer] = []
        // Bits of the settings tell the methods of the requests that were sent before.
        for bit in 0..<3 {
            reader.expect(method: settings >> UInt8(2 * bit) & 1 == 0 ? "GET" : bit == 1 ? "CONNECT" : "HEAD")
        }
        for piece in pieces {
            switch piece {
            case .hole(let octets): reader.gap(octets)
            case .octets(let range):
                var offset = 0
                while let answer = reader.next(in: stream.span.extracting(range), from: &offset) {
                    hold(offset <= range.count, "a reader stays in its chunk")
                    hold(answer.status == 101 || 200...999 ~= answer.status, "interim answers are passed over")
                    answers.append(answer)
                    hold(answers.count <= stream.count, "an answer takes octets")
                    if settings & 0x40 != 0 { reader.expect(method: "POST") }
                }
                hold(offset == range.count || reader.hasSwitched, "a chunk is used up")
            }
        }
        return (answers, reader.isInStep)
    }
}
