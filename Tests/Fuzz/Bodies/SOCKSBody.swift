import AppProtocols
import Wire

/// A client's talk with a SOCKS proxy, and the proxy's answers, in turns.
enum SOCKSBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let plan = input.plan()
        let cutting = Int(input.octet() % 7) + 1
        // Each octet of the plan tells the length of a turn, its lowest bit whose turn it is.
        var turns: [(direction: Direction, octets: [UInt8])] = []
        var hole = false
        while !input.isAtEnd {
            let choice = plan[turns.count % plan.count]
            hole = hole || choice == 255
            let turn = input.take(max(1, Int(choice >> 1)))
            turns.append((choice & 1 == 0 ? .toServer : .toClient, turn))
        }
        if let first = turns.first(where: { $0.direction == .toServer }) { _ = SOCKSProbe.verdict(first.octets.span) }
        let whole = read(turns, cutting: 1 << 20)
        let cut = read(turns, cutting: cutting)
        hold(whole == cut, "a negotiation reads the same however it is cut: \(whole) and \(cut)")
        if hole { _ = read(turns, cutting: cutting, hole: true) }
    }

    /// The outcome of both directions, and how many octets were taken from each.
    private static func read(
        _ turns: [(direction: Direction, octets: [UInt8])],
        cutting: Int,
        hole: Bool = false
    ) -> String {
        var reader = SOCKSReader()
        var taken = [0, 0]
        for (number, turn) in turns.enumerated() {
            var position = 0
            while position < turn.octets.count {
                let end = min(turn.octets.count, position + cutting)
                var offset = 0
                let piece = turn.octets.span.extracting(position..<end)
                switch turn.direction {
                case .toServer: reader.consume(piece, from: &offset)
                case .toClient: reader.consumeAnswer(piece, from: &offset)
                }
                hold(offset <= end - position, "a reader stays in its chunk")
                taken[turn.direction.rawValue] += offset
                position = end
            }
            if hole, number == turns.count / 2 { reader.gap(turn.direction) }
        }
        return "\(reader.step) \(reader.answer) \(taken)"
    }
}
