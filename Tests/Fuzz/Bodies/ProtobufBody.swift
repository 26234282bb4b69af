import Compression
import Payloads
import TestSupport

/// Protocol buffers, alone and in envelopes, cut and with holes.
enum ProtobufBody {
    private static let types = [
        "application/proto", "application/grpc", "application/connect+json", "application/grpc-web-text",
    ]
    private static let codings: [String?] = [nil, "gzip", "deflate", "br", "zstd", "snappy"]

    static func fuzzOne(_ octets: [UInt8]) {
        var input = FuzzInput(octets)
        let kind = input.octet()
        let manner = input.octet()
        let plan = input.plan()
        let given = input.rest()
        // What is seldom valid by chance is made so here: messages of the right length, in gzip.
        let body: [UInt8] =
            switch manner & 3 {
            case 0: given
            case 1: ProtobufWriter.envelope(given) + ProtobufWriter.envelope(given)
            case 2: ProtobufWriter.envelope(DeflateWriter.gzip(given), flags: 1) + ProtobufWriter.envelope(given)
            default: ProtobufWriter.field(1, ProtobufWriter.field(2, given) + ProtobufWriter.field(3, 7))
            }
        var head = MessageHead(contentType: types[Int(kind & 3)])
        head.messageEncoding = codings[Int(kind >> 2) % codings.count]
        var limits = DecodeLimits()
        if manner & 4 != 0 {
            limits.expansion.outputOctets = 512
            limits.expansion.ratioFreeOctets = 128
            limits.expansion.ratio = 4
            limits.nesting = 2
            limits.pointerOctets = 8
        }
        let isComplete = manner & 8 == 0
        let whole = MessagesBody.decode(body, [.octets(0..<body.count)], head, limits, isComplete: isComplete)
        let cuts = Piece.cuts(body.count, by: plan).map(Piece.octets)
        let cut = MessagesBody.decode(body, cuts, head, limits, isComplete: isComplete)
        // Of a damaged brotli stream the last octets before the damage come out or not, as it is cut.
        if manner & 4 == 0, head.messageEncoding != "br" {
            hold(whole.leaves == cut.leaves, "leaves are the same however cut: \(whole.leaves) \(cut.leaves)")
        }
        _ = MessagesBody.decode(body, Piece.pieces(body.count, by: plan), head, limits, isComplete: isComplete)
    }
}
