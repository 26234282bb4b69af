import Compression
import Payloads

/// A PDF as a body, cut and with holes.
enum PDFBody {
    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let manner = input.octet()
        let plan = input.plan()
        let body = Array("%PDF-1.7\n".utf8) + input.rest()
        let head = MessageHead(contentType: "application/pdf", segment: .file)
        var limits = DecodeLimits()
        if manner & 1 != 0 {
            limits.expansion.outputOctets = 4_096
            limits.expansion.ratioFreeOctets = 1_024
            limits.expansion.ratio = 8
        }
        if manner & 2 != 0 { limits.documentOctets = 300 }
        if manner & 4 != 0 { limits.nesting = 2 }
        let isComplete = manner & 8 == 0
        let whole = MessagesBody.decode(body, [.octets(0..<body.count)], head, limits, isComplete: isComplete)
        let cuts = Piece.cuts(body.count, by: plan).map(Piece.octets)
        let cut = MessagesBody.decode(body, cuts, head, limits, isComplete: isComplete)
        // How much of a document that is too large comes in depends on where it is cut.
        if manner & 2 == 0 { hold(whole.leaves == cut.leaves, "text is the same however a document is cut") }
        _ = MessagesBody.decode(body, Piece.pieces(body.count, by: plan), head, limits, isComplete: isComplete)
    }
}
