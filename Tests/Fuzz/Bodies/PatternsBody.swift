import Patterns

/// Text under the shipped rules, in leaves and pieces.
enum PatternsBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let plan = input.plan()
        let text = input.rest()
        guard let worker = try? PatternWorker(Shipped.rules) else { return }
        let whole = matches(worker, text, [0..<text.count])
        let cut = matches(worker, text, Piece.cuts(text.count, by: plan))
        hold(whole == cut, "matches are the same however a text is cut: \(whole) and \(cut)")
    }

    private static func matches(_ worker: PatternWorker, _ text: [UInt8], _ cuts: [Range<Int>]) -> [String] {
        var scanner = PatternScanner(worker)
        scanner.messageBegan()
        scanner.leafBegan(tag: 7, path: text.first == UInt8(ascii: "/") ? "config/.env" : nil)
        for range in cuts { scanner.leafText(text.span.extracting(range)) }
        scanner.leafEnded()
        return scanner.takeMatches().map { match in
            hold(match.tag == 7, "a tag comes back")
            hold(match.offset >= 0 && match.offset <= text.count, "a match lies in its text")
            return "\(match.rule.id) \(match.offset) \(match.secretDigest) \(match.redacted ?? "-")"
        }
    }
}
