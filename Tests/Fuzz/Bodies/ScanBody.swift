import Detection
import Payloads
import Services

/// A request's head and body through all of detection, with the shipped rules and an index of the example code.
enum ScanBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let settings = input.octet()
        let plan = input.plan()
        // Lines up to an empty one are the target and the fields, the rest is the body.
        let text = input.rest()
        let end = text.indices.first { $0 + 1 < text.count && text[$0] == 10 && text[$0 + 1] == 10 } ?? text.count
        var lines = String(decoding: text[..<end], as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        let target = lines.isEmpty ? "" : String(lines.removeFirst())
        let headers = lines.map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return RequestHeader(String(parts.first ?? ""), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        let description = RequestDescription(
            method: "POST",
            target: target,
            headers: headers,
            service: Shipped.catalogue.match(host: nil, method: "POST", path: target)
        )
        let once = Array(text[min(end + 2, text.count)...])
        // Long enough for what was sent before to be told.
        let body = Array(repeatElement(once, count: 1 + Int(settings >> 4)).joined())
        guard let worker = try? DetectionWorker(Shipped.detection), let plain = try? DetectionWorker(Shipped.forgetting)
        else { return }
        let whole = scan(plain, description, body, [.octets(0..<body.count)], settings)
        for _ in 0..<2 {
            let cut = scan(worker, description, body, Piece.cuts(body.count, by: plan).map(Piece.octets), settings)
            hold(whole.finding == cut.finding, "findings are the same however a body is cut: \(whole) and \(cut)")
            hold(whole.model == cut.model, "the model is the same however a body is cut")
            hold(whole.limitsReached == cut.limitsReached, "limits are the same whatever was sent before")
        }
        let pieces = Piece.pieces(body.count, by: plan)
        let holed = scan(plain, description, body, pieces, settings)
        let known = scan(worker, description, body, pieces, settings)
        hold(holed.finding == known.finding, "findings are the same whatever was sent before: \(holed) and \(known)")
    }

    private static func scan(
        _ worker: DetectionWorker,
        _ description: RequestDescription,
        _ body: [UInt8],
        _ pieces: [Piece],
        _ settings: UInt8
    ) -> MessageResult {
        var scan = MessageScan(worker, request: description)
        var given = 0
        for piece in pieces {
            switch piece {
            case .octets(let range):
                scan.body(body.span.extracting(range))
                given += range.count
            case .hole(let octets):
                scan.gap(octets: octets, reason: .gap)
                given += octets
            }
            if settings & 1 != 0 { _ = scan.takeFinding() }
            if settings & 2 != 0 { _ = scan.model }
            MessagesBody.check(scan.ledger, given)
        }
        let result = scan.finish(complete: settings & 4 == 0)
        MessagesBody.check(result.ledger, given)
        for score in [result.finding.score(isSanctioned: true), result.finding.score(isSanctioned: false)] {
            hold(0...100 ~= score, "a score is of 100: \(score)")
        }
        return result
    }
}
