import SecureTransport

/// A key log as it comes: cut anywhere, with whatever lines.
enum KeyLogBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let plan = input.plan()
        let log = input.rest()
        let whole = read(log, [.octets(0..<log.count)])
        let cut = read(log, Piece.cuts(log.count, by: plan).map(Piece.octets))
        hold(whole == cut, "a key log reads the same however it is cut: \(whole) and \(cut)")
    }

    /// Secrets, bad lines, the first of them, sessions.
    private static func read(_ log: [UInt8], _ pieces: [Piece]) -> [Int] {
        let store = KeyStore(capacity: 4)
        var reader = KeyLogReader()
        for case .octets(let range) in pieces { reader.consume(log.span.extracting(range), into: store) }
        reader.finish(into: store)
        hold((reader.badLines > 0) == (reader.firstBadLine != nil), "the first bad line is known if there is one")
        hold(store.sessionCount <= 4, "a store keeps its bound")
        hold(store.additions <= reader.secretCount, "no secret comes from nowhere")
        return [reader.secretCount, reader.badLines, reader.firstBadLine ?? 0, store.sessionCount, store.evictedCount]
    }
}
